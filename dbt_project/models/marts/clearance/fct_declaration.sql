{%- set declaration = source('core', 'vnaccs__declaration') -%}
{%- set event = source('core', 'vnaccs__declaration_event') -%}
{%- set change = changes([declaration, event]) -%}
with

declarations as (
    select * from {{ declaration }}
    where {{ touched(change, ['declaration_key']) }}
),

events as (
    select
        declaration_key,
        event_code,
        channel_code,
        coalesce(business_at, server_at, received_at) as happened_at
    from {{ event }}
    where {{ touched(change, ['declaration_key']) }}
),

-- A clearance names a channel too, but a red declaration clears as a yellow one. Time
-- and channel stand in one number: the engine compares structs a row at a time.
channels as (
    select
        declaration_key,
        min({{ timed_channel('happened_at', 'channel_code') }}) as first_channel,
        max({{ timed_channel('happened_at', 'channel_code') }}) as final_channel
    from events
    where event_code in ('channel', 'amended') and channel_code is not null
    group by declaration_key
),

clearances as (
    select
        declaration_key,
        min(happened_at) as cleared_at
    from events
    where event_code = 'cleared'
    group by declaration_key
),

registrations as (
    select
        declaration_key,
        min(registered_at) as registered_at
    from declarations
    group by declaration_key
),

current_versions as (
    select * from declarations
    where is_current
),

final as (
    select
        current_versions.declaration_key,
        current_versions.declaration_version,
        current_versions.declaration_no,
        current_versions.direction_code,
        {{ stream_code('current_versions.is_low_value') }} as stream_code,
        current_versions.kind_code,
        current_versions.cargo_class_code,
        current_versions.transport_mode_code,
        current_versions.office_code,
        {{ local_party('current_versions', 'tax_code') }} as tax_code,
        {{ local_party('current_versions', 'name') }} as declared_name,
        current_versions.partner_country_code,
        current_versions.agent_code,
        {{ channel_of('channels.first_channel') }} as first_channel_code,
        {{ channel_of('channels.final_channel') }} as final_channel_code,
        current_versions.line_count,
        current_versions.gross_weight_kg,
        current_versions.customs_value_vnd,
        current_versions.tax_total_vnd,
        current_versions.registered_date,
        registrations.registered_at,
        {{ time_of_channel('channels.first_channel') }} as channelled_at,
        clearances.cleared_at,
        unix_timestamp(clearances.cleared_at)
        - unix_timestamp(registrations.registered_at) as clearance_seconds,
        current_versions.known_from,
        current_versions.registered_month,
        {{ run_seq() }} as _run_seq
    from current_versions
    inner join registrations
        on current_versions.declaration_key = registrations.declaration_key
    left join channels
        on current_versions.declaration_key = channels.declaration_key
    left join clearances
        on current_versions.declaration_key = clearances.declaration_key
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, ['declaration_key'])) }}
)

select * from changes_to_table
