#!/bin/sh
# Sees to the JDK and the Maven that the tests of events need: the machine's, or Debian's, which it installs.
has_both() { command -v javac >/dev/null 2>&1 && command -v mvn >/dev/null 2>&1; }
has_both && exit
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
# shown only where it fails: it is long
if command -v apt-get >/dev/null 2>&1; then
    echo "Installing a JDK and Maven with apt-get …" >&2
    said=$(as_root apt-get update 2>&1 &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends default-jdk-headless maven 2>&1) ||
        echo "$said" | tail -n 5 >&2
    has_both && exit
fi
echo "error: the tests of events need a JDK of version 17 or later and Maven, and they could not be installed; install both" >&2
exit 1
