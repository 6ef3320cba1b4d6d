# shellcheck shell=bash
# What the tests' Java programs share: jars from Maven's central repository, kept in the user's cache, outside the clone.
#   maven_cache NAME                              the cache folder of a set of jars
#   maven_without PROGRAM REASON                  says that the tests go on without a program; returns 1
#   maven_java PROGRAM OLDEST                     whether Java is there and new enough
#   maven_fetch PROGRAM SIZE CACHE FINISH JAR...  puts the jars (GROUP:ARTIFACT:VERSION) with all that they need into
#                                                 CACHE/jars, all or nothing; FINISH FOLDER completes the new folder
# Each says in one line why and returns 1 where Java, Maven or the jars cannot be had.

maven_cache() { echo "${UNSPIN_CI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/unspin-ci}/$1"; }

maven_without() {
    echo "$1: $2; going on without it." >&2
    return 1
}

maven_java() {
    command -v java >/dev/null 2>&1 || { maven_without "$1" "Java was not found"; return 1; }
    local java
    java=$(java -version 2>&1 | sed -n 's/.*version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' | head -n 1)
    [ "${java:-0}" -ge "$2" ] || maven_without "$1" "Java ${java:-of unknown version} is older than $2"
}

maven_fetch() {
    local program=$1 size=$2 cache=$3 finish=$4 jar work limit=() parts
    shift 4
    [ -f "$cache/complete" ] && return 0
    command -v mvn >/dev/null 2>&1 || maven_without "$program" "Maven (mvn) was not found and the jars are not cached" || return 1
    mkdir -p "$(dirname "$cache")" || return 1
    work=$(mktemp -d "$cache.XXXXXX") || return 1
    {
        echo "<project><modelVersion>4.0.0</modelVersion><groupId>unspin</groupId><artifactId>ci</artifactId><version>1</version>"
        echo "<packaging>pom</packaging><dependencies>"
        for jar in "$@"; do
            IFS=: read -r -a parts <<<"$jar"
            echo "<dependency><groupId>${parts[0]}</groupId><artifactId>${parts[1]}</artifactId><version>${parts[2]}</version></dependency>"
        done
        echo "</dependencies></project>"
    } >"$work/pom.xml"
    echo "$program: fetching its jars (about $size, once) into $cache ..." >&2
    command -v timeout >/dev/null 2>&1 && limit=(timeout "${UNSPIN_CI_FETCH_SECONDS:-600}")
    if ! (cd "$work" && "${limit[@]}" mvn -q -B dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=jars) \
        >"$work/log" 2>&1; then
        local reason
        reason=$(grep -m 1 ERROR "$work/log" | cut -c 1-200) || true
        rm -rf "$work"
        maven_without "$program" "its jars could not be fetched (${reason:-no answer in time})"
        return 1
    fi
    "$finish" "$work" || { rm -rf "$work"; return 1; }
    touch "$work/complete"
    rm -rf "$cache"
    mv "$work" "$cache" 2>/dev/null || rm -rf "$work" # another run was faster
    [ -f "$cache/complete" ]
}
