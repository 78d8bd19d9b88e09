-- The commonest reasons of refusal, all runs up to the cut.
select
    rejected.source_code,
    rejected.rejection_code,
    min(split_part(rejected.reason_vi, ':', 1)) as reason_vi,
    min(split_part(rejected.reason_en, ':', 1)) as reason_en,
    count(*) as rejected_count
from ops.rejected as rejected
inner join ops.batch as batch
    on
        batch.source_code = rejected.source_code
        and batch.batch_seq = rejected.batch_seq
where batch.run_seq <= $run_seq
group by rejected.source_code, rejected.rejection_code
order by rejected_count desc, rejected.source_code, rejected.rejection_code
limit 8
