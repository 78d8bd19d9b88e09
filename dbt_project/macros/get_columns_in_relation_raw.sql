{#-
    Columns of a relation as its contract has them: Sail does not describe a table that
    was registered by its location.
-#}
{% macro spark__get_columns_in_relation_raw(relation) -%}
    {%- set nodes = graph.nodes.values() | list + graph.sources.values() | list -%}
    {%- for node in nodes if node.schema == relation.schema and node.name == relation.identifier -%}
        {%- set rows = [] -%}
        {%- for column in node.columns.values() -%}
            {%- do rows.append("('" ~ column.name ~ "', '" ~ column.data_type ~ "', '')") -%}
        {%- endfor -%}
        {{ return(run_query(
            'select * from values ' ~ rows | join(', ') ~ ' as t(col_name, data_type, comment)'
        )) }}
    {%- endfor -%}
    {{ return(run_query('describe table extended ' ~ relation)) }}
{%- endmacro %}
