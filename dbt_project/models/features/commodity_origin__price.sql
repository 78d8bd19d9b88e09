{%- set histogram = ref('fct_price_histogram_daily') -%}
{%- set days = as_of_days([histogram]) -%}
{%- set goods = 'hs_code, origin_country_code, quantity_unit_code, as_of_date' -%}
with

known_buckets as (
    {%- for day in days %}
    select
        *,
        date'{{ day }}' as as_of_date
    from {{ histogram }}
    where
        known_date < date'{{ day }}'
        and registered_date between date_sub(date'{{ day }}', 365) and date_sub(date'{{ day }}', 1)
    {%- if not loop.last %} union all {% endif -%}
    {%- else %}
    select
        *,
        registered_date as as_of_date
    from {{ histogram }}
    where false
    {%- endfor %}
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
        {{ goods }},
        max(total_count) as line_count_365d,
        min(if(running_count * 2 >= total_count, price_bucket, null)) as median_bucket,
        min(if(running_count * 20 >= total_count, price_bucket, null)) as p05_bucket,
        min(if(running_count * 20 >= total_count * 19, price_bucket, null)) as p95_bucket
    from ranked
    group by {{ goods }}
),

deviations as (
    select
        {{ goods }},
        abs(buckets.price_bucket - quantiles.median_bucket) as distance,
        sum(buckets.line_count) as line_count
    from buckets
    inner join quantiles using ({{ goods }})
    group by {{ goods }}, distance
),

ranked_deviations as (
    select
        *,
        sum(line_count) over (
            partition by {{ goods }} order by distance
            rows between unbounded preceding and current row
        ) as running_count,
        sum(line_count) over (partition by {{ goods }}) as total_count
    from deviations
),

median_deviations as (
    select
        {{ goods }},
        min(if(running_count * 2 >= total_count, distance, null)) as distance
    from ranked_deviations
    group by {{ goods }}
),

final as (
    select
        {{ goods }},
        quantiles.line_count_365d,
        {{ bucket_price('quantiles.median_bucket') }} as median_unit_price_vnd,
        {{ bucket_price('quantiles.p05_bucket') }} as p05_unit_price_vnd,
        {{ bucket_price('quantiles.p95_bucket') }} as p95_unit_price_vnd,
        {{ bucket_width() }} * median_deviations.distance as mad_log_unit_price,
        {{ run_seq() }} as _run_seq
    from quantiles
    inner join median_deviations using ({{ goods }})
),

changes_to_table as (
    {{ changes_to_this('final', in_days(days)) }}
)

select * from changes_to_table
