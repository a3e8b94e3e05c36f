#!/bin/sh
# Installs the locked requirements into the virtual environment whose folder of programs is named, each file of them
# with the hash that is locked.
# hnswlib comes as source only. Without what compiles it, chroma-hnswlib takes its place: the same module, compiled.
set -e
bin="$1"
if { command -v "${CXX:-c++}" || command -v g++; } >/dev/null 2>&1 &&
    "$bin/python" -c 'import os, sys, sysconfig as s; sys.exit(not os.path.isfile(s.get_path("include") + "/Python.h"))'
then
    "$bin/pip" install --progress-bar on --require-hashes -r requirements-build.txt
    exec "$bin/pip" install --progress-bar on --require-hashes --no-build-isolation -r requirements.txt
fi
"$bin/python" -c 'import sys; sys.exit(sys.version_info >= (3, 13))' || {
    echo "error: from Python 3.13 on, a C++ compiler is needed to install hnswlib; on Debian and Ubuntu: apt-get install g++ python3-dev; on macOS: xcode-select --install; or use an older Python, which needs none: make PYTHON=python3.12" >&2
    exit 1
}
echo "No C++ compiler: chroma-hnswlib takes the place of hnswlib."
"$bin/pip" install --progress-bar on --require-hashes -r requirements-build.txt
sed '/^hnswlib==/,/# via/d' requirements.txt | cat - requirements-no-compiler.txt |
    "$bin/pip" install --progress-bar on --require-hashes --only-binary :all: -r /dev/stdin
