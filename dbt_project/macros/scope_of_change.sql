{#-
    Rows of this table among which a change can fall, by literals of its partition; the
    word `nothing` where there is none. `alias` is the table's name in the statement.
-#}
{% macro scope_of_change(alias) -%}
    {%- set meta = model.config.meta -%}
    {%- if model.config.partition_by == ['as_of_date'] -%}
        {%- set days = as_of_days(meta.monthly_sources) -%}
        {{ return(
            alias ~ '.as_of_date in (date\'' ~ days | join('\', date\'') ~ '\')'
            if days else 'nothing'
        ) }}
    {%- endif -%}
    {%- set since = last_run() -%}
    {%- set changed = [] -%}
    {%- for relation in meta.other_sources if since > 0 -%}
        {%- set query = 'select 1 from ' ~ relation ~ ' where _run_seq > ' ~ since ~ ' limit 1' -%}
        {%- do changed.extend(run_query(query).rows) -%}
    {%- endfor -%}
    {%- set change = changes(meta.monthly_sources) -%}
    {%- set has_sources = meta.monthly_sources or meta.other_sources -%}
    {%- if since > 0 and has_sources and not changed and not change.months -%}
        {{ return('nothing') }}
    {%- elif model.config.partition_by == ['registered_month'] -%}
        {{ return(in_months(change, alias)) }}
    {%- else -%}
        {{ return('true') }}
    {%- endif -%}
{%- endmacro %}
