{#- True on the rows of the declarations that the runner has worked out. -#}
{% macro worked_out_scope() -%}
    {{ return(run_context().worked_out_scope if execute else 'true') }}
{%- endmacro %}
