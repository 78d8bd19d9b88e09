{#-
    True on every row, changed or not, whose `key` has a row that this table has not
    consumed in one of the `relations`. All of them lie in months that are named as
    literals, so that the cost follows the change and not the history.
-#}
{% macro touches_changed(key, relations) -%}
    {%- set since = last_run() | int -%}
    {%- if since == 0 -%}
        true
    {%- else -%}
        {{ in_months(touched_months(relations)) }}
        and {{ key }} in (
            {%- for relation in relations %}
            select {{ key }} from {{ relation }} where _run_seq > {{ since }}
            {%- if not loop.last %} union all {% endif -%}
            {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}
