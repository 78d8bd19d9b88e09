{#- True on rows of the days of registration of what changed. -#}
{% macro touched_days(change) -%}
    {%- if change.since == 0 -%}
        true
    {%- else -%}
        registered_date in (
            {%- for relation in change.relations %}
            select registered_date from {{ relation }} where {{ changed(change) }}
            {%- if not loop.last %} union all {% endif -%}
            {%- endfor %}
        )
    {%- endif -%}
{%- endmacro %}
