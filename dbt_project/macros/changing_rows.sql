{#- Rows of this table among which a change can fall, by literals of its partition. -#}
{% macro changing_rows(alias=none) -%}
    {%- set prefix = alias ~ '.' if alias else '' -%}
    {%- if model.config.partition_by == ['registered_month'] and last_run() | int > 0 -%}
        {{ in_months(touched_months(left_of_this()), alias) }}
    {%- elif model.config.partition_by == ['as_of_date'] -%}
        {{ prefix }}as_of_date in ({{ as_of_days() }})
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
