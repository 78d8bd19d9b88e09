#!/usr/bin/env bash
# Airflow's parts as one server on the loopback address; if one ends, all end.
#
# Not `airflow standalone`: there each part serves its logs to every address of the
# machine.
set -euo pipefail

trap 'exit 143' TERM
airflow db migrate
airflow api-server --host 127.0.0.1 --port "$1" &
airflow scheduler --skip-serve-logs &
airflow dag-processor &
wait -n
echo "a part of Airflow has ended" >&2
kill $(jobs -p) 2>/dev/null || true
exit 1
