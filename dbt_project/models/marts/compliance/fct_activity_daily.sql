{%- set history = ref('fct_declaration_history') -%}
{%- set change = changes([history], narrow='registered_date') -%}
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
        count(*) as declaration_count,
        count_if(direction_code = 'import') as import_count,
        count_if(direction_code = 'export') as export_count,
        count_if(declaration_version > 0) as amended_count,
        sum(line_count) as line_count,
        cast(coalesce(sum(customs_value_vnd), 0) as decimal(20, 0)) as customs_value_vnd
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

measures as (
    select 'any' as measure
    union all
    select 'yellow' as measure
    union all
    select 'red' as measure
),

signs as (
    select 1 as sign
    union all
    select -1 as sign
),

-- Red outranks yellow: a declaration counts once, under the strictest channel known.
stretches as (
    select
        contents.*,
        measures.measure,
        case measures.measure
            when 'any' then contents.counted_from_date
            when 'yellow' then greatest(contents.counted_from_date, contents.yellow_known_date)
            when 'red' then greatest(contents.counted_from_date, contents.red_known_date)
        end as from_date,
        if(
            measures.measure = 'yellow',
            least(contents.superseded_date, contents.red_known_date),
            contents.superseded_date
        ) as until_date
    from contents
    cross join measures
    where
        measures.measure = 'any'
        or (measures.measure = 'yellow' and contents.yellow_known_date is not null)
        or (measures.measure = 'red' and contents.red_known_date is not null)
),

moves as (
    select
        stretches.*,
        signs.sign,
        if(signs.sign > 0, stretches.from_date, stretches.until_date) as move_date
    from stretches
    cross join signs
    where
        (stretches.until_date is null or stretches.from_date < stretches.until_date)
        and (signs.sign > 0 or stretches.until_date is not null)
),

final as (
    select
        tax_code,
        registered_date,
        move_date as known_date,
        sum(if(measure = 'any', sign * declaration_count, 0)) as declaration_delta,
        sum(if(measure = 'any', sign * import_count, 0)) as import_declaration_delta,
        sum(if(measure = 'any', sign * export_count, 0)) as export_declaration_delta,
        sum(if(measure = 'any', sign * amended_count, 0)) as amended_delta,
        sum(if(measure = 'yellow', sign * declaration_count, 0)) as yellow_delta,
        sum(if(measure = 'red', sign * declaration_count, 0)) as red_delta,
        sum(if(measure = 'any', sign * line_count, 0)) as line_delta,
        -- Not `-customs_value_vnd`: Sail gives the negative of a decimal another scale.
        cast(sum(
            if(
                measure = 'any',
                cast(customs_value_vnd * cast(sign as decimal(2, 0)) as decimal(20, 0)),
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
