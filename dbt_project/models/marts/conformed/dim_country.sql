{%- set declaration = ref('fct_declaration') -%}
{%- set line = ref('fct_declaration_line') -%}
{%- set country = source('ref', 'country') -%}
{%- set change = changes([declaration, line, country]) -%}
with

named as (
    select
        origin_country_code as country_code,
        registered_date
    from {{ line }}
    where {{ if_changed(change) }}
    union all
    select
        partner_country_code as country_code,
        registered_date
    from {{ declaration }}
    where {{ if_changed(change) }}
),

listed_rows as (
    select * from {{ country }}
    where known_until is null and {{ if_changed(change) }}
),

seen as (
    select
        country_code,
        min(registered_date) as first_seen_date,
        max(registered_date) as last_seen_date
    from named
    where country_code is not null
    group by country_code
),

listed as (
    select
        listed_rows.country_code,
        listed_rows.valid_from,
        listed_rows.valid_to,
        listed_rows.country_alpha3_code,
        listed_rows.country_name_vi,
        listed_rows.country_name_en,
        listed_rows.region_name_en,
        seen.first_seen_date,
        seen.last_seen_date,
        true as is_listed,
        listed_rows.is_sample
    from listed_rows
    left join seen
        on listed_rows.country_code = seen.country_code
),

unlisted as (
    select
        seen.country_code,
        seen.first_seen_date as valid_from,
        cast(null as date) as valid_to,
        cast(null as string) as country_alpha3_code,
        cast(null as string) as country_name_vi,
        cast(null as string) as country_name_en,
        cast(null as string) as region_name_en,
        seen.first_seen_date,
        seen.last_seen_date,
        false as is_listed,
        false as is_sample
    from seen
    left anti join listed_rows
        on seen.country_code = listed_rows.country_code
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
