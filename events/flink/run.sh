#!/bin/sh
# Runs the job within one process. Settings: see docs/events.md; as arguments, NAME=value, or in the environment.
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -f "$here/target/events.jar" ]; then
    echo "error: the job has not been built; run: mvn -q -f $here/pom.xml package" >&2
    exit 1
fi
export PARALLELISM="${PARALLELISM:-1}"
# shellcheck disable=SC2086 - JAVA_FLAGS are several
exec java -Xmx256m -XX:+UseSerialGC \
    --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
    --add-opens=java.base/java.time=ALL-UNNAMED $JAVA_FLAGS \
    -cp "$here/target/events.jar:$here/target/lib/*:$here/target/flink/*" anime.events.Main "$@"
