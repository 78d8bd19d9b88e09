{%- set declaration = ref('fct_declaration') -%}
{%- set line = ref('fct_declaration_line') -%}
{%- set history = ref('fct_declaration_history') -%}
{%- set change = changes([declaration, line, history], narrow='registered_date') -%}
with

declarations as (
    select * from {{ declaration }}
    where {{ touched(change, ['registered_date']) }}
),

lines as (
    select * from {{ line }}
    where {{ touched(change, ['registered_date']) }}
),

named as (
    {{ codes_by_day('declarations', {
        'office': 'office_code', 'kind': 'kind_code', 'partner': 'partner_country_code'
    }) }}
    union all
    {{ codes_by_day('lines', {
        'commodity': 'hs_code',
        'origin': 'origin_country_code',
        'currency': 'unit_price_currency_code',
    }) }}
),

final as (
    select
        code_kind_code,
        named_code,
        registered_date,
        sum(naming_count) as naming_count,
        registered_month,
        false as _is_void,
        {{ run_seq() }} as _run_seq
    from named
    where named_code is not null
    group by code_kind_code, named_code, registered_date, registered_month
),

-- A code that a date has no more stays there as a void row: with it the dimension of the
-- code is made again.
changes_to_table as (
    {{ changes_to_this('final', touched(change, ['registered_date']), void=true) }}
)

select * from changes_to_table
