{#- True on rows of the partitions in which something may change. -#}
{% macro in_months(change, alias=none) -%}
    {%- set column = (alias ~ '.' if alias else '') ~ 'registered_month' -%}
    {%- if change.since == 0 -%}
        true
    {%- elif change.months -%}
        {{ column }} in ('{{ change.months | join("', '") }}')
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
