"""Daily core: what came in by midnight is taken in, kept, counted and published.

Schedule: every night at 00:00 in Viet Nam; a night that was missed is not made up
for, because the next one takes in all that has come.
Owner: Cục Công nghệ thông tin và Thống kê hải quan.
Runbook: docs/operations/daily-run.md.

Each task is one `customs` command, which writes its own outcome. A check that blocks
fails the task and stops what follows; rows set aside and warnings do not. The lake
takes one writer at a time, so the tasks follow one another. Which sources there are
is the product's to say: a new one is in the next night without an edit here.
"""

import json
from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

STEPS = (
    ("build_core", "build --only core", timedelta(hours=1)),
    ("build_gold", "build --only gold", timedelta(hours=1)),
    ("measure_quality", "build --only quality", timedelta(minutes=30)),
    ("verify_lake", "verify", timedelta(minutes=30)),
    ("publish_features", "features publish", timedelta(minutes=30)),
)

LIST_SOURCES = "ingest --due"


def commands_of(answer: str) -> list[str]:
    """One command for each source that the list names."""
    return [f"customs ingest {source} --json" for source in json.loads(answer)]


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
    sources = BashOperator(
        task_id="list_sources",
        bash_command=f"customs {LIST_SOURCES} --json",
        output_processor=commands_of,
        execution_timeout=timedelta(minutes=5),
    )
    before = BashOperator.partial(
        task_id="ingest_source",
        max_active_tis_per_dagrun=1,
        execution_timeout=timedelta(hours=1),
        map_index_template="{{ task.bash_command }}",
    ).expand(bash_command=sources.output)
    for task_id, words, limit in STEPS:
        task = BashOperator(
            task_id=task_id,
            bash_command=f"customs {words} --json",
            execution_timeout=limit,
        )
        before >> task
        before = task
