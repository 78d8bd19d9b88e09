{#- Relations that this model reads and that are kept by month of registration. -#}
{% macro left_of_this() -%}
    {{ return(model.config.meta.monthly_sources) }}
{%- endmacro %}
