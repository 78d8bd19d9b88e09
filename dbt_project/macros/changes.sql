{#-
    What this table has not consumed of the tables that it reads.

    `months` are the partitions in which its rows may change: a filter prunes only by
    literals. A declaration whose date is not declared yet lies in the month of its
    arrival, so for core that month is named too. All months while `since` is 0.
-#}
{% macro changes(relations) -%}
    {%- if not execute -%}
        {{ return({'relations': relations, 'since': 0, 'months': []}) }}
    {%- endif -%}
    {%- set since = last_run() -%}
    {%- set months = [] -%}
    {%- for relation in relations if since > 0 -%}
        {%- set query -%}
            select distinct
                registered_month,
                {% if 'core.' in relation | string -%}
                date_format({{ business_date('known_from') }}, 'yyyy-MM')
                {%- else -%}
                registered_month
                {%- endif %} as arrival_month
            from {{ relation }}
            where _run_seq > {{ since }}
        {%- endset -%}
        {%- for row in run_query(query).rows -%}
            {%- do months.extend([row[0], row[1]]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({
        'relations': relations, 'since': since, 'months': months | unique | sort
    }) }}
{%- endmacro %}
