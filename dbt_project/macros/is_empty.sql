{#- Whether a table has no row. -#}
{% macro is_empty(relation) -%}
    {{ return(run_query('select 1 as one from ' ~ relation ~ ' limit 1').rows | length == 0) }}
{%- endmacro %}
