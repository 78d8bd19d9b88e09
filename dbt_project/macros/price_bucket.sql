{#-
    Bucket of a unit price in a histogram of logarithms. A bucket ends at 1.01 / 0.99 of
    its beginning, so that `bucket_price` is within 1 % of every price in it.
-#}
{% macro price_bucket(value, quantity) -%}
    cast(ceil(
        ln(cast({{ value }} as double) / cast({{ quantity }} as double)) / {{ bucket_width() }}
    ) as int)
{%- endmacro %}
