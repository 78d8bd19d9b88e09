-- Days of registration that the cut holds, newest first.
select distinct registered_date
from gold.rpt_channel_share_daily
order by registered_date desc
