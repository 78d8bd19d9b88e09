{#-
    What the rows that this run wrote break of their contract: one row per check, with
    the number of rows. One aggregate query asks all of it.
-#}
{% test contract(model, checks, key, references) %}
    with

    written as (
        select * from {{ model }}
        where _run_seq = {{ run_seq() }}
    ),

    counted as (
        select
            {%- for check in checks %}
            coalesce(sum(case when {{ check.holds }} then 0 else 1 end), 0) as check_{{ loop.index }},
            {%- endfor %}
            {{ 'count(*) - count(distinct ' ~ key | join(', ') ~ ')' if key else 0 }} as doubled
        from written
    ),
    {% for reference in references %}
    orphans_{{ loop.index }} as (
        select count(*) as orphans
        from written
        left anti join {{ reference.to }} as other
            on written.{{ reference.column }} = other.{{ reference.field }}
        where written.{{ reference.column }} is not null
    ),
    {% endfor %}
    verdicts as (
        select
            stack(
                {{ checks | length + 1 + references | length }},
                {%- for check in checks %}
                '{{ check.code }}', check_{{ loop.index }},
                {%- endfor %}
                {%- for reference in references %}
                'reference.{{ reference.column }}', orphans_{{ loop.index }}.orphans,
                {%- endfor %}
                'unique_key', doubled
            ) as (code, failures)
        from counted
        {%- for reference in references %}
        cross join orphans_{{ loop.index }}
        {%- endfor %}
    )

    select * from verdicts
    where failures > 0
{% endtest %}
