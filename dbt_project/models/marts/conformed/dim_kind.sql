{%- set declaration = ref('fct_declaration') -%}
{%- set kind = source('ref', 'kind_code') -%}
{%- set change = changes([declaration, kind]) -%}
with

named as (
    select
        kind_code,
        registered_date
    from {{ declaration }}
    where {{ if_changed(change) }}
),

listed_rows as (
    select * from {{ kind }}
    where known_until is null and {{ if_changed(change) }}
),

seen as (
    select
        kind_code,
        min(registered_date) as first_seen_date,
        max(registered_date) as last_seen_date
    from named
    where kind_code is not null
    group by kind_code
),

listed as (
    select
        listed_rows.kind_code,
        listed_rows.valid_from,
        listed_rows.valid_to,
        listed_rows.direction_code,
        listed_rows.kind_name_vi,
        listed_rows.kind_name_en,
        seen.first_seen_date,
        seen.last_seen_date,
        true as is_listed,
        listed_rows.is_sample
    from listed_rows
    left join seen
        on listed_rows.kind_code = seen.kind_code
),

unlisted as (
    select
        seen.kind_code,
        seen.first_seen_date as valid_from,
        cast(null as date) as valid_to,
        cast(null as string) as direction_code,
        cast(null as string) as kind_name_vi,
        cast(null as string) as kind_name_en,
        seen.first_seen_date,
        seen.last_seen_date,
        false as is_listed,
        false as is_sample
    from seen
    left anti join listed_rows
        on seen.kind_code = listed_rows.kind_code
),

final as (
    select
        *,
        {{ run_seq() }} as _run_seq
    from (
        select * from listed
        union all
        select * from unlisted
    ) as listed_and_seen
),

changes_to_table as (
    {{ changes_to_this('final', if_changed(change)) }}
)

select * from changes_to_table
