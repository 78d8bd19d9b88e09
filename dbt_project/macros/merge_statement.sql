{#-
    The merge of staged changes. The partitions in which they lie, and the lowest and
    highest key, stand in it as literals: without these the whole history would be read.
-#}
{% macro merge_statement(target, names, unique_key, found) -%}
    {%- set partition = model.config.partition_by or [] -%}
    {%- set bounds = {} -%}
    {%- if narrow_key(unique_key) -%}
        {%- set ends = found.columns[2].values() | list + found.columns[3].values() | list -%}
        {%- do bounds.update({narrow_key(unique_key): ends}) -%}
    {%- endif -%}
    {%- if partition -%}
        {%- do bounds.update({partition[0]: found.columns[1].values() | list}) -%}
    {%- endif %}
    merge into {{ target }} as target
    using {{ staged(target) }} as source
    on
    {%- for name in (partition + unique_key) | unique %}
        {{ 'and ' if not loop.first }}target.{{ name }} = source.{{ name }}
    {%- endfor %}
    {%- for name, values in bounds.items() %}
        {%- set type = 'date' if model.columns[name].data_type == 'date' else '' %}
        {%- if name in partition %}
        and target.{{ name }} in (
            {%- for value in values | unique | sort %}{{ type }}'{{ value }}'{{ ', ' if not loop.last }}{% endfor -%}
        )
        {%- else %}
        and target.{{ name }} between {{ type }}'{{ values | min }}' and {{ type }}'{{ values | max }}'
        {%- endif %}
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
