"""Daily core: what came in by midnight is taken in, kept, counted and published.

Schedule: every night at 00:00 in Viet Nam; a night that was missed is not made up
for, because the next one takes in all that has come.
Owner: Cục Công nghệ thông tin và Thống kê hải quan.
Runbook: docs/operations/daily-run.md.

Each task is one `customs` command, which writes its own outcome. A check that blocks
fails the task and stops what follows; rows set aside and warnings do not. The lake
takes one writer at a time, so the tasks follow one another.
"""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

STEPS = (
    ("ingest_ref", "ingest ref", timedelta(minutes=30)),
    ("ingest_vnaccs", "ingest vnaccs", timedelta(hours=1)),
    ("build_core", "build --only core", timedelta(hours=1)),
    ("build_gold", "build --only gold", timedelta(hours=1)),
    ("verify_lake", "verify", timedelta(minutes=30)),
    ("publish_features", "features publish", timedelta(minutes=30)),
)

with DAG(
    dag_id="daily_core",
    description="Taking in, core, gold and features of the past day",
    schedule="0 0 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    # Officers read the figures of the past day when offices open.
    dagrun_timeout=timedelta(hours=6),
    default_args={
        "owner": "Cục Công nghệ thông tin và Thống kê hải quan",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": True,
    },
    tags=["core", "gold", "daily"],
    doc_md=__doc__,
) as dag:
    before = None
    for task_id, words, limit in STEPS:
        task = BashOperator(
            task_id=task_id,
            bash_command=f"customs {words} --json",
            execution_timeout=limit,
        )
        if before is not None:
            before >> task
        before = task
