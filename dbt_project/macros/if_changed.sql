{#- True if one of the tables to the left has something that this one has not consumed. -#}
{% macro if_changed(change) -%}
    {{ 'true' if change.since == 0 or change.reach or change.others else 'false' }}
{%- endmacro %}
