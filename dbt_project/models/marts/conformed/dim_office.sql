{%- set declaration = ref('fct_declaration') -%}
{%- set office = source('ref', 'office') -%}
{%- set mapping = source('ref', 'office_mapping') -%}
{%- set change = changes([declaration, office, mapping]) -%}
with

declarations as (
    select * from {{ declaration }}
    where {{ if_changed(change) }}
),

offices as (
    select * from {{ office }}
    where known_until is null and {{ if_changed(change) }}
),

successors as (
    select
        old_office_code as office_code,
        max(if(is_main_successor, new_office_code, null)) as successor_office_code,
        count(*) as successor_count
    from {{ mapping }}
    where known_until is null and {{ if_changed(change) }}
    group by old_office_code
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
        if(
            offices.valid_to is null,
            offices.successor_office_code,
            coalesce(offices.successor_office_code, successors.successor_office_code)
        ) as successor_office_code,
        if(offices.valid_to is null, null, successors.successor_count) as successor_count,
        seen.first_seen_date,
        seen.last_seen_date,
        true as is_listed,
        offices.is_sample
    from offices
    left join seen
        on offices.office_code = seen.office_code
    left join successors
        on offices.office_code = successors.office_code
),

unlisted as (
    select
        seen.office_code,
        seen.first_seen_date as valid_from,
        cast(null as date) as valid_to,
        cast(null as string) as office_name_vi,
        cast(null as string) as office_region_code,
        cast(null as string) as successor_office_code,
        cast(null as bigint) as successor_count,
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
