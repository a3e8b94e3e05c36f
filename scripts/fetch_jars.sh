#!/bin/sh
# fetch_jars.sh SERVER: prints the folder with the jars of a server that the tests start, by the pom.xml of
# tests/streaming/SERVER. Maven fetches them where they are not there yet.
cd "$(dirname "$0")/.." || exit 1
pom=tests/streaming/$1/pom.xml
folder=${pom%/*}/target
fetched=$folder/.fetched
[ "$fetched" -nt "$pom" ] || {
    for name in java mvn; do
        command -v "$name" >/dev/null 2>&1 || {
            echo "error: the tests of streaming need Java 17 and Maven, and there is no $name; on Debian: apt-get install openjdk-17-jre-headless maven" >&2
            exit 1
        }
    done
    echo "Fetching the jars of $1 from Maven Central …" >&2
    rm -rf "$folder"
    # shown only where it fails: it is long
    said=$(mvn --quiet --batch-mode --file "$pom" package 2>&1) && touch "$fetched" || {
        echo "$said" | head -n 5 >&2
        echo "error: the jars of $1, which the tests of streaming need, could not be fetched from Maven Central; see above, and name a mirror in ~/.m2/settings.xml where it cannot be reached" >&2
        exit 1
    }
}
echo "$PWD/$folder/lib"
