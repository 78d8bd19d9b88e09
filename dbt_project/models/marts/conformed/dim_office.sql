{%- set declaration = ref('fct_declaration') -%}
{%- set office = source('ref', 'office') -%}
{%- set change = changes([declaration, office]) -%}
with

declarations as (
    select * from {{ declaration }}
    where {{ if_changed(change) }}
),

offices as (
    select * from {{ office }}
    where known_until is null and {{ if_changed(change) }}
),

seen as (
    select
        office_code,
        min(registered_date) as first_seen_date,
        max(registered_date) as last_seen_date
    from declarations
    where office_code is not null
    group by office_code
),

listed as (
    select
        offices.office_code,
        offices.valid_from,
        offices.valid_to,
        offices.office_name_vi,
        offices.office_region_code,
        offices.successor_office_code,
        seen.first_seen_date,
        seen.last_seen_date,
        true as is_listed,
        offices.is_sample
    from offices
    left join seen
        on offices.office_code = seen.office_code
),

unlisted as (
    select
        seen.office_code,
        seen.first_seen_date as valid_from,
        cast(null as date) as valid_to,
        cast(null as string) as office_name_vi,
        cast(null as string) as office_region_code,
        cast(null as string) as successor_office_code,
        seen.first_seen_date,
        seen.last_seen_date,
        false as is_listed,
        false as is_sample
    from seen
    left anti join offices
        on seen.office_code = offices.office_code
),

final as (
    select
        *,
        {{ run_seq() }} as _run_seq
    from (
        select * from listed
        union all
        select * from unlisted
    ) as offices_and_codes
),

changes_to_table as (
    {{ changes_to_this('final', if_changed(change)) }}
)

select * from changes_to_table
