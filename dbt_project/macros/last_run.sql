{#- Newest run whose left-hand side this table has consumed; 0 while it has none. -#}
{% macro last_run() -%}
    {%- set query -%}
        select max(run_seq) from ops_last_run
        where table_name = '{{ this.schema }}.{{ this.identifier }}'
    {%- endset -%}
    {{ return((run_query(query).rows[0][0] or 0) | int) }}
{%- endmacro %}
