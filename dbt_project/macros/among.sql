{#- True on rows whose `keys` stand in a CTE; on all rows while the table has none. -#}
{% macro among(rows, change, keys) -%}
    {%- if change.since == 0 -%}
        true
    {%- else -%}
        {{ in_reach(change) }}
        and ({{ keys | join(', ') }}) in (select {{ keys | join(', ') }} from {{ rows }})
    {%- endif -%}
{%- endmacro %}
