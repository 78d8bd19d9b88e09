{#-
    What this table has not consumed of the tables that it reads: `since` is the newest
    run that it has, `others` are newer rows of tables that are not kept by month.

    `reach` has the months in which its rows may change, each with the lowest and highest
    value of the column `narrow` there: a filter prunes files only by literals. Rows that
    moved lay in earlier months too: `moved` is the relation that says in which. While
    `since` is 0 everything is meant.
-#}
{% macro changes(relations, narrow=none, moved=none) -%}
    {%- set since = run_context().last_runs[table_name(this)] if execute else 0 -%}
    {%- set parts = [] -%}
    {%- set others = [] -%}
    {%- for relation in relations if since > 0 -%}
        {%- set newer = 'from ' ~ relation ~ ' where _run_seq > ' ~ since -%}
        {%- if table_name(relation) not in model.config.meta.monthly_sources -%}
            {%- do others.extend(run_query('select 1 ' ~ newer ~ ' limit 1').rows) -%}
        {%- else -%}
            {%- do parts.append(reach_in('registered_month', narrow, newer)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if moved and since > 0 -%}
        {%- set newer = "from (select *, explode(split(_earlier_months, ' ')) as earlier_month"
            ~ ' from ' ~ moved ~ ' where _earlier_months is not null and _run_seq > '
            ~ since ~ ') as moved' -%}
        {%- do parts.append(reach_in('earlier_month', narrow, newer)) -%}
    {%- endif -%}
    {%- set reach = [] -%}
    {%- if parts -%}
        {%- do reach.extend(run_query(
            'select month, min(low) as low, max(high) as high from ('
            ~ parts | join(' union all ') ~ ') as parts group by month order by month'
        ).rows) -%}
    {%- endif -%}
    {{ return({
        'relations': relations,
        'since': since,
        'narrow': narrow,
        'reach': reach,
        'others': others
    }) }}
{%- endmacro %}
