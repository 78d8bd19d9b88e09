-- Caps that are known now and hold on a day.
select
    stream_code,
    channel_code,
    cap_share,
    window_count,
    valid_from,
    valid_to,
    legal_basis,
    is_sample
from ref.channel_cap
where
    known_until is null
    and valid_from <= $day
    and (valid_to is null or valid_to >= $day)
order by stream_code, channel_code
