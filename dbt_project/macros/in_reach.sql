{#- True on the rows among which something may change: by month, then by `narrow`. -#}
{% macro in_reach(change, alias=none) -%}
    {%- set prefix = alias ~ '.' if alias else '' -%}
    {%- if change.since == 0 -%}
        true
    {%- elif not change.reach -%}
        false
    {%- else -%}
        {{ prefix }}registered_month in (
            {%- for row in change.reach %}'{{ row[0] }}'{{ ', ' if not loop.last }}{% endfor -%}
        )
        {%- if change.narrow %}
        and (
            {%- set type = 'date' if change.narrow.endswith('_date') else '' -%}
            {%- for row in change.reach %}
            {{ prefix }}registered_month = '{{ row[0] }}'
            and {{ prefix }}{{ change.narrow }} between {{ type }}'{{ row[1] }}' and {{ type }}'{{ row[2] }}'
            {%- if not loop.last %} or {%- endif %}
            {%- endfor %}
        )
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
