{%- set amendment = source('core', 'vnaccs__amendment') -%}
{%- set line = source('core', 'vnaccs__amendment_line') -%}
{%- set month = source('core', 'vnaccs__declaration_month') -%}
{%- set declaration = ref('fct_declaration') -%}
{%- set change = changes([amendment, line, declaration], narrow='declaration_key', moved=month) -%}
with

-- A copy that somebody asked for is no state.
states as (
    select * from {{ amendment }}
    where
        event_code in (
            'post_clearance_sent',
            'post_clearance_pending',
            'post_clearance_registered',
            'post_clearance_accepted',
            'post_clearance_refused'
        )
        and {{ touched(change, ['declaration_key']) }}
),

lines as (
    select * from {{ line }}
    where {{ touched(change, ['declaration_key']) }}
),

declarations as (
    select * from {{ declaration }}
    where {{ touched(change, ['declaration_key']) }}
),

line_sums as (
    select
        amendment_no,
        declaration_key,
        event_code,
        cast(coalesce(sum(before_tax_amount_vnd), 0) as decimal(20, 0)) as before_tax_amount_vnd,
        cast(coalesce(sum(after_tax_amount_vnd), 0) as decimal(20, 0)) as after_tax_amount_vnd
    from lines
    group by amendment_no, declaration_key, event_code
),

ranked as (
    select
        states.*,
        line_sums.before_tax_amount_vnd,
        line_sums.after_tax_amount_vnd,
        row_number() over (
            partition by states.amendment_no, states.declaration_key
            order by states.server_at desc nulls last, states.event_code asc
        ) as place,
        row_number() over (
            partition by states.amendment_no, states.declaration_key
            order by
                line_sums.event_code is null asc, states.server_at desc nulls last,
                states.event_code asc
        ) as place_with_lines
    from states
    left join line_sums
        on
            states.amendment_no = line_sums.amendment_no
            and states.declaration_key = line_sums.declaration_key
            and states.event_code = line_sums.event_code
),

final as (
    select
        newest.amendment_no,
        newest.declaration_key,
        newest.declaration_version,
        newest.event_code,
        declarations.direction_code,
        coalesce(newest.office_code, declarations.office_code) as office_code,
        coalesce(declarations.tax_code, newest.importer_tax_code) as tax_code,
        newest.amendment_reason_code,
        newest.over_limit_mark,
        newest.tax_deferral_code,
        newest.change_direction_code,
        newest.amended_date,
        cast(
            datediff(newest.amended_date, {{ business_date('declarations.cleared_at') }}) as bigint
        ) as since_clearance_days,
        newest.line_count,
        coalesce(detailed.before_tax_amount_vnd, 0) as before_tax_amount_vnd,
        coalesce(detailed.after_tax_amount_vnd, 0) as after_tax_amount_vnd,
        cast(
            coalesce(detailed.after_tax_amount_vnd, 0)
            - coalesce(detailed.before_tax_amount_vnd, 0) as decimal(20, 0)
        ) as tax_delta_vnd,
        newest.tax_total_vnd,
        newest.server_at,
        newest.registered_date,
        newest.registered_month,
        {{ run_seq() }} as _run_seq
    from ranked as newest
    inner join ranked as detailed
        on
            newest.amendment_no = detailed.amendment_no
            and newest.declaration_key = detailed.declaration_key
    left join declarations
        on newest.declaration_key = declarations.declaration_key
    where newest.place = 1 and detailed.place_with_lines = 1
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, ['declaration_key'])) }}
)

select * from changes_to_table
