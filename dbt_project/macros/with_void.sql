{#-
    The rows of a CTE, and those that this table holds in `scope` and the CTE does not,
    marked `_is_void`: they stay, as a sign for the tables to the right.
-#}
{% macro with_void(rows, scope) -%}
    {%- set names = model.columns.keys() | list -%}
    {%- set key = model.config.unique_key | join(', ') -%}
    select {{ names | join(', ') }}
    from {{ rows }}
    {%- if execute and run_query('select 1 from ' ~ this ~ ' limit 1').rows %}
    union all
    select
        {%- for name in names %}
        {{ {'_is_void': 'true as _is_void', '_run_seq': run_seq() ~ ' as _run_seq'}.get(name, name) }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ this }}
    where {{ scope }}
        and not _is_void
        and ({{ key }}) not in (select {{ key }} from {{ rows }})
    {%- endif %}
{%- endmacro %}
