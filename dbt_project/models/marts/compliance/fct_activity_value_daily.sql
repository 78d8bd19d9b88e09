{%- set history = ref('fct_declaration_history') -%}
{%- set line = source('core', 'vnaccs__declaration_line') -%}
{%- set change = changes([history, line], narrow='registered_date') -%}
{%- set subject = ['tax_code', 'registered_date'] -%}
with

contents as (
    select * from {{ history }}
    where
        not _is_void
        and tax_code is not null
        and counted_from_date is not null
        and (superseded_date is null or counted_from_date < superseded_date)
        and {{ touched(change, subject, [history]) }}
),

lines as (
    select * from {{ line }}
    where {{ in_reach(change) }}
),

line_values as (
    select
        contents.tax_code,
        contents.registered_date,
        contents.registered_month,
        contents.counted_from_date,
        contents.superseded_date,
        substr(lines.hs_code, 1, 2) as chapter,
        lines.origin_country_code as origin,
        count(*) as line_count
    from contents
    inner join lines
        on
            contents.declaration_key = lines.declaration_key
            and contents.declaration_version = lines.declaration_version
            and contents.known_from = lines.known_from
    group by
        contents.tax_code, contents.registered_date, contents.registered_month,
        contents.counted_from_date, contents.superseded_date, chapter, origin
),

kinds as (
    select 'chapter' as kind
    union all
    select 'origin' as kind
),

signs as (
    select 1 as sign
    union all
    select -1 as sign
),

declared_values as (
    select
        line_values.tax_code,
        line_values.registered_date,
        line_values.registered_month,
        line_values.counted_from_date,
        line_values.superseded_date,
        line_values.line_count,
        kinds.kind,
        if(kinds.kind = 'chapter', line_values.chapter, line_values.origin) as declared_value
    from line_values
    cross join kinds
    union all
    select
        tax_code,
        registered_date,
        registered_month,
        counted_from_date,
        superseded_date,
        count(*) as line_count,
        'office' as kind,
        office_code as declared_value
    from contents
    group by
        tax_code, registered_date, registered_month, counted_from_date, superseded_date,
        office_code
),

moves as (
    select
        declared_values.*,
        signs.sign,
        if(
            signs.sign > 0, declared_values.counted_from_date, declared_values.superseded_date
        ) as move_date
    from declared_values
    cross join signs
    where
        declared_values.declared_value is not null
        and (signs.sign > 0 or declared_values.superseded_date is not null)
),

final as (
    select
        tax_code,
        kind as activity_value_kind_code,
        declared_value as activity_value_code,
        registered_date,
        move_date as known_date,
        sum(sign * line_count) as line_delta,
        registered_month,
        {{ run_seq() }} as _run_seq
    from moves
    group by tax_code, kind, declared_value, registered_date, registered_month, move_date
    having sum(sign * line_count) <> 0
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, subject, [history])) }}
)

select * from changes_to_table
