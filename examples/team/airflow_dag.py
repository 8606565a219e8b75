"""Airflow 3: every night, make what is missing or out of date of all reports, then verify the record.

A task is red where the command's exit code is not 0: 1 names the pages that failed, 2 says why nothing could be begun.
Workers of Airflow need the variables of docs/team.md, and a checkout of the workspace in FOLDER.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

FOLDER = "/srv/audits"

with DAG(
    dag_id="audit_reports",
    schedule="15 2 * * *",
    start_date=datetime(2026, 12, 1),
    catchup=False,  # a night that was missed is made up for by the next one
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=10), "cwd": FOLDER, "append_env": True},
) as dag:
    reports = BashOperator(
        task_id="reports",
        bash_command="workbook batch --all --scheduler tcp://scheduler.example:8786 --json",
        execution_timeout=timedelta(hours=3),
    )
    verified = BashOperator(
        task_id="verified", bash_command="workbook verify isms-2027 --json", trigger_rule="all_done"
    )
    reports >> verified
