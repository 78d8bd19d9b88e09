{#-
    True on every row, changed or not, that shares its `keys` with a changed row of one
    of the relations: what these rows give is made again as a whole.
-#}
{% macro touched(change, keys, relations=none) -%}
    {%- if change.since == 0 -%}
        true
    {%- else -%}
        {{ in_reach(change) }} and {{ touched_keys(change, keys, relations) }}
    {%- endif -%}
{%- endmacro %}
