{#-
    Days for which a feature table is to be made: the day of the run unless it is there,
    and each day that is there of which more is now known to have been known at its start.
-#}
{% macro as_of_days(relations) -%}
    {%- if not execute -%}
        {{ return(['2000-01-01']) }}
    {%- endif -%}
    {%- set today = run_context().as_of_date -%}
    {%- if was_empty() -%}
        {{ return([today]) }}
    {%- endif -%}
    {%- set since = run_context().last_runs[table_name(this)] -%}
    {%- set query -%}
        with

        built as (
            select distinct as_of_date from {{ this }}
        ),

        news as (
            {%- for relation in relations %}
            select min(known_date) as known_date from {{ relation }} where _run_seq > {{ since }}
            {%- if not loop.last %} union all {% endif -%}
            {%- endfor %}
        )

        select cast(as_of_date as string) from built
        where as_of_date > (select min(known_date) from news)
        union
        select '{{ today }}'
        where date'{{ today }}' not in (select as_of_date from built)
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | sort) }}
{%- endmacro %}
