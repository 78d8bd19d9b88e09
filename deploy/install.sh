#!/usr/bin/env bash
# Make the virtual environment that a lock describes: ours, with the project in it, or
# with LOCK and PROJECT= another one, such as Airflow's.
#
# Packages come from wherever the machine's pip takes them: uv does not read pip's
# settings, so they are handed over; if uv cannot work with them, pip does it.
set -euo pipefail

python="${PYTHON:-python3.11}"
venv="${VENV:-.venv}"
lock="${LOCK:-requirements.lock}"
project="${PROJECT-.}"

if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
    echo "Python 3.11 is needed; name it with: make setup PYTHON=<path>" >&2
    exit 3
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
pip=("$venv/bin/python" -m pip)
"${pip[@]}" install --quiet --disable-pip-version-check uv

# The value of one pip setting: its variable first, else its files; empty if unset.
pip_setting() {
    local variable="PIP_${1^^}"
    variable="${variable//-/_}"
    if [ -n "${!variable:-}" ]; then
        echo "${!variable}"
    else
        "${pip[@]}" config get "global.$1" 2>/dev/null || true
    fi
}

hand_over() {
    local value
    value="$(pip_setting "$2")"
    if [ -z "${!1:-}" ] && [ -n "$value" ]; then
        export "$1=$value"
    fi
}

hand_over UV_DEFAULT_INDEX index-url
hand_over UV_INDEX extra-index-url
hand_over UV_FIND_LINKS find-links
hand_over SSL_CERT_FILE cert

export VIRTUAL_ENV="$venv"
if ! "$venv/bin/uv" pip sync --quiet --compile-bytecode "$lock"; then
    echo "uv could not install the lock; trying pip" >&2
    "${pip[@]}" install --quiet --no-deps --require-hashes -r "$lock"
fi
if [ -n "$project" ]; then
    "${pip[@]}" install --quiet --disable-pip-version-check \
        --no-deps --no-build-isolation --editable "$project"
fi
echo "Installed into $venv ($("$venv/bin/python" --version))."
