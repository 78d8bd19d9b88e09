{#- Name of a relation as contracts write it. -#}
{% macro table_name(relation) -%}
    {{ return(relation.schema ~ '.' ~ relation.identifier) }}
{%- endmacro %}
