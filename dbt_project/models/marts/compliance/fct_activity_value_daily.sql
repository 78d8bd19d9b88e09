{%- set history = ref('fct_declaration_history') -%}
{%- set line = source('core', 'vnaccs__declaration_line') -%}
{%- set change = changes([history, line]) -%}
{%- set subject = ['tax_code', 'registered_date'] -%}
with

contents as (
    select * from {{ history }}
    where
        not _is_void
        and tax_code is not null
        and (superseded_date is null or known_date < superseded_date)
        and {{ touched(change, subject, [history]) }}
),

lines as (
    select * from {{ line }}
    where {{ in_months(change) }}
),

line_values as (
    select
        contents.tax_code,
        contents.registered_date,
        contents.registered_month,
        contents.known_date,
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
        contents.known_date, contents.superseded_date, chapter, origin
),

all_values as (
    select
        tax_code,
        registered_date,
        registered_month,
        known_date,
        superseded_date,
        pair.*,
        line_count
    from line_values
    lateral view inline(array(
        struct('chapter', chapter),
        struct('origin', origin)
    )) pair as kind, value
    union all
    select
        tax_code,
        registered_date,
        registered_month,
        known_date,
        superseded_date,
        'office' as kind,
        office_code as value,
        count(*) as line_count
    from contents
    group by
        tax_code, registered_date, registered_month, known_date, superseded_date, office_code
),

moves as (
    select
        all_values.*,
        move.*
    from all_values
    lateral view inline(array(
        struct(known_date, 1L),
        struct(superseded_date, -1L)
    )) move as move_date, sign
    where value is not null
),

final as (
    select
        tax_code,
        kind as activity_value_kind_code,
        value as activity_value_code,
        registered_date,
        move_date as known_date,
        sum(sign * line_count) as line_delta,
        registered_month,
        {{ run_seq() }} as _run_seq
    from moves
    where move_date is not null
    group by tax_code, kind, value, registered_date, registered_month, move_date
    having sum(sign * line_count) <> 0
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, subject, [history])) }}
)

select * from changes_to_table
