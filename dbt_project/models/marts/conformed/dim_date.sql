{%- set holiday = source('ref', 'holiday') -%}
with

-- Not `weekday`: Sail gives -1 for a Sunday.
days as (
    select
        calendar_date,
        (dayofweek(calendar_date) + 5) % 7 + 1 as iso_weekday
    from (
        select explode(sequence({{ calendar_ends() }}, interval 1 day)) as calendar_date
    ) as every_day
),

listed as (
    select * from {{ holiday }}
    where
        known_until is null
        and calendar_date >= valid_from
        and (valid_to is null or calendar_date <= valid_to)
),

listed_years as (
    select
        year(calendar_date) as calendar_year,
        max(is_sample) as is_sample
    from listed
    group by year(calendar_date)
),

-- A day worked in lieu is in the list too, and is no holiday.
final as (
    select
        days.calendar_date,
        year(days.calendar_date) as calendar_year,
        quarter(days.calendar_date) as calendar_quarter,
        month(days.calendar_date) as calendar_month,
        weekofyear(days.calendar_date) as iso_week,
        days.iso_weekday,
        case days.iso_weekday
            when 1 then 'Thứ Hai'
            when 2 then 'Thứ Ba'
            when 3 then 'Thứ Tư'
            when 4 then 'Thứ Năm'
            when 5 then 'Thứ Sáu'
            when 6 then 'Thứ Bảy'
            when 7 then 'Chủ Nhật'
        end as weekday_name_vi,
        if(listed.is_working_day, null, listed.holiday_name_vi) as holiday_name_vi,
        days.iso_weekday >= 6 as is_weekend,
        coalesce(not listed.is_working_day, false) as is_holiday,
        coalesce(listed.is_tet and not listed.is_working_day, false) as is_tet,
        coalesce(listed.is_working_day, days.iso_weekday < 6) as is_working_day,
        coalesce(listed.is_sample, listed_years.is_sample, true) as is_sample,
        {{ run_seq() }} as _run_seq
    from days
    left join listed
        on days.calendar_date = listed.calendar_date
    left join listed_years
        on year(days.calendar_date) = listed_years.calendar_year
),

changes_to_table as (
    {{ changes_to_this('final', 'true') }}
)

select * from changes_to_table
