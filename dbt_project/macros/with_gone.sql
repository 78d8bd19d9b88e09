{#-
    The rows of a CTE, and those that this table holds in `scope` and the CTE does not,
    marked `_is_gone`: the merge takes them out.
-#}
{% macro with_gone(rows, scope) -%}
    {%- set names = model.columns.keys() | list -%}
    {%- set key = model.config.unique_key -%}
    select {{ names | join(', ') }}, false as _is_gone
    from {{ rows }}
    {%- if execute and run_query('select 1 from ' ~ this ~ ' limit 1').rows %}
    union all
    select {{ names | join(', ') }}, true as _is_gone
    from {{ this }} as known
    where {{ scope }}
        and ({{ key | join(', ') }}) not in (select {{ key | join(', ') }} from {{ rows }})
    {%- endif %}
{%- endmacro %}
