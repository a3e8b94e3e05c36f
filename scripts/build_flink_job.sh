#!/bin/sh
# Builds the Flink job (events/flink/target), unless what is there is newer than its sources.
cd "$(dirname "$0")/../events/flink" || exit 1
is_built() { [ -f target/built ] && [ -z "$(find pom.xml src -newer target/built)" ]; }

is_built && exit
for tool in java mvn; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "error: the Flink job is built with $tool, which is not installed; install a JDK of version 17 or later and Maven" >&2
        exit 1
    fi
done
# one at a time, whoever else is at it
exec 9>.build.lock
command -v flock >/dev/null 2>&1 && flock 9
is_built && exit
echo "Building the Flink job …" >&2
rm -rf target
if ! said=$(mvn --batch-mode --quiet package 2>&1); then
    echo "$said" | tail -n 20 >&2
    echo "error: the Flink job could not be built; its libraries come from Maven Central, or the mirror in ~/.m2/settings.xml" >&2
    exit 1
fi
touch target/built
