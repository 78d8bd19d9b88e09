{#- Channel code in a number made by `timed_channel`. -#}
{% macro channel_of(timed_channel) -%}
    cast({{ timed_channel }} % 10 as string)
{%- endmacro %}
