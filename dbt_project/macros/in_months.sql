{#- True on the rows of some monthly partitions. -#}
{% macro in_months(months, alias=none) -%}
    {%- set column = (alias ~ '.' if alias else '') ~ 'registered_month' -%}
    {%- if months -%}
        {{ column }} in ('{{ months | join("', '") }}')
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
