{%- set declaration = source('core', 'vnaccs__declaration') -%}
{%- set event = source('core', 'vnaccs__declaration_event') -%}
{%- set month = source('core', 'vnaccs__declaration_month') -%}
{%- set change = changes([declaration, event], narrow='declaration_key', moved=month) -%}
with

declarations as (
    select * from {{ declaration }}
    where {{ touched(change, ['declaration_key']) }}
),

events as (
    select
        declaration_key,
        event_code = 'cleared' as is_clearance,
        {{ happened_at() }} as happened_at,
        -- A clearance names a channel too, but a red declaration clears as a yellow one.
        if(event_code = 'cleared', null, channel_code) as channel_code
    from {{ event }}
    where
        event_code in ('channel', 'amended', 'cleared')
        and {{ touched(change, ['declaration_key']) }}
),

-- Time and channel stand in one number: the engine compares structs a row at a time.
lives as (
    select
        declaration_key,
        min({{ timed_channel('happened_at', 'channel_code') }}) as first_channel,
        max({{ timed_channel('happened_at', 'channel_code') }}) as final_channel,
        min(if(is_clearance, happened_at, null)) as cleared_at
    from events
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
        {{ channel_of('lives.first_channel') }} as first_channel_code,
        {{ channel_of('lives.final_channel') }} as final_channel_code,
        current_versions.line_count,
        current_versions.gross_weight_kg,
        current_versions.customs_value_vnd,
        current_versions.tax_total_vnd,
        current_versions.registered_date,
        registrations.registered_at,
        {{ time_of_channel('lives.first_channel') }} as channelled_at,
        lives.cleared_at,
        -- Clocks that differ may clear a declaration before it is registered.
        if(
            lives.cleared_at >= registrations.registered_at,
            unix_timestamp(lives.cleared_at) - unix_timestamp(registrations.registered_at),
            null
        ) as clearance_seconds,
        current_versions.known_from,
        current_versions.registered_month,
        {{ run_seq() }} as _run_seq
    from current_versions
    inner join registrations
        on current_versions.declaration_key = registrations.declaration_key
    left join lives
        on current_versions.declaration_key = lives.declaration_key
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, ['declaration_key'])) }}
)

select * from changes_to_table
