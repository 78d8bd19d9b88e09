{#- The merge of staged changes; `found` has the partitions in which they lie. -#}
{% macro merge_statement(target, names, unique_key, partition, found) -%}
    merge into {{ target }} as target
    using {{ staged(target) }} as source
    on
    {%- for name in (partition + unique_key) | unique %}
        {{ 'and ' if not loop.first }}target.{{ name }} = source.{{ name }}
    {%- endfor %}
    {%- for name in partition %}
        {%- set type = 'date' if model.columns[name].data_type == 'date' else '' %}
        and target.{{ name }} in (
            {%- for value in found.columns[loop.index].values() | unique | sort -%}
            {{ type }}'{{ value }}'{{ ', ' if not loop.last }}
            {%- endfor -%}
        )
    {%- endfor %}
    when matched and source._change = 'delete' then delete
    when matched then update set
    {%- for name in names %}
        {{ name }} = source.{{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    when not matched and source._change = 'insert' then
        insert ({{ names | join(', ') }})
        values (source.{{ names | join(', source.') }})
{%- endmacro %}
