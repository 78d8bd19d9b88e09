{%- set use = ref('fct_code_use_daily') -%}
{%- set kind = source('ref', 'kind_code') -%}
{%- set change = changes([use, kind]) -%}
{%- set kinds = ['kind'] -%}
{%- set scope = named_codes(change, 'kind_code', use, kinds) -%}
with

seen as (
    {{ codes_seen('kind_code', use, kinds, scope) }}
),

listed as (
    select * from {{ kind }}
    where known_until is null and {{ scope }}
),

final as (
    {{ listed_and_seen('kind_code', ['direction_code', 'kind_name_vi', 'kind_name_en']) }}
),

changes_to_table as (
    {{ changes_to_this('final', scope) }}
)

select * from changes_to_table
