{#-
    How often the rows of a CTE name each code on a day; `codes` are columns by kind of code.

    Added up first: most rows of a day share all their codes. Not by `count(*)`: where no
    row is left, Sail plans the union of counts with other nullability.
-#}
{% macro codes_by_day(rows, codes) -%}
    select
        kinds.code_kind_code,
        case kinds.code_kind_code
            {%- for kind, code in codes.items() %}
            when '{{ kind }}' then added_up.{{ code }}
            {%- endfor %}
        end as named_code,
        added_up.registered_date,
        added_up.registered_month,
        added_up.naming_count
    from (
        select
            registered_date,
            registered_month,
            {{ codes.values() | join(', ') }},
            sum(1) as naming_count
        from {{ rows }}
        group by registered_date, registered_month, {{ codes.values() | join(', ') }}
    ) as added_up
    cross join (
        {%- for kind in codes %}
        select '{{ kind }}' as code_kind_code
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as kinds
{%- endmacro %}
