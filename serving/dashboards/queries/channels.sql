-- First channels by day, stream and direction, over some days.
select
    registered_date,
    stream_code,
    direction_code,
    declaration_count,
    undecided_count,
    green_count,
    yellow_count,
    red_count,
    moved_count
from gold.rpt_channel_share_daily
where registered_date between $first_date and $last_date
order by all
