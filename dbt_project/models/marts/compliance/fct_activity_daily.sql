{%- set history = ref('fct_declaration_history') -%}
{%- set change = changes([history]) -%}
with

-- Added up first: most contents of a subject and day share all their dates.
contents as (
    select
        tax_code,
        registered_date,
        registered_month,
        known_date,
        superseded_date,
        yellow_known_date,
        red_known_date,
        count(*) as declarations,
        count_if(direction_code = 'import') as imports,
        count_if(direction_code = 'export') as exports,
        count_if(declaration_version > 0) as amended,
        sum(line_count) as lines,
        sum(coalesce(customs_value_vnd, 0)) as customs_value
    from {{ history }}
    where
        not _is_void
        and tax_code is not null
        and {{ touched(change, ['tax_code', 'registered_date']) }}
    group by
        tax_code, registered_date, registered_month, known_date, superseded_date,
        yellow_known_date, red_known_date
),

-- Red outranks yellow: a declaration counts once, under the strictest channel known.
stretches as (
    select
        contents.*,
        stretch.*
    from contents
    lateral view inline(array(
        struct('any', known_date, superseded_date),
        struct(
            'yellow',
            if(yellow_known_date is null, null, greatest(known_date, yellow_known_date)),
            least(superseded_date, red_known_date)
        ),
        struct(
            'red',
            if(red_known_date is null, null, greatest(known_date, red_known_date)),
            superseded_date
        )
    )) stretch as measure, from_date, until_date
),

moves as (
    select
        stretches.*,
        move.*
    from stretches
    lateral view inline(array(
        struct(from_date, 1L),
        struct(until_date, -1L)
    )) move as move_date, sign
    where from_date is not null and (until_date is null or from_date < until_date)
),

final as (
    select
        tax_code,
        registered_date,
        move_date as known_date,
        sum(case when measure = 'any' then sign * declarations else 0 end) as declaration_delta,
        sum(case when measure = 'any' then sign * imports else 0 end) as import_declaration_delta,
        sum(case when measure = 'any' then sign * exports else 0 end) as export_declaration_delta,
        sum(case when measure = 'any' then sign * amended else 0 end) as amended_delta,
        sum(case when measure = 'yellow' then sign * declarations else 0 end) as yellow_delta,
        sum(case when measure = 'red' then sign * declarations else 0 end) as red_delta,
        sum(case when measure = 'any' then sign * lines else 0 end) as line_delta,
        cast(sum(
            case
                when measure = 'any' and sign > 0 then customs_value
                when measure = 'any' then -customs_value
                else 0
            end
        ) as decimal(20, 0)) as customs_value_delta_vnd,
        registered_month,
        {{ run_seq() }} as _run_seq
    from moves
    where move_date is not null
    group by tax_code, registered_date, registered_month, move_date
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, ['tax_code', 'registered_date'])) }}
)

select * from changes_to_table
