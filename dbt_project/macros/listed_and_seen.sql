{#-
    Rows of a dimension of codes: the periods of the CTE `listed` with some columns of its
    list, and one open period for each code of the CTE `seen` that no list has.
-#}
{% macro listed_and_seen(code, columns) -%}
    select
        coalesce(listed.{{ code }}, seen.{{ code }}) as {{ code }},
        coalesce(listed.valid_from, seen.first_seen_date) as valid_from,
        listed.valid_to,
        {%- for name in columns %}
        listed.{{ name }},
        {%- endfor %}
        seen.first_seen_date,
        seen.last_seen_date,
        listed.{{ code }} is not null as is_listed,
        coalesce(listed.is_sample, false) as is_sample,
        {{ run_seq() }} as _run_seq
    from listed
    full outer join seen
        on listed.{{ code }} = seen.{{ code }}
{%- endmacro %}
