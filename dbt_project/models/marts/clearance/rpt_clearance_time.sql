{%- set histogram = ref('fct_clearance_histogram_daily') -%}
{%- set event = ref('fct_declaration_event') -%}
{%- set history = ref('fct_declaration_history') -%}
{#- A bucket that is no more leaves no row: what emptied it says which days changed. -#}
{%- set change = changes([event, history], narrow='registered_date') -%}
{%- set group = 'registered_date, direction_code, stream_code, office_code, channel_code'
    ~ ', stage_code' -%}
with

buckets as (
    select * from {{ histogram }}
    where {{ touched(change, ['registered_date']) }}
),

ranked as (
    select
        *,
        sum(timed_count) over (
            partition by {{ group }} order by time_bucket
            rows between unbounded preceding and current row
        ) as running_count,
        sum(timed_count) over (partition by {{ group }}) as group_count
    from buckets
),

-- Nearest rank: the lowest bucket up to which the share of the declarations lies.
quantiles as (
    select
        {{ group }},
        registered_month,
        sum(timed_count) as timed_count,
        sum(timed_total_seconds) as timed_total_seconds,
        min(if(running_count * 2 >= group_count, time_bucket, null)) as median_bucket,
        min(if(running_count * 10 >= group_count * 9, time_bucket, null)) as p90_bucket
    from ranked
    group by {{ group }}, registered_month
),

final as (
    select
        {{ group }},
        timed_count,
        timed_total_seconds,
        timed_total_seconds / timed_count as mean_seconds,
        {{ bucket_value('median_bucket') }} as median_seconds,
        {{ bucket_value('p90_bucket') }} as p90_seconds,
        registered_month,
        {{ run_seq() }} as _run_seq
    from quantiles
),

changes_to_table as (
    {{ changes_to_this('final', touched(change, ['registered_date'])) }}
)

select * from changes_to_table
