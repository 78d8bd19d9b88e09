with

calendar as (
    select * from ops_calendar
),

-- Not `weekday`: Sail gives -1 for a Sunday.
weekdays as (
    select
        *,
        (dayofweek(calendar_date) + 5) % 7 + 1 as iso_weekday
    from calendar
),

final as (
    select
        calendar_date,
        year(calendar_date) as calendar_year,
        quarter(calendar_date) as calendar_quarter,
        month(calendar_date) as calendar_month,
        weekofyear(calendar_date) as iso_week,
        iso_weekday,
        case iso_weekday
            when 1 then 'Thứ Hai'
            when 2 then 'Thứ Ba'
            when 3 then 'Thứ Tư'
            when 4 then 'Thứ Năm'
            when 5 then 'Thứ Sáu'
            when 6 then 'Thứ Bảy'
            when 7 then 'Chủ Nhật'
        end as weekday_name_vi,
        holiday_name_vi,
        iso_weekday >= 6 as is_weekend,
        holiday_name_vi is not null as is_holiday,
        is_tet,
        is_working_day,
        is_sample,
        {{ run_seq() }} as _run_seq
    from weekdays
),

changes_to_table as (
    {{ changes_to_this('final', 'true') }}
)

select * from changes_to_table
