{%- set history = ref('fct_declaration_history') -%}
{%- set line = source('core', 'vnaccs__declaration_line') -%}
{%- set change = changes([history, line]) -%}
with

contents as (
    select * from {{ history }}
    where {{ in_months(change) }}
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
        and {{ in_months(change) }}
),

{%- if change.since > 0 %}

-- Goods of the declarations that changed, on every date under which they were counted;
-- lines that are no more show in what this table holds of their date.
changed_goods as (
    select distinct
        priced_lines.hs_code,
        priced_lines.origin_country_code,
        priced_lines.quantity_unit_code,
        contents.registered_date
    from priced_lines
    inner join contents
        on priced_lines.declaration_key = contents.declaration_key
    where contents._run_seq > {{ change.since }} or priced_lines._run_seq > {{ change.since }}
    union
    select distinct
        hs_code,
        origin_country_code,
        quantity_unit_code,
        registered_date
    from {{ this }}
    where registered_date in (
        select registered_date from {{ history }}
        where _is_void and {{ changed(change) }}
    )
),
{%- endif %}

line_stretches as (
    select
        priced_lines.hs_code,
        priced_lines.origin_country_code,
        priced_lines.quantity_unit_code,
        priced_lines.price_bucket,
        contents.registered_date,
        contents.registered_month,
        contents.counted_from_date,
        contents.superseded_date,
        count(*) as line_count
    from priced_lines
    inner join contents
        on
            priced_lines.declaration_key = contents.declaration_key
            and priced_lines.declaration_version = contents.declaration_version
            and priced_lines.known_from = contents.known_from
    where
        not contents._is_void
        and contents.counted_from_date is not null
        and (
            contents.superseded_date is null
            or contents.counted_from_date < contents.superseded_date
        )
    group by
        priced_lines.hs_code, priced_lines.origin_country_code, priced_lines.quantity_unit_code,
        priced_lines.price_bucket, contents.registered_date, contents.registered_month,
        contents.counted_from_date, contents.superseded_date
),

moves as (
    select
        line_stretches.*,
        if(signs.sign > 0, counted_from_date, superseded_date) as move_date,
        signs.sign
    from line_stretches
    cross join (select 1 as sign union all select -1 as sign) as signs
    where signs.sign > 0 or superseded_date is not null
),

final as (
    select
        hs_code,
        origin_country_code,
        quantity_unit_code,
        registered_date,
        move_date as known_date,
        price_bucket,
        sum(sign * line_count) as line_delta,
        registered_month,
        {{ run_seq() }} as _run_seq
    from moves
    {%- if change.since > 0 %}
    where
        (hs_code, origin_country_code, quantity_unit_code, registered_date)
        in (select * from changed_goods)
    {%- endif %}
    group by
        hs_code, origin_country_code, quantity_unit_code, registered_date, registered_month,
        move_date, price_bucket
    having sum(sign * line_count) <> 0
),

changes_to_table as (
    {%- set scope -%}
    {{ in_months(change) }}
    {%- if change.since > 0 %}
    and (hs_code, origin_country_code, quantity_unit_code, registered_date)
    in (select * from changed_goods)
    {%- endif %}
    {%- endset %}
    {{ changes_to_this('final', scope) }}
)

select * from changes_to_table
