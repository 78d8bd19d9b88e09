{#- True on the rows that this table has not consumed. -#}
{% macro changed(change, alias=none) -%}
    {%- if change.since == 0 -%}
        true
    {%- else -%}
        {{ in_reach(change, alias) }} and {{ alias ~ '.' if alias }}_run_seq > {{ change.since }}
    {%- endif -%}
{%- endmacro %}
