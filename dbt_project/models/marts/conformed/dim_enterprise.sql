{%- set declaration = ref('fct_declaration') -%}
{%- set history = ref('fct_declaration_history') -%}
{%- set change = changes([declaration, history]) -%}
{#- A tax code that a declaration named before stands in its history alone. -#}
{%- set scope = touched_keys(change, ['tax_code']) -%}
with

declarations as (
    select * from {{ declaration }}
    where {{ scope }}
),

declared_names as (
    select
        tax_code,
        coalesce(trim(regexp_replace(declared_name, ' +', ' ')), '') as enterprise_name,
        min(registered_date) as first_seen_date,
        max(registered_date) as last_seen_date
    from declarations
    where tax_code is not null
    group by tax_code, enterprise_name
),

periods as (
    select
        *,
        lead(first_seen_date) over (
            partition by tax_code
            order by first_seen_date, last_seen_date, enterprise_name
        ) as next_seen_date
    from declared_names
),

final as (
    select
        tax_code,
        enterprise_name,
        -- A branch has its number behind the ten digits of the enterprise.
        if(length(tax_code) = 13, substr(tax_code, 1, 10), tax_code) as parent_tax_code,
        -- Not `right`: Sail gives it a type that a union does not take.
        case when length(tax_code) = 13 then substr(tax_code, 11, 3) end as branch_no,
        first_seen_date as valid_from,
        date_sub(next_seen_date, 1) as valid_to,
        next_seen_date is null as is_current,
        first_seen_date,
        last_seen_date,
        {{ run_seq() }} as _run_seq
    from periods
),

changes_to_table as (
    {{ changes_to_this('final', scope) }}
)

select * from changes_to_table
