{#- True on the rows that this table has not consumed. -#}
{% macro changed(change) -%}
    {%- if change.since == 0 -%}
        true
    {%- else -%}
        {{ in_months(change) }} and _run_seq > {{ change.since }}
    {%- endif -%}
{%- endmacro %}
