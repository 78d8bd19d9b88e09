{#- Columns of a relation: Sail describes a view, not a table that lies elsewhere. -#}
{% macro spark__get_columns_in_relation_raw(relation) -%}
    {%- do run_query(
        'create or replace temporary view described as select * from ' ~ relation ~ ' where false'
    ) -%}
    {{ return(run_query('describe table extended described')) }}
{%- endmacro %}
