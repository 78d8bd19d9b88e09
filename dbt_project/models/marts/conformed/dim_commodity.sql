{%- set use = ref('fct_code_use_daily') -%}
{%- set nomenclature = source('ref', 'nomenclature') -%}
{%- set commodity = source('ref', 'commodity') -%}
{%- set change = changes([use, nomenclature, commodity]) -%}
{%- set kinds = ['commodity'] -%}
{%- set scope = named_codes(change, 'hs_code', use, kinds) -%}
with

seen as (
    {{ codes_seen('hs_code', use, kinds, scope) }}
),

nomenclatures as (
    select * from {{ nomenclature }}
    where known_until is null
),

commodities as (
    select * from {{ commodity }}
    where known_until is null
),

final as (
    select
        seen.hs_code,
        case when length(seen.hs_code) >= 2 then substr(seen.hs_code, 1, 2) end as hs_chapter,
        case when length(seen.hs_code) >= 4 then substr(seen.hs_code, 1, 4) end as hs_heading,
        case when length(seen.hs_code) >= 6 then substr(seen.hs_code, 1, 6) end as hs_subheading,
        length(seen.hs_code) as hs_digit_count,
        max(nomenclatures.nomenclature_code) as nomenclature_code,
        max(commodities.commodity_name_vi) as commodity_name_vi,
        max(commodities.commodity_name_en) as commodity_name_en,
        max(commodities.quantity_unit_code) as quantity_unit_code,
        count(commodities.hs_code) > 0 as is_listed,
        seen.first_seen_date,
        seen.last_seen_date,
        {{ run_seq() }} as _run_seq
    from seen
    left join nomenclatures
        on
            seen.last_seen_date >= nomenclatures.valid_from
            and (nomenclatures.valid_to is null or seen.last_seen_date <= nomenclatures.valid_to)
    left join commodities
        on
            seen.hs_code = commodities.hs_code
            and seen.last_seen_date >= commodities.valid_from
            and (commodities.valid_to is null or seen.last_seen_date <= commodities.valid_to)
    group by seen.hs_code, seen.first_seen_date, seen.last_seen_date
),

changes_to_table as (
    {{ changes_to_this('final', scope) }}
)

select * from changes_to_table
