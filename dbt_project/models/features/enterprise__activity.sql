{%- set activity = ref('fct_activity_daily') -%}
{%- set activity_value = ref('fct_activity_value_daily') -%}
{%- set as_of_dates = as_of_days([activity, activity_value]) -%}
with

known_activity as (
    {{ known_before(as_of_dates, activity) }}
),

known_values as (
    {{ known_before(as_of_dates, activity_value, window_days=365) }}
),

active_dates as (
    select
        tax_code,
        as_of_date,
        registered_date,
        registered_date >= date_sub(as_of_date, 365) as is_in_window,
        sum(declaration_delta) as declaration_count,
        sum(import_declaration_delta) as import_count,
        sum(export_declaration_delta) as export_count,
        sum(line_delta) as line_count,
        cast(sum(customs_value_delta_vnd) as decimal(20, 0)) as customs_value_vnd,
        sum(red_delta) as red_count,
        sum(yellow_delta) as yellow_count,
        sum(amended_delta) as amended_count
    from known_activity
    group by tax_code, as_of_date, registered_date
    having sum(declaration_delta) > 0
),

totals as (
    select
        tax_code,
        as_of_date,
        min(registered_date) as first_declaration_date,
        max(registered_date) as last_declaration_date,
        sum(if(is_in_window, declaration_count, 0)) as declaration_count_365d,
        sum(if(is_in_window, import_count, 0)) as import_declaration_count_365d,
        sum(if(is_in_window, export_count, 0)) as export_declaration_count_365d,
        sum(if(is_in_window, line_count, 0)) as line_count_365d,
        cast(sum(
            if(is_in_window, customs_value_vnd, cast(0 as decimal(20, 0)))
        ) as decimal(20, 0)) as customs_value_vnd_365d,
        sum(if(is_in_window, red_count, 0)) as red_count_365d,
        sum(if(is_in_window, yellow_count, 0)) as yellow_count_365d,
        sum(if(is_in_window, amended_count, 0)) as amended_count_365d,
        count_if(is_in_window) as active_days_365d
    from active_dates
    group by tax_code, as_of_date
),

standing_values as (
    select
        tax_code,
        as_of_date,
        activity_value_kind_code,
        activity_value_code
    from known_values
    group by tax_code, as_of_date, activity_value_kind_code, activity_value_code
    having sum(line_delta) > 0
),

value_counts as (
    select
        tax_code,
        as_of_date,
        count_if(activity_value_kind_code = 'chapter') as chapter_count_365d,
        count_if(activity_value_kind_code = 'origin') as origin_count_365d,
        count_if(activity_value_kind_code = 'office') as office_count_365d
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
        coalesce(value_counts.chapter_count_365d, 0) as chapter_count_365d,
        coalesce(value_counts.origin_count_365d, 0) as origin_count_365d,
        coalesce(value_counts.office_count_365d, 0) as office_count_365d,
        {{ run_seq() }} as _run_seq
    from totals
    left join value_counts
        on
            totals.tax_code = value_counts.tax_code
            and totals.as_of_date = value_counts.as_of_date
),

changes_to_table as (
    {{ changes_to_this('final', in_days(as_of_dates)) }}
)

select * from changes_to_table
