{#- Number of the run, for the technical column `_run_seq` of the rows it writes. -#}
{% macro run_seq() -%}
    cast({{ run_context().run_seq if execute else 0 }} as bigint)
{%- endmacro %}
