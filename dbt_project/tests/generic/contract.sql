{#-
    What the rows that this run wrote break of their contract: one row per check, with
    the number of rows.
-#}
{% test contract(model, checks, key) %}
    with

    written as (
        select * from {{ model }}
        where _run_seq = {{ run_seq() }}
    ),

    counted as (
        select
            {%- for check in checks %}
            sum(case when {{ check.holds }} then 0 else 1 end) as check_{{ loop.index }}{{ ',' if not loop.last }}
            {%- endfor %}
        from written
    ),

    {% if key -%}
    doubled_keys as (
        select {{ key | join(', ') }} from written
        group by {{ key | join(', ') }}
        having count(*) > 1
    ),
    {%- endif %}

    verdicts as (
        select
            stack(
                {{ checks | length }},
                {%- for check in checks %}
                '{{ check.code }}', check_{{ loop.index }}{{ ',' if not loop.last }}
                {%- endfor %}
            ) as (code, failures)
        from counted
        {%- if key %}
        union all
        select 'unique_key' as code, count(*) as failures from doubled_keys
        {%- endif %}
    )

    select * from verdicts
    where failures > 0
{% endtest %}
