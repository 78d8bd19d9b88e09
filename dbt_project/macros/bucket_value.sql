{#- Number that stands for a bucket: within 1 % of both its ends, see `log_bucket`. -#}
{% macro bucket_value(bucket) -%}
    0.99D * pow(1.01D / 0.99D, {{ bucket }})
{%- endmacro %}
