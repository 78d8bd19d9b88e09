{#-
    The column of a key by which the rows of a partition lie apart in their files; the
    empty word if it has none. Both are digits, so that they may stand in SQL as they are.
-#}
{% macro narrow_key(unique_key) -%}
    {%- set narrow = ['declaration_key', 'registered_date'] | select('in', unique_key) | list -%}
    {{ return((narrow or [''])[0]) }}
{%- endmacro %}
