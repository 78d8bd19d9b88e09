{#-
    One statement that brings the changed rows into their table.

    Where the partitions that may change are empty it inserts; else it merges, naming
    them as literals: without these the whole history would be read. A row that did not
    change is left alone, so that tables to the right see true changes only.
-#}
{% macro spark__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = model.columns.keys() | list -%}
    {%- set deletes = model.config.meta.get('deletes', false) -%}
    {%- set scope = scope_of_change('target') -%}
    {%- if scope == 'nothing' -%}
        select 1 as nothing_changed
    {%- elif not run_query(
        'select 1 from ' ~ target ~ ' as target where ' ~ scope ~ ' limit 1'
    ).rows -%}
        insert into {{ target }}
        select {{ names | join(', ') }} from {{ source }}
        {%- if deletes %} where not _is_gone {%- endif %}
    {%- else -%}
        merge into {{ target }} as target
        using {{ source }} as source
        on {{ scope }}
        {%- for name in unique_key %}
            and target.{{ name }} = source.{{ name }}
        {%- endfor %}
        {%- if deletes %}
        when matched and source._is_gone then delete
        {%- endif %}
        when matched and not (
        {%- for name in names if name not in unique_key and name != '_run_seq' %}
            {{ 'and ' if not loop.first }}target.{{ name }} <=> source.{{ name }}
        {%- endfor %}
        ) then update set
        {%- for name in names %}
            {{ name }} = source.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
        when not matched {{- ' and not source._is_gone' if deletes }} then
            insert ({{ names | join(', ') }})
            values (source.{{ names | join(', source.') }})
    {%- endif -%}
{%- endmacro %}
