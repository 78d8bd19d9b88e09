{#- Date in Viet Nam of a UTC timestamp; the twin of `business_date` in lakehouse/time.py. -#}
{% macro business_date(column) -%}
    to_date(from_utc_timestamp({{ column }}, 'Asia/Ho_Chi_Minh'))
{%- endmacro %}
