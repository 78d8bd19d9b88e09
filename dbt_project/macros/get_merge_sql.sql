{#-
    One statement that brings the changes into their table. Where all are new rows it
    inserts, which rewrites no file; else it merges.
-#}
{% macro spark__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = model.columns.keys() | list -%}
    {%- if was_empty() -%}
        insert into {{ target }}
        select {{ names | join(', ') }} from {{ source }}
    {%- else -%}
        {%- set partition = (model.config.partition_by or ['_change'])[0] -%}
        {%- set narrow = narrow_key(unique_key) or "''" -%}
        {%- set found = run_query(
            'select _change, cast(' ~ partition ~ ' as string), cast(min(' ~ narrow
            ~ ') as string), cast(max(' ~ narrow ~ ') as string) from ' ~ staged(target)
            ~ ' group by _change, ' ~ partition
        ) -%}
        {%- set kinds = found.columns[0].values() | unique | list -%}
        {%- if kinds == ['insert'] -%}
            insert into {{ target }}
            select {{ names | join(', ') }} from {{ staged(target) }}
        {%- elif not kinds -%}
            select 'nothing changed' as outcome
        {%- else -%}
            {{ merge_statement(target, names, unique_key, found) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
