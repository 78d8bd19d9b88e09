{#-
    One statement that brings the changes into their table. Where all are new rows it
    inserts, which rewrites no file; else it merges, naming the partitions as literals:
    without these the whole history would be read.
-#}
{% macro spark__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = model.columns.keys() | list -%}
    {%- set partition = model.config.partition_by | default([], true) -%}
    {%- set from_view = is_empty(target) -%}
    {%- set kinds = [] if from_view else kinds_of_change(staged(target)) -%}
    {%- if from_view or kinds == ['insert'] -%}
        insert into {{ target }}
        select {{ names | join(', ') }} from {{ source if from_view else staged(target) }}
    {%- elif not kinds -%}
        select 'nothing changed' as outcome
    {%- else -%}
        merge into {{ target }} as target
        using {{ staged(target) }} as source
        on true
        {%- for name in partition %}
            and target.{{ name }} in ({{ literals(staged(target), name) }})
        {%- endfor %}
        {%- for name in (unique_key + partition) | unique %}
            and target.{{ name }} = source.{{ name }}
        {%- endfor %}
        when matched and source._change = 'delete' then delete
        when matched then update set
        {%- for name in names %}
            {{ name }} = source.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
        when not matched and source._change = 'insert' then
            insert ({{ names | join(', ') }})
            values (source.{{ names | join(', source.') }})
    {%- endif -%}
{%- endmacro %}
