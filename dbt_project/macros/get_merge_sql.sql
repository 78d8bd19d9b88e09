{#-
    One statement that brings the changed rows into their table.

    Where the partitions that may change are empty it inserts; else it merges, and
    names them as literals: without these the whole history would be read. A row that
    did not change is left alone, so that tables to the right see true changes only.
    A source row with `_is_gone` takes its row out.
-#}
{% macro spark__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = model.columns.keys() | list -%}
    {%- set rows = changing_rows() -%}
    {%- set is_empty = run_query(
        'select 1 as one from ' ~ target ~ ' where ' ~ rows ~ ' limit 1'
    ).rows | length == 0 -%}
    {%- set deletes = model.config.meta.get('deletes', false) -%}
    {%- if is_empty -%}
        insert into {{ target }}
        select {{ names | join(', ') }} from {{ source }}
        {%- if deletes %} where not _is_gone {%- endif %}
    {%- else -%}
        merge into {{ target }} as DBT_INTERNAL_DEST
        using {{ source }} as DBT_INTERNAL_SOURCE
        on {{ changing_rows('DBT_INTERNAL_DEST') }}
        {%- for name in unique_key %}
            and DBT_INTERNAL_DEST.{{ name }} = DBT_INTERNAL_SOURCE.{{ name }}
        {%- endfor %}
        {%- if deletes %}
        when matched and DBT_INTERNAL_SOURCE._is_gone then delete
        {%- endif %}
        when matched and not (
        {%- for name in names if name not in unique_key and name != '_run_seq' %}
            DBT_INTERNAL_DEST.{{ name }} <=> DBT_INTERNAL_SOURCE.{{ name }} and
        {%- endfor %}
            true
        ) then update set
        {%- for name in names %}
            {{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
        when not matched {%- if deletes %} and not DBT_INTERNAL_SOURCE._is_gone {%- endif %} then
            insert ({{ names | join(', ') }})
            values (DBT_INTERNAL_SOURCE.{{ names | join(', DBT_INTERNAL_SOURCE.') }})
    {%- endif -%}
{%- endmacro %}
