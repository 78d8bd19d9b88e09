{#- Stream of a declaration: low-value parcels are counted and capped apart. -#}
{% macro stream_code(is_low_value) -%}
    case when {{ is_low_value }} then 'parcel' else 'ordinary' end
{%- endmacro %}
