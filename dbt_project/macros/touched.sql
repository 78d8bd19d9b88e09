{#-
    True on every row, changed or not, that shares its `keys` with a changed row of one
    of the relations: what these rows give is made again as a whole.
-#}
{% macro touched(change, keys, relations=none) -%}
    {%- if change.since == 0 -%}
        true
    {%- else -%}
        {{ in_months(change) }}
        and ({{ keys | join(', ') }}) in (
            {%- for relation in relations or change.relations %}
            select {{ keys | join(', ') }} from {{ relation }}
            where {{ changed(change) }}
            {%- if not loop.last %} union all {% endif -%}
            {%- endfor %}
        )
    {%- endif -%}
{%- endmacro %}
