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
        *,
        {{ business_date('known_from') }} as known_date
    from {{ event }}
    where
        event_code in ('registered', 'channel', 'amended')
        and {{ touched(change, ['declaration_key']) }}
),

told as (
    select
        declaration_key,
        min(if(channel_code = '2', known_date, null)) as yellow_known_date,
        min(if(channel_code = '3', known_date, null)) as red_known_date,
        min(if(event_code <> 'amended' and business_at is not null, known_from, null))
            as dated_from
    from events
    group by declaration_key
),

-- Until an answer of the system says when it was registered, its date is a stand-in.
dated_contents as (
    select
        declaration_key,
        min(known_from) as dated_from
    from declarations
    where registered_at is not null
    group by declaration_key
),

-- Content stands until other content of its version comes, or a higher version does; if
-- that one was here first, it never stood.
superseded as (
    select
        older.declaration_key,
        older.declaration_version,
        older.known_from,
        {{ business_date(
            'greatest(older.known_from, least(min(older.known_until), min(newer.known_from)))'
        ) }} as superseded_date
    from declarations as older
    left join declarations as newer
        on
            older.declaration_key = newer.declaration_key
            and older.declaration_version < newer.declaration_version
    where not older.is_current
    group by older.declaration_key, older.declaration_version, older.known_from
),

final as (
    select
        declarations.declaration_key,
        declarations.declaration_version,
        declarations.known_from,
        declarations.registered_date,
        declarations.direction_code,
        {{ stream_code('declarations.is_low_value') }} as stream_code,
        {{ local_party('declarations', 'tax_code') }} as tax_code,
        declarations.office_code,
        declarations.line_count,
        declarations.customs_value_vnd,
        {{ business_date('declarations.known_from') }} as known_date,
        if(
            told.dated_from is null and dated_contents.dated_from is null,
            null,
            {{ business_date(
                'greatest(declarations.known_from, '
                ~ 'least(told.dated_from, dated_contents.dated_from))'
            ) }}
        ) as counted_from_date,
        superseded.superseded_date,
        told.yellow_known_date,
        told.red_known_date,
        declarations.registered_month,
        false as _is_void,
        {{ run_seq() }} as _run_seq
    from declarations
    left join superseded
        on
            declarations.declaration_key = superseded.declaration_key
            and declarations.declaration_version = superseded.declaration_version
            and declarations.known_from = superseded.known_from
    left join told
        on declarations.declaration_key = told.declaration_key
    left join dated_contents
        on declarations.declaration_key = dated_contents.declaration_key
),

-- What core holds no more stays as a void row: with it the groups that it was counted
-- in are made again.
changes_to_table as (
    {{ changes_to_this('final', touched(change, ['declaration_key']), void=true) }}
)

select * from changes_to_table
