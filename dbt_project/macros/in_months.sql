{#- True on rows of the partitions in which something may change. -#}
{% macro in_months(change, alias=none) -%}
    {%- if change.since == 0 -%}
        true
    {%- elif change.months -%}
        {{ alias ~ '.' if alias }}registered_month in ('{{ change.months | join("', '") }}')
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
