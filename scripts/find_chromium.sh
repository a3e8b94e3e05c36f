#!/bin/sh
# Prints where Chromium is: what CHROMIUM names, or the machine's, or Debian's, which it installs.
find_it() {
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" && exit
    done
}

if [ -n "$CHROMIUM" ]; then
    command -v "$CHROMIUM" && exit
    echo "error: CHROMIUM is '$CHROMIUM', which cannot be run" >&2
    exit 1
fi
find_it
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
# shown only where it fails: it is long
if command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium with apt-get …" >&2
    said=$(as_root apt-get update 2>&1 &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium 2>&1) ||
        echo "$said" | tail -n 5 >&2
    find_it
fi
echo "error: the tests of the web app need Chromium, and it could not be installed; install it, or say where it is: CHROMIUM=/path/to/chrome make test" >&2
exit 1
