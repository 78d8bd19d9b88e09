{%- set use = ref('fct_code_use_daily') -%}
{%- set office = source('ref', 'office') -%}
{%- set mapping = source('ref', 'office_mapping') -%}
{%- set change = changes([use, office, mapping]) -%}
{%- set kinds = ['office'] -%}
{%- set scope = named_codes(change, 'office_code', use, kinds) -%}
with

seen as (
    {{ codes_seen('office_code', use, kinds, scope) }}
),

offices as (
    select * from {{ office }}
    where known_until is null and {{ scope }}
),

successors as (
    select
        old_office_code as office_code,
        max(if(is_main_successor, new_office_code, null)) as successor_office_code,
        count(*) as successor_count
    from {{ mapping }}
    where known_until is null
    group by old_office_code
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
        offices.is_sample
    from offices
    left join successors
        on offices.office_code = successors.office_code
),

final as (
    {{ listed_and_seen('office_code', [
        'office_name_vi', 'office_region_code', 'successor_office_code', 'successor_count'
    ]) }}
),

changes_to_table as (
    {{ changes_to_this('final', scope) }}
)

select * from changes_to_table
