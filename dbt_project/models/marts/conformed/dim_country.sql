{%- set use = ref('fct_code_use_daily') -%}
{%- set country = source('ref', 'country') -%}
{%- set change = changes([use, country]) -%}
{%- set kinds = ['origin', 'partner'] -%}
{%- set scope = named_codes(change, 'country_code', use, kinds) -%}
with

seen as (
    {{ codes_seen('country_code', use, kinds, scope) }}
),

listed as (
    select * from {{ country }}
    where known_until is null and {{ scope }}
),

final as (
    {{ listed_and_seen('country_code', [
        'country_alpha3_code', 'country_name_vi', 'country_name_en', 'region_name_en'
    ]) }}
),

changes_to_table as (
    {{ changes_to_this('final', scope) }}
)

select * from changes_to_table
