{#- Width of a bucket on the scale of natural logarithms, see `log_bucket`. -#}
{% macro bucket_width() -%}
    ln(1.01D / 0.99D)
{%- endmacro %}
