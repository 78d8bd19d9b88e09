{#- Bucket of a unit price, see `log_bucket`. -#}
{% macro price_bucket(value, quantity) -%}
    {{ log_bucket('cast(' ~ value ~ ' as double) / cast(' ~ quantity ~ ' as double)') }}
{%- endmacro %}
