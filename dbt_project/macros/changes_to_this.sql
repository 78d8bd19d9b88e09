{#-
    What has to be done to this table so that its rows in `scope` become those of a CTE:
    rows to insert, update and delete, named so in `_change`. With `void`, rows that the
    CTE does not have stay, marked `_is_void`, as a sign for the tables to the right.
-#}
{% macro changes_to_this(rows, scope, void=false) -%}
    {%- set names = model.columns.keys() | list -%}
    {%- if not execute or was_empty() -%}
    select {{ names | join(', ') }}, 'insert' as _change
    from {{ rows }}
    {%- else -%}
    {%- set partition = model.config.partition_by | default([], true) -%}
    {%- set place = (model.config.unique_key + partition) | unique | list -%}
    {%- set first = place[0] %}
    select
        {%- for name in names %}
        {% if name == '_run_seq' -%}
        {{ run_seq() }}
        {%- elif name == '_is_void' -%}
        fresh.{{ first }} is null
        {%- else -%}
        if(fresh.{{ first }} is null, known.{{ name }}, fresh.{{ name }})
        {%- endif %} as {{ name }},
        {%- endfor %}
        case
            when known.{{ first }} is null then 'insert'
            when fresh.{{ first }} is null then '{{ 'update' if void else 'delete' }}'
            else 'update'
        end as _change
    from {{ rows }} as fresh
    full outer join (select * from {{ this }} where {{ scope }}) as known
        on
        {%- for name in place %}
            {{ 'and ' if not loop.first }}fresh.{{ name }} = known.{{ name }}
        {%- endfor %}
    where known.{{ first }} is null
        or (fresh.{{ first }} is null {{- ' and not known._is_void' if void }})
        or (fresh.{{ first }} is not null and not (true
        {%- for name in names if name not in place and name != '_run_seq' %}
            and fresh.{{ name }} <=> known.{{ name }}
        {%- endfor %}
        ))
    {%- endif -%}
{%- endmacro %}
