{#-
    One statement that brings the changes into their table. Where all are new rows it
    inserts, which rewrites no file; else it merges, naming the partitions as literals:
    without these the whole history would be read.
-#}
{% macro spark__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = model.columns.keys() | list -%}
    {%- if was_empty() -%}
        insert into {{ target }}
        select {{ names | join(', ') }} from {{ source }}
    {%- else -%}
        {%- set partition = model.config.partition_by | default([], true) -%}
        {%- set found = run_query(
            'select distinct _change' ~ (', ' ~ partition | join(', ') if partition)
            ~ ' from ' ~ staged(target)
        ) -%}
        {%- set kinds = found.columns[0].values() | unique | list -%}
        {%- if kinds == ['insert'] -%}
            insert into {{ target }}
            select {{ names | join(', ') }} from {{ staged(target) }}
        {%- elif not kinds -%}
            select 'nothing changed' as outcome
        {%- else -%}
            {{ merge_statement(target, names, unique_key, partition, found) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
