{#- A column of the one row in which the runner says what run this is, as text. -#}
{% macro run_context(column) -%}
    {%- set row = run_query('select cast(' ~ column ~ ' as string) from ops_run_context').rows[0] -%}
    {{ return(row[0]) }}
{%- endmacro %}
