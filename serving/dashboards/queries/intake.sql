-- What came in by source, all runs up to the cut, and what the run of the cut took.
select
    source_code,
    sum(message_count) as message_count,
    sum(accepted_count) as accepted_count,
    sum(rejected_count) as rejected_count,
    sum(pending_count) as pending_count,
    coalesce(sum(message_count) filter (where run_seq = $run_seq), 0)
        as last_message_count,
    coalesce(sum(rejected_count) filter (where run_seq = $run_seq), 0)
        as last_rejected_count,
    max(planned_at) as last_batch_at
from ops.batch
where batch_status = 'committed' and run_seq <= $run_seq
group by source_code
order by source_code
