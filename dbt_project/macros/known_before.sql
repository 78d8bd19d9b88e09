{#-
    Rows of a table of changes that were known at the start of each of some days, with
    the day as `as_of_date`. Each day has its own filter, so that only its rows are read.
-#}
{% macro known_before(days, relation, window_days=none) -%}
    {%- for day in days %}
    select *, date'{{ day }}' as as_of_date
    from {{ relation }}
    where known_date < date'{{ day }}' and registered_date < date'{{ day }}'
        {%- if window_days %}
        and registered_date >= date_sub(date'{{ day }}', {{ window_days }})
        {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select *, cast(null as date) as as_of_date
    from {{ relation }}
    where false
    {%- endfor %}
{%- endmacro %}
