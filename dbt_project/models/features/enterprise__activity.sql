{%- set activity = ref('fct_activity_daily') -%}
{%- set activity_value = ref('fct_activity_value_daily') -%}
{%- set days = as_of_days([activity, activity_value]) -%}
with

known_days as (
    {%- for day in days %}
    select
        *,
        date'{{ day }}' as as_of_date
    from {{ activity }}
    where known_date < date'{{ day }}' and registered_date < date'{{ day }}'
    {%- if not loop.last %} union all {% endif -%}
    {%- else %}
    select
        *,
        registered_date as as_of_date
    from {{ activity }}
    where false
    {%- endfor %}
),

known_values as (
    {%- for day in days %}
    select
        *,
        date'{{ day }}' as as_of_date
    from {{ activity_value }}
    where
        known_date < date'{{ day }}'
        and registered_date between date_sub(date'{{ day }}', 365) and date_sub(date'{{ day }}', 1)
    {%- if not loop.last %} union all {% endif -%}
    {%- else %}
    select
        *,
        registered_date as as_of_date
    from {{ activity_value }}
    where false
    {%- endfor %}
),

active_days as (
    select
        tax_code,
        as_of_date,
        registered_date,
        registered_date >= date_sub(as_of_date, 365) as is_in_window,
        sum(declaration_delta) as declarations,
        sum(import_declaration_delta) as imports,
        sum(export_declaration_delta) as exports,
        sum(line_delta) as lines,
        cast(sum(customs_value_delta_vnd) as decimal(20, 0)) as customs_value,
        sum(red_delta) as red,
        sum(yellow_delta) as yellow,
        sum(amended_delta) as amended
    from known_days
    group by tax_code, as_of_date, registered_date
    having sum(declaration_delta) > 0
),

totals as (
    select
        tax_code,
        as_of_date,
        min(registered_date) as first_declaration_date,
        max(registered_date) as last_declaration_date,
        sum(if(is_in_window, declarations, 0)) as declaration_count_365d,
        sum(if(is_in_window, imports, 0)) as import_declaration_count_365d,
        sum(if(is_in_window, exports, 0)) as export_declaration_count_365d,
        sum(if(is_in_window, lines, 0)) as line_count_365d,
        cast(
            sum(if(is_in_window, customs_value, cast(0 as decimal(20, 0)))) as decimal(20, 0)
        ) as customs_value_vnd_365d,
        sum(if(is_in_window, red, 0)) as red_count_365d,
        sum(if(is_in_window, yellow, 0)) as yellow_count_365d,
        sum(if(is_in_window, amended, 0)) as amended_count_365d,
        count_if(is_in_window) as active_days_365d
    from active_days
    group by tax_code, as_of_date
),

standing_values as (
    select
        tax_code,
        as_of_date,
        activity_value_kind_code as kind,
        activity_value_code
    from known_values
    group by tax_code, as_of_date, activity_value_kind_code, activity_value_code
    having sum(line_delta) > 0
),

distinct_values as (
    select
        tax_code,
        as_of_date,
        count_if(kind = 'chapter') as chapter_count_365d,
        count_if(kind = 'origin') as origin_count_365d,
        count_if(kind = 'office') as office_count_365d
    from standing_values
    group by tax_code, as_of_date
),

final as (
    select
        totals.*,
        cast(
            least(
                365,
                datediff(
                    totals.as_of_date,
                    min(totals.first_declaration_date) over (partition by totals.as_of_date)
                )
            ) as bigint
        ) as history_days,
        coalesce(distinct_values.chapter_count_365d, 0) as chapter_count_365d,
        coalesce(distinct_values.origin_count_365d, 0) as origin_count_365d,
        coalesce(distinct_values.office_count_365d, 0) as office_count_365d,
        {{ run_seq() }} as _run_seq
    from totals
    left join distinct_values
        on
            totals.tax_code = distinct_values.tax_code
            and totals.as_of_date = distinct_values.as_of_date
),

changes_to_table as (
    {{ changes_to_this('final', in_days(days)) }}
)

select * from changes_to_table
