{%- set event = source('core', 'vnaccs__declaration_event') -%}
{%- set inspection = source('core', 'vnaccs__inspection') -%}
{%- set month = source('core', 'vnaccs__declaration_month') -%}
{%- set declaration = ref('fct_declaration') -%}
{%- set tables = [event, inspection, declaration] -%}
{%- set change = changes(tables, narrow='declaration_key', moved=month) -%}
with

events as (
    select
        *,
        {{ happened_at() }} as happened_at
    from {{ event }}
    where {{ touched(change, ['declaration_key']) }}
),

declarations as (
    select * from {{ declaration }}
    where {{ touched(change, ['declaration_key']) }}
),

-- The last designation that was not cancelled.
designations as (
    select
        declaration_key,
        max(designated_at) as designated_at
    from {{ inspection }}
    where is_current and {{ touched(change, ['declaration_key']) }}
    group by declaration_key
),

-- Time and id stand in one text: a window would sort every event.
marked as (
    select
        *,
        concat(lpad(cast(unix_micros(happened_at) as string), 20, '0'), event_id) as mark
    from events
),

firsts as (
    select
        declaration_key,
        min(if(event_code = 'channel', happened_at, null)) as channelled_at,
        min(if(event_code = 'channel', mark, null)) as first_channel,
        min(if(event_code = 'released', mark, null)) as first_release,
        min(if(event_code = 'inspected', mark, null)) as first_result,
        min(if(event_code = 'cleared', mark, null)) as first_clearance
    from marked
    group by declaration_key
),

staged as (
    select
        marked.*,
        declarations.direction_code,
        declarations.stream_code,
        declarations.office_code,
        declarations.final_channel_code,
        declarations.registered_at,
        case marked.mark
            when firsts.first_channel then 'registration_to_channel'
            when firsts.first_release then 'channel_to_release'
            when firsts.first_result then 'designation_to_result'
            when firsts.first_clearance then 'channel_to_clearance'
        end as stage_code,
        case marked.mark
            when firsts.first_channel then declarations.registered_at
            when firsts.first_result then designations.designated_at
            when firsts.first_release then firsts.channelled_at
            when firsts.first_clearance then firsts.channelled_at
        end as stage_started_at
    from marked
    left join declarations
        on marked.declaration_key = declarations.declaration_key
    left join designations
        on marked.declaration_key = designations.declaration_key
    left join firsts
        on marked.declaration_key = firsts.declaration_key
),

final as (
    select
        event_id,
        declaration_key,
        declaration_version,
        event_code,
        channel_code,
        actor_code,
        direction_code,
        stream_code,
        office_code,
        final_channel_code,
        happened_at,
        server_at,
        received_at,
        stage_code,
        stage_started_at,
        if(
            happened_at >= stage_started_at,
            unix_timestamp(happened_at) - unix_timestamp(stage_started_at),
            null
        ) as stage_seconds,
        if(
            happened_at >= registered_at,
            unix_timestamp(happened_at) - unix_timestamp(registered_at),
            null
        ) as since_registration_seconds,
        coalesce(happened_at < stage_started_at, false) as is_negative_stage,
        coalesce(happened_at < registered_at, false) as is_before_registration,
        registered_date,
        registered_month,
        {{ run_seq() }} as _run_seq
    from staged
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, ['declaration_key'])) }}
)

select * from changes_to_table
