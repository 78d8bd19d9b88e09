{#- Query of the lowest and highest value of a column by month, as text. -#}
{% macro reach_in(month, narrow, newer) -%}
    select
        {{ month }} as month,
        cast(min({{ narrow or month }}) as string) as low,
        cast(max({{ narrow or month }}) as string) as high
    {{ newer }}
    group by {{ month }}
{%- endmacro %}
