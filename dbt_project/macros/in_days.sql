{#- True on the rows of some as-of dates. -#}
{% macro in_days(days) -%}
    {%- if days -%}
        as_of_date in (date'{{ days | join("', date'") }}')
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
