{#- Where the changes to a table stand until they are merged. -#}
{% macro staged(relation) -%}
    {{ return('stage.' ~ relation.schema ~ '__' ~ relation.identifier) }}
{%- endmacro %}
