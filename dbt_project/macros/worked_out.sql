{#-
    A view that the runner has worked out of some tables before the models are built,
    because SQL is not where that is declared. Naming the tables keeps the lineage.
-#}
{% macro worked_out(view, relations) -%}
    {{ return(view) }}
{%- endmacro %}
