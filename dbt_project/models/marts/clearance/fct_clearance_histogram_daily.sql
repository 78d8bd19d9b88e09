{%- set event = ref('fct_declaration_event') -%}
{%- set history = ref('fct_declaration_history') -%}
{%- set change = changes([event, history], narrow='registered_date') -%}
with

-- Until its content comes, a declaration may yet move to another date without a trace.
events as (
    select * from {{ event }}
    where
        stage_code is not null
        and stream_code is not null
        and {{ touched(change, ['registered_date']) }}
),

times as (
    select
        *,
        stage_code as timed_stage_code,
        stage_seconds as seconds
    from events
    union all
    select
        *,
        'registration_to_clearance' as timed_stage_code,
        since_registration_seconds as seconds
    from events
    where event_code = 'cleared'
),

bucketed as (
    select
        *,
        {{ log_bucket('cast(greatest(seconds, 1) as double)') }} as time_bucket
    from times
    where seconds is not null
),

final as (
    select
        registered_date,
        direction_code,
        stream_code,
        coalesce(office_code, '') as office_code,
        coalesce(final_channel_code, '') as channel_code,
        timed_stage_code as stage_code,
        time_bucket,
        count(*) as timed_count,
        sum(seconds) as timed_total_seconds,
        registered_month,
        {{ run_seq() }} as _run_seq
    from bucketed
    group by
        registered_date, registered_month, direction_code, stream_code,
        coalesce(office_code, ''), coalesce(final_channel_code, ''), timed_stage_code,
        time_bucket
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, ['registered_date'])) }}
)

select * from changes_to_table
