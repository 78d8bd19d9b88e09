{#-
    Bucket of a positive number in a histogram of logarithms. A bucket ends at 1.01 / 0.99
    of its beginning, so that `bucket_value` is within 1 % of every number in it.
-#}
{% macro log_bucket(number) -%}
    cast(ceil(ln({{ number }}) / {{ bucket_width() }}) as int)
{%- endmacro %}
