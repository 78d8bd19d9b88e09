{%- set declaration = ref('fct_declaration') -%}
{%- set history = ref('fct_declaration_history') -%}
{%- set change = changes([declaration, history], narrow='registered_date') -%}
with

declarations as (
    select * from {{ declaration }}
    where {{ touched(change, ['registered_date']) }}
),

counts as (
    select
        registered_date,
        direction_code,
        stream_code,
        count(*) as declaration_count,
        count_if(first_channel_code is null) as undecided_count,
        count_if(first_channel_code = '1') as green_count,
        count_if(first_channel_code = '2') as yellow_count,
        count_if(first_channel_code = '3') as red_count,
        count_if(first_channel_code <> final_channel_code) as moved_count
    from declarations
    group by registered_date, direction_code, stream_code
),

final as (
    select
        *,
        green_count / nullif(declaration_count - undecided_count, 0) as green_share,
        yellow_count / nullif(declaration_count - undecided_count, 0) as yellow_share,
        red_count / nullif(declaration_count - undecided_count, 0) as red_share,
        {{ run_seq() }} as _run_seq
    from counts
),

changes_to_table as (
    {{ changes_to_this('final', touched_keys(change, ['registered_date'])) }}
)

select * from changes_to_table
