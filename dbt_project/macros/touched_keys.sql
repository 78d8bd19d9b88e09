{#- `touched` for a table that is not kept by month of registration. -#}
{% macro touched_keys(change, keys, relations=none) -%}
    {%- if change.since == 0 -%}
        true
    {%- else -%}
        {#- Grouped, or the engine spends tens of seconds on what follows for the rest. #}
        ({{ keys | join(', ') }}) in (
            select {{ keys | join(', ') }} from (
            {%- for relation in relations or change.relations %}
            select {{ keys | join(', ') }} from {{ relation }}
            where {{ changed(change) }}
            {%- if not loop.last %} union all {% endif -%}
            {%- endfor %}
            ) as changes
            group by {{ keys | join(', ') }}
        )
    {%- endif -%}
{%- endmacro %}
