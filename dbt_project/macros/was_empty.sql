{#- Whether this table had no row when the run began. -#}
{% macro was_empty() -%}
    {{ return(table_name(this) in run_context().empty_tables) }}
{%- endmacro %}
