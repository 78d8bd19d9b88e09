{#- First and last day of the calendar, with a comma between; see `run_context`. -#}
{% macro calendar_ends() -%}
    {%- set ends = run_context().calendar_ends if execute else ['2026-01-01', '2026-01-02'] -%}
    date'{{ ends[0] }}', date'{{ ends[1] }}'
{%- endmacro %}
