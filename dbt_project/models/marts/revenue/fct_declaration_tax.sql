{%- set declaration = source('core', 'vnaccs__declaration') -%}
{%- set tax = source('core', 'vnaccs__declaration_tax') -%}
{%- set month = source('core', 'vnaccs__declaration_month') -%}
{%- set change = changes([declaration, tax], narrow='declaration_key', moved=month) -%}
with

declarations as (
    select * from {{ declaration }}
    where is_current and {{ touched(change, ['declaration_key']) }}
),

taxes as (
    select * from {{ tax }}
    where is_current and {{ touched(change, ['declaration_key']) }}
),

final as (
    select
        taxes.declaration_key,
        taxes.line_no,
        taxes.tax_no,
        taxes.declaration_version,
        declarations.direction_code,
        {{ stream_code('declarations.is_low_value') }} as stream_code,
        declarations.office_code,
        {{ local_party('declarations', 'tax_code') }} as tax_code,
        declarations.transport_mode_code,
        taxes.tax_kind_code,
        taxes.tax_rate_code,
        taxes.tax_base_vnd,
        taxes.tax_base_quantity,
        taxes.tax_base_quantity_unit_code,
        taxes.tax_rate_text,
        taxes.tax_amount_vnd,
        taxes.relief_code,
        taxes.relief_amount,
        taxes.registered_date,
        taxes.registered_month,
        {{ run_seq() }} as _run_seq
    from taxes
    inner join declarations
        on taxes.declaration_key = declarations.declaration_key
),

-- A version may have fewer taxes than the one before it.
changes_to_table as (
    {{ changes_to_this('final', touched(change, ['declaration_key'])) }}
)

select * from changes_to_table
