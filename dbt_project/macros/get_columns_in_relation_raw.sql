{#-
    Columns of a relation: Sail describes a view, not a table that lies elsewhere. The view
    has the relation's name, since another thread may be asking about another one.
-#}
{% macro spark__get_columns_in_relation_raw(relation) -%}
    {%- set view = ['described', relation.schema, relation.identifier] | select | join('__') -%}
    {%- do run_query(
        'create or replace temporary view ' ~ view
        ~ ' as select * from ' ~ relation ~ ' where false'
    ) -%}
    {{ return(run_query('describe table extended ' ~ view)) }}
{%- endmacro %}
