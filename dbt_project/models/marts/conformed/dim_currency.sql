{%- set line = ref('fct_declaration_line') -%}
{%- set currency = source('ref', 'currency') -%}
{%- set change = changes([line, currency]) -%}
with

named as (
    select
        unit_price_currency_code as currency_code,
        registered_date
    from {{ line }}
    where {{ if_changed(change) }}
),

listed_rows as (
    select * from {{ currency }}
    where known_until is null and {{ if_changed(change) }}
),

seen as (
    select
        currency_code,
        min(registered_date) as first_seen_date,
        max(registered_date) as last_seen_date
    from named
    where currency_code is not null
    group by currency_code
),

listed as (
    select
        listed_rows.currency_code,
        listed_rows.valid_from,
        listed_rows.valid_to,
        listed_rows.currency_name_vi,
        listed_rows.currency_name_en,
        listed_rows.minor_unit_digits,
        seen.first_seen_date,
        seen.last_seen_date,
        true as is_listed,
        listed_rows.is_sample
    from listed_rows
    left join seen
        on listed_rows.currency_code = seen.currency_code
),

unlisted as (
    select
        seen.currency_code,
        seen.first_seen_date as valid_from,
        cast(null as date) as valid_to,
        cast(null as string) as currency_name_vi,
        cast(null as string) as currency_name_en,
        cast(null as int) as minor_unit_digits,
        seen.first_seen_date,
        seen.last_seen_date,
        false as is_listed,
        false as is_sample
    from seen
    left anti join listed_rows
        on seen.currency_code = listed_rows.currency_code
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
