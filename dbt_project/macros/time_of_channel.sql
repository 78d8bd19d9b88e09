{#- Moment in a number made by `timed_channel`. -#}
{% macro time_of_channel(timed_channel) -%}
    timestamp_micros({{ timed_channel }} div 10)
{%- endmacro %}
