{#-
    What the runner says about this run: `run_seq`, `as_of_date`, `calendar_ends`,
    `stage_path`, by table
    `last_runs`, the newest run that it has consumed, and `empty_tables`. It comes in the
    environment, for a variable of dbt would make it parse the project again.
-#}
{% macro run_context() -%}
    {{ return(fromjson(env_var('CUSTOMS_DBT_RUN'))) }}
{%- endmacro %}
