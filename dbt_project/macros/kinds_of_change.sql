{#- Kinds of change that a staged table holds. -#}
{% macro kinds_of_change(staged) -%}
    {%- set query -%}
        select distinct _change from {{ staged }} order by _change
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{%- endmacro %}
