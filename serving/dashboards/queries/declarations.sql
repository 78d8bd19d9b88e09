-- Declarations, value and tax by day, stream and direction, over some days.
-- `gold.rpt_revenue_daily` takes the place of the fact once the lake has it.
select
    registered_date,
    stream_code,
    direction_code,
    count(*) as declaration_count,
    count(cleared_at) as cleared_count,
    sum(customs_value_vnd) as customs_value_vnd,
    sum(tax_total_vnd) as tax_total_vnd,
    count(tax_total_vnd) as with_tax_count
from gold.fct_declaration
where
    registered_month between strftime($first_date, '%Y-%m')
    and strftime($last_date, '%Y-%m')
    and registered_date between $first_date and $last_date
group by all
order by all
