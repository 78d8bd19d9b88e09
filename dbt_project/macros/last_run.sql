{#- Newest run whose left-hand side this table has consumed; 0 while it has none. -#}
{% macro last_run() -%}
    {%- if execute -%}
        {%- set query -%}
            select coalesce(max(run_seq), 0) as run_seq
            from ops_last_run
            where table_name = '{{ this.schema }}.{{ this.identifier }}'
        {%- endset -%}
        {{ run_query(query).rows[0][0] }}
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
