{%- set event = source('core', 'vnaccs__declaration_event') -%}
{%- set inspection = source('core', 'vnaccs__inspection') -%}
{%- set month = source('core', 'vnaccs__declaration_month') -%}
{%- set declaration = ref('fct_declaration') -%}
{%- set change = changes(
    [event, inspection, declaration], narrow='declaration_key', moved=month
) -%}
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

channels as (
    select
        declaration_key,
        min(happened_at) as channelled_at
    from events
    where event_code = 'channel'
    group by declaration_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by declaration_key, event_code order by happened_at, event_id
        ) as place
    from events
),

staged as (
    select
        ranked.*,
        declarations.direction_code,
        declarations.stream_code,
        declarations.office_code,
        declarations.final_channel_code,
        declarations.registered_at,
        case
            when ranked.place > 1 then null
            when ranked.event_code = 'channel' then 'registration_to_channel'
            when ranked.event_code = 'released' then 'channel_to_release'
            when ranked.event_code = 'inspected' then 'designation_to_result'
            when ranked.event_code = 'cleared' then 'channel_to_clearance'
        end as stage_code,
        case
            when ranked.place > 1 then null
            when ranked.event_code = 'channel' then declarations.registered_at
            when ranked.event_code = 'inspected' then designations.designated_at
            when ranked.event_code in ('released', 'cleared') then channels.channelled_at
        end as stage_started_at
    from ranked
    left join declarations
        on ranked.declaration_key = declarations.declaration_key
    left join designations
        on ranked.declaration_key = designations.declaration_key
    left join channels
        on ranked.declaration_key = channels.declaration_key
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
