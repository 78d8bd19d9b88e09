{%- set tax = ref('fct_declaration_tax') -%}
{%- set history = ref('fct_declaration_history') -%}
{%- set item = source('ref', 'budget_item') -%}
{%- set mode = source('ref', 'transport_mode') -%}
{%- set change = changes([tax, history, item, mode], narrow='registered_date') -%}
{#- Another edition of a list may name another sub-item on any day. -#}
{%- set days = touched(change, ['registered_date'], [tax, history]) -%}
{%- set scope = 'true' if change.others else days -%}
with

modes as (
    select * from {{ mode }}
    where known_until is null
),

-- A sub-item that does not tell borders apart is for kinds of tax of which none does.
items as (
    select
        *,
        max(is_land_border is not null) over (partition by tax_kind_code) as has_borders
    from {{ item }}
    where known_until is null and tax_kind_code is not null
),

taxes as (
    select
        registered_date,
        registered_month,
        direction_code,
        coalesce(office_code, '') as office_code,
        coalesce(tax_kind_code, '') as tax_kind_code,
        transport_mode_code,
        count(*) as tax_entry_count,
        count_if(tax_amount_vnd > 0) as taxed_count,
        sum(tax_base_vnd) as tax_base_vnd,
        sum(tax_amount_vnd) as tax_amount_vnd,
        sum(relief_amount) as relief_amount
    from {{ tax }}
    where {{ scope }}
    group by
        registered_date, registered_month, direction_code, coalesce(office_code, ''),
        coalesce(tax_kind_code, ''), transport_mode_code
),

placed as (
    select
        taxes.*,
        modes.is_land_border
    from taxes
    left join modes
        on
            taxes.transport_mode_code = modes.transport_mode_code
            and taxes.registered_date >= modes.valid_from
            and (modes.valid_to is null or taxes.registered_date <= modes.valid_to)
),

kinds as (
    select distinct
        registered_date,
        tax_kind_code,
        is_land_border
    from placed
),

-- Where several sub-items fit, none is named.
named as (
    select
        kinds.registered_date,
        kinds.tax_kind_code,
        kinds.is_land_border,
        if(count(*) = 1, max(items.budget_item_code), '') as budget_item_code
    from kinds
    inner join items
        on
            kinds.tax_kind_code = items.tax_kind_code
            and kinds.registered_date >= items.valid_from
            and (items.valid_to is null or kinds.registered_date <= items.valid_to)
            and (kinds.is_land_border = items.is_land_border or not items.has_borders)
    group by kinds.registered_date, kinds.tax_kind_code, kinds.is_land_border
),

final as (
    select
        placed.registered_date,
        placed.direction_code,
        placed.office_code,
        placed.tax_kind_code,
        coalesce(named.budget_item_code, '') as budget_item_code,
        sum(placed.tax_entry_count) as tax_entry_count,
        sum(placed.taxed_count) as taxed_count,
        sum(placed.tax_entry_count - placed.taxed_count) as untaxed_count,
        cast(coalesce(sum(placed.tax_base_vnd), 0) as decimal(20, 0)) as tax_base_vnd,
        cast(coalesce(sum(placed.tax_amount_vnd), 0) as decimal(20, 0)) as tax_amount_vnd,
        cast(coalesce(sum(placed.relief_amount), 0) as decimal(20, 4)) as relief_amount,
        placed.registered_month,
        {{ run_seq() }} as _run_seq
    from placed
    left join named
        on
            placed.registered_date = named.registered_date
            and placed.tax_kind_code = named.tax_kind_code
            and placed.is_land_border <=> named.is_land_border
    group by
        placed.registered_date, placed.registered_month, placed.direction_code,
        placed.office_code, placed.tax_kind_code, coalesce(named.budget_item_code, '')
),

changes_to_table as (
    {{ changes_to_this('final', scope) }}
)

select * from changes_to_table
