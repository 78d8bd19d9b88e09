{#-
    A moment and a channel code of one digit as one whole number, in order of the moment
    and then of strictness; `time_of_channel` and `channel_of` take it apart.
-#}
{% macro timed_channel(moment, channel_code) -%}
    unix_micros({{ moment }}) * 10 + cast({{ channel_code }} as bigint)
{%- endmacro %}
