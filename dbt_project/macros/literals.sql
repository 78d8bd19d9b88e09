{#- The values of a date or text column of a table, as literals. -#}
{% macro literals(relation, column) -%}
    {%- set query -%}
        select distinct cast({{ column }} as string) from {{ relation }} order by 1
    {%- endset -%}
    {%- set type = model.columns[column].data_type -%}
    {%- for row in run_query(query).rows -%}
        {{ type if type == 'date' }}'{{ row[0] }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
