#!/bin/sh
# Says in one sentence what is missing before pip says it in two hundred lines.
python="$1"
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null || {
    echo "error: Python 3.11 to 3.14 is needed, '$python' is $("$python" -V 2>&1); name another with: make PYTHON=python3.12" >&2
    exit 1
}
"$python" -c 'import venv, ensurepip' 2>/dev/null || {
    echo "error: Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 1
}
