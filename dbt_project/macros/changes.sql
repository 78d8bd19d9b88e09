{#-
    What this table has not consumed of the tables that it reads: `since` is the newest
    run that it has, `others` are newer rows of tables that are not kept by month.

    `months` are the partitions in which its rows may change: a filter prunes only by
    literals. A declaration whose date is not declared yet lies in the month of its
    arrival, so for core that month is named too. While `since` is 0 all months are meant.
-#}
{% macro changes(relations) -%}
    {%- set since = run_context().last_runs[table_name(this)] if execute else 0 -%}
    {%- set months = [] -%}
    {%- set others = [] -%}
    {%- for relation in relations if since > 0 -%}
        {%- set newer = 'from ' ~ relation ~ ' where _run_seq > ' ~ since -%}
        {%- if table_name(relation) not in model.config.meta.monthly_sources -%}
            {%- do others.extend(run_query('select 1 ' ~ newer ~ ' limit 1').rows) -%}
        {%- else -%}
            {%- set arrival = "date_format(" ~ business_date('known_from') ~ ", 'yyyy-MM')" -%}
            {%- set arrival = arrival if relation.schema == 'core' else 'registered_month' -%}
            {%- for row in run_query(
                'select distinct registered_month, ' ~ arrival ~ ' as arrival_month ' ~ newer
            ).rows -%}
                {%- do months.extend([row[0], row[1]]) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({
        'relations': relations,
        'since': since,
        'months': months | unique | sort,
        'others': others
    }) }}
{%- endmacro %}
