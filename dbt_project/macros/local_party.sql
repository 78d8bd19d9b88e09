{#- A column of the party in Viet Nam: importer of an import, exporter of an export. -#}
{% macro local_party(alias, column) -%}
    case {{ alias }}.direction_code
        when 'import' then {{ alias }}.importer_{{ column }}
        when 'export' then {{ alias }}.exporter_{{ column }}
    end
{%- endmacro %}
