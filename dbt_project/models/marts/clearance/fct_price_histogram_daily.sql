{%- set history = ref('fct_declaration_history') -%}
{%- set line = source('core', 'vnaccs__declaration_line') -%}
{%- set change = changes([history, line], narrow='registered_date') -%}
{%- set goods_of_a_day = [
    'hs_code', 'origin_country_code', 'quantity_unit_code', 'registered_date'
] -%}
with

contents as (
    select * from {{ history }}
    where {{ in_reach(change) }}
),

priced_lines as (
    select
        *,
        first_quantity_unit_code as quantity_unit_code,
        {{ price_bucket('customs_value_vnd', 'first_quantity') }} as price_bucket
    from {{ line }}
    where
        hs_code is not null
        and origin_country_code is not null
        and first_quantity_unit_code is not null
        and customs_value_vnd > 0
        and first_quantity > 0
        and {{ in_reach(change) }}
),

-- Goods of the declarations that changed, on every date under which they were counted;
-- lines that are no more show in what this table holds of their date.
changed_goods as (
    select
        priced_lines.hs_code,
        priced_lines.origin_country_code,
        priced_lines.quantity_unit_code,
        contents.registered_date
    from priced_lines
    inner join contents
        on priced_lines.declaration_key = contents.declaration_key
    where {{ changed(change, 'contents') }} or {{ changed(change, 'priced_lines') }}
    union distinct
    select
        known.hs_code,
        known.origin_country_code,
        known.quantity_unit_code,
        known.registered_date
    from {{ this }} as known
    where
        known.registered_date in (
            select voided.registered_date from {{ history }} as voided
            where voided._is_void and {{ changed(change, 'voided') }}
        )
),

line_stretches as (
    select
        priced_lines.hs_code,
        priced_lines.origin_country_code,
        priced_lines.quantity_unit_code,
        priced_lines.price_bucket,
        contents.registered_date,
        contents.registered_month,
        contents.counted_from_date,
        contents.superseded_date
    from priced_lines
    inner join contents
        on
            priced_lines.declaration_key = contents.declaration_key
            and priced_lines.declaration_version = contents.declaration_version
            and priced_lines.known_from = contents.known_from
    where
        not contents._is_void
        and (
            contents.superseded_date is null
            or contents.counted_from_date < contents.superseded_date
        )
),

-- A line counts from one day, and stops to count on another if its content is replaced.
moves as (
    select
        *,
        counted_from_date as move_date,
        1 as sign
    from line_stretches
    where counted_from_date is not null
    union all
    select
        *,
        superseded_date as move_date,
        -1 as sign
    from line_stretches
    where counted_from_date is not null and superseded_date is not null
),

final as (
    select
        hs_code,
        origin_country_code,
        quantity_unit_code,
        registered_date,
        move_date as known_date,
        price_bucket,
        sum(sign) as line_delta,
        registered_month,
        {{ run_seq() }} as _run_seq
    from moves
    where {{ among('changed_goods', change, goods_of_a_day) }}
    group by
        hs_code, origin_country_code, quantity_unit_code, registered_date, registered_month,
        move_date, price_bucket
    having sum(sign) <> 0
),

changes_to_table as (
    {{ changes_to_this('final', among('changed_goods', change, goods_of_a_day)) }}
)

select * from changes_to_table
