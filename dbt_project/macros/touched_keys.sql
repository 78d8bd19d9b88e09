{#- `touched` for a table that is not kept by month of registration. -#}
{% macro touched_keys(change, keys, relations=none) -%}
    {%- if change.since == 0 -%}
        true
    {%- else -%}
        ({{ keys | join(', ') }}) in (
            {%- for relation in relations or change.relations %}
            select {{ keys | join(', ') }} from {{ relation }}
            where {{ changed(change) }}
            {%- if not loop.last %} union all {% endif -%}
            {%- endfor %}
        )
    {%- endif -%}
{%- endmacro %}
