{%- set declaration = source('core', 'vnaccs__declaration') -%}
{%- set line = source('core', 'vnaccs__declaration_line') -%}
{%- set month = source('core', 'vnaccs__declaration_month') -%}
{%- set change = changes([declaration, line], narrow='declaration_key', moved=month) -%}
with

declarations as (
    select * from {{ declaration }}
    where is_current and {{ touched(change, ['declaration_key']) }}
),

lines as (
    select * from {{ line }}
    where is_current and {{ touched(change, ['declaration_key']) }}
),

final as (
    select
        lines.declaration_key,
        lines.line_no,
        lines.declaration_version,
        declarations.direction_code,
        {{ stream_code('declarations.is_low_value') }} as stream_code,
        declarations.office_code,
        {{ local_party('declarations', 'tax_code') }} as tax_code,
        lines.hs_code,
        lines.goods_name,
        lines.origin_country_code,
        lines.tariff_table_code,
        lines.first_quantity,
        lines.first_quantity_unit_code,
        lines.second_quantity,
        lines.second_quantity_unit_code,
        lines.invoice_amount,
        lines.unit_price_amount,
        lines.unit_price_currency_code,
        lines.customs_value_vnd,
        lines.import_duty_vnd,
        lines.vat_vnd,
        lines.registered_date,
        lines.registered_month,
        {{ run_seq() }} as _run_seq
    from lines
    inner join declarations
        on lines.declaration_key = declarations.declaration_key
),

-- A version may have fewer lines than the one before it.
changes_to_table as (
    {{ changes_to_this('final', touched(change, ['declaration_key'])) }}
)

select * from changes_to_table
