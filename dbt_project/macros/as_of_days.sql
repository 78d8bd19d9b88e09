{#-
    Days for which a feature table is to be made: the day of the run unless it is there,
    and each day that is there of which more is now known to have been known at its start.
-#}
{% macro as_of_days(relations) -%}
    {%- if not execute -%}
        {{ return(['2000-01-01']) }}
    {%- endif -%}
    {%- set known = [] -%}
    {%- for row in run_query('select distinct cast(as_of_date as string) from ' ~ this).rows -%}
        {%- do known.append(row[0]) -%}
    {%- endfor -%}
    {%- set today = run_context('as_of_date') -%}
    {%- set days = [] if today in known else [today] -%}
    {%- set since = last_run() -%}
    {%- for relation in relations if known -%}
        {%- set query -%}
            select cast(min(known_date) as string) from {{ relation }}
            where _run_seq > {{ since }}
        {%- endset -%}
        {%- set earliest = run_query(query).rows[0][0] -%}
        {%- for day in known if earliest and day > earliest -%}
            {%- do days.append(day) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(days | unique | sort) }}
{%- endmacro %}
