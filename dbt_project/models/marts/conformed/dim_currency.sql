{%- set use = ref('fct_code_use_daily') -%}
{%- set currency = source('ref', 'currency') -%}
{%- set change = changes([use, currency]) -%}
{%- set kinds = ['currency'] -%}
{%- set scope = named_codes(change, 'currency_code', use, kinds) -%}
with

seen as (
    {{ codes_seen('currency_code', use, kinds, scope) }}
),

listed as (
    select * from {{ currency }}
    where known_until is null and {{ scope }}
),

final as (
    {{ listed_and_seen('currency_code', [
        'currency_name_vi', 'currency_name_en', 'minor_unit_digits'
    ]) }}
),

changes_to_table as (
    {{ changes_to_this('final', scope) }}
)

select * from changes_to_table
