{#- A column of the one row that the runner says about its run: run_seq, as_of_date, run_at. -#}
{% macro run_context(column) -%}
    {%- if execute -%}
        {{ run_query('select cast(' ~ column ~ ' as string) as value from ops_run_context').rows[0][0] }}
    {%- endif -%}
{%- endmacro %}
