{#-
    Partitions in which rows of this table may change, as a list of literals: only
    literals prune. A declaration whose date was not yet declared lies in the month of
    its arrival, so that the month of arrival is named too.
-#}
{% macro touched_months(relations) -%}
    {%- set months = [] -%}
    {%- if execute -%}
        {%- set since = last_run() -%}
        {%- for relation in relations -%}
            {%- set query -%}
                select distinct
                    registered_month,
                    date_format({{ business_date('known_from') }}, 'yyyy-MM') as arrival_month
                from {{ relation }}
                where _run_seq > {{ since }}
            {%- endset -%}
            {%- for row in run_query(query).rows -%}
                {%- do months.extend([row[0], row[1]]) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(months | unique | sort) }}
{%- endmacro %}
