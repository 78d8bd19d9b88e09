{%- set histogram = ref('fct_price_histogram_daily') -%}
{%- set as_of_dates = as_of_days([histogram]) -%}
{%- set goods = 'hs_code, origin_country_code, quantity_unit_code, as_of_date' -%}
with

known_buckets as (
    {{ known_before(as_of_dates, histogram, window_days=365) }}
),

buckets as (
    select
        {{ goods }},
        price_bucket,
        sum(line_delta) as line_count
    from known_buckets
    group by {{ goods }}, price_bucket
    having sum(line_delta) > 0
),

ranked as (
    select
        *,
        sum(line_count) over (
            partition by {{ goods }} order by price_bucket
            rows between unbounded preceding and current row
        ) as running_count,
        sum(line_count) over (partition by {{ goods }}) as total_count
    from buckets
),

-- Nearest rank: the lowest bucket up to which the share of the lines lies.
quantiles as (
    select
        *,
        min(if(running_count * 2 >= total_count, price_bucket, null))
            over (partition by {{ goods }}) as median_bucket,
        min(if(running_count * 20 >= total_count, price_bucket, null))
            over (partition by {{ goods }}) as p05_bucket,
        min(if(running_count * 20 >= total_count * 19, price_bucket, null))
            over (partition by {{ goods }}) as p95_bucket
    from ranked
),

deviations as (
    select
        {{ goods }},
        total_count,
        median_bucket,
        p05_bucket,
        p95_bucket,
        abs(price_bucket - median_bucket) as bucket_distance,
        sum(line_count) as line_count
    from quantiles
    group by {{ goods }}, total_count, median_bucket, p05_bucket, p95_bucket, bucket_distance
),

ranked_deviations as (
    select
        *,
        sum(line_count) over (
            partition by {{ goods }} order by bucket_distance
            rows between unbounded preceding and current row
        ) as running_count
    from deviations
),

final as (
    select
        {{ goods }},
        total_count as line_count_365d,
        {{ bucket_value('median_bucket') }} as median_unit_price_vnd,
        {{ bucket_value('p05_bucket') }} as p05_unit_price_vnd,
        {{ bucket_value('p95_bucket') }} as p95_unit_price_vnd,
        {{ bucket_width() }} * min(if(running_count * 2 >= total_count, bucket_distance, null))
            as mad_log_unit_price,
        {{ run_seq() }} as _run_seq
    from ranked_deviations
    group by {{ goods }}, total_count, median_bucket, p05_bucket, p95_bucket
),

changes_to_table as (
    {{ changes_to_this('final', in_days(as_of_dates)) }}
)

select * from changes_to_table
