{%- set history = ref('fct_declaration_history') -%}
{%- set change = changes([history]) -%}
with

-- Added up first: most contents of a subject and day share all their dates.
contents as (
    select
        tax_code,
        registered_date,
        registered_month,
        counted_from_date,
        superseded_date,
        yellow_known_date,
        red_known_date,
        count(*) as declarations,
        count_if(direction_code = 'import') as imports,
        count_if(direction_code = 'export') as exports,
        count_if(declaration_version > 0) as amended,
        sum(line_count) as lines,
        cast(coalesce(sum(customs_value_vnd), 0) as decimal(20, 0)) as customs_value
    from {{ history }}
    where
        not _is_void
        and tax_code is not null
        and counted_from_date is not null
        and {{ touched(change, ['tax_code', 'registered_date']) }}
    group by
        tax_code, registered_date, registered_month, counted_from_date, superseded_date,
        yellow_known_date, red_known_date
),

-- Red outranks yellow: a declaration counts once, under the strictest channel known.
stretches as (
    select
        contents.*,
        measures.measure,
        case measures.measure
            when 'any' then counted_from_date
            when 'yellow' then greatest(counted_from_date, yellow_known_date)
            when 'red' then greatest(counted_from_date, red_known_date)
        end as from_date,
        case measures.measure
            when 'yellow' then least(superseded_date, red_known_date)
            else superseded_date
        end as until_date
    from contents
    cross join (
        select 'any' as measure
        union all
        select 'yellow' as measure
        union all
        select 'red' as measure
    ) as measures
    where
        measures.measure = 'any'
        or (measures.measure = 'yellow' and yellow_known_date is not null)
        or (measures.measure = 'red' and red_known_date is not null)
),

moves as (
    select
        stretches.*,
        if(signs.sign > 0, from_date, until_date) as move_date,
        signs.sign
    from stretches
    cross join (select 1 as sign union all select -1 as sign) as signs
    where
        (until_date is null or from_date < until_date)
        and (signs.sign > 0 or until_date is not null)
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
        -- Not `-customs_value`: Sail gives the negative of a decimal another scale.
        cast(sum(
            if(
                measure = 'any',
                cast(customs_value * cast(sign as decimal(2, 0)) as decimal(20, 0)),
                cast(0 as decimal(20, 0))
            )
        ) as decimal(20, 0)) as customs_value_delta_vnd,
        registered_month,
        {{ run_seq() }} as _run_seq
    from moves
    group by tax_code, registered_date, registered_month, move_date
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, ['tax_code', 'registered_date'])) }}
)

select * from changes_to_table
