{#-
    Rows that this run wrote and that name what is not there: one row per column, with
    the number of rows.
-#}
{% test references(model, references) %}
    {%- for reference in references %}
    select
        'reference.{{ reference.column }}' as code,
        count(*) as failures
    from {{ model }} as written
    left anti join {{ reference.to }} as other
        on written.{{ reference.column }} = other.{{ reference.field }}
    where written._run_seq = {{ run_seq() }} and written.{{ reference.column }} is not null
    having count(*) > 0
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{% endtest %}
