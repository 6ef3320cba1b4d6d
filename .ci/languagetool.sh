# shellcheck shell=bash
# A real LanguageTool server for the tests. Source this, then:
#   languagetool_start   starts it on a free loopback port and exports UNSPIN_LANGUAGETOOL_SERVER and
#                        UNSPIN_LANGUAGETOOL_HOME (a folder that unspin can start a server from); says in one line why
#                        and returns 1 where Java, Maven or the jars cannot be had
#   languagetool_stop    stops it
# The jars (250 MB) come from Maven's central repository and stay in the user's cache, outside the clone.

LANGUAGETOOL_VERSION=6.7
LANGUAGETOOL_JAVA=17
_languagetool_cache="${UNSPIN_CI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/unspin-ci}/languagetool-$LANGUAGETOOL_VERSION"
_languagetool_pid=""

_languagetool_without() {
    echo "LanguageTool: $1; going on without it." >&2
    return 1
}

# Put the jars and a home of one jar (a manifest that names the others) into the cache, all or nothing.
_languagetool_fetch() {
    [ -f "$_languagetool_cache/complete" ] && return 0
    command -v mvn >/dev/null 2>&1 || _languagetool_without "Maven (mvn) was not found and the jars are not cached" || return 1
    local work
    mkdir -p "$(dirname "$_languagetool_cache")" || return 1
    work=$(mktemp -d "$_languagetool_cache.XXXXXX") || return 1
    cat >"$work/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>unspin</groupId><artifactId>ci-languagetool</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.languagetool</groupId><artifactId>languagetool-server</artifactId><version>$LANGUAGETOOL_VERSION</version></dependency>
    <dependency><groupId>org.languagetool</groupId><artifactId>language-en</artifactId><version>$LANGUAGETOOL_VERSION</version></dependency>
  </dependencies>
</project>
POM
    echo "LanguageTool: fetching its jars (about 250 MB, once) into $_languagetool_cache ..." >&2
    local limit=()
    command -v timeout >/dev/null 2>&1 && limit=(timeout "${UNSPIN_CI_FETCH_SECONDS:-600}")
    if ! (cd "$work" && "${limit[@]}" mvn -q -B dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=jars) \
        >"$work/log" 2>&1; then
        local reason
        reason=$(grep -m 1 ERROR "$work/log" | cut -c 1-200) || true
        rm -rf "$work"
        _languagetool_without "its jars could not be fetched (${reason:-no answer in time})"
        return 1
    fi
    _languagetool_home "$work" || { rm -rf "$work"; return 1; }
    touch "$work/complete"
    rm -rf "$_languagetool_cache"
    mv "$work" "$_languagetool_cache" 2>/dev/null || rm -rf "$work" # another run was faster
    [ -f "$_languagetool_cache/complete" ]
}

# home/LanguageTool-VERSION/languagetool-server.jar: nothing but a manifest whose class path names the jars.
_languagetool_home() {
    local home="$1/home/LanguageTool-$LANGUAGETOOL_VERSION"
    mkdir -p "$home" || return 1
    python3 - "$1/jars" "$home/languagetool-server.jar" <<'PYTHON'
import sys
import zipfile
from pathlib import Path

jars, target = Path(sys.argv[1]), Path(sys.argv[2])
line = "Class-Path: " + " ".join(f"../../jars/{jar.name}" for jar in sorted(jars.glob("*.jar")))
folded = [line[:70], *(" " + line[at : at + 69] for at in range(70, len(line), 69))]  # a manifest's lines are short
with zipfile.ZipFile(target, "w") as archive:
    archive.writestr("META-INF/MANIFEST.MF", "\r\n".join(["Manifest-Version: 1.0", *folded, "", ""]))
PYTHON
}

languagetool_start() {
    command -v java >/dev/null 2>&1 || { _languagetool_without "Java was not found"; return 1; }
    local java
    java=$(java -version 2>&1 | sed -n 's/.*version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' | head -n 1)
    [ "${java:-0}" -ge "$LANGUAGETOOL_JAVA" ] ||
        { _languagetool_without "Java ${java:-of unknown version} is older than $LANGUAGETOOL_JAVA"; return 1; }
    command -v python3 >/dev/null 2>&1 || { _languagetool_without "python3 was not found"; return 1; }
    _languagetool_fetch || return 1

    local port seconds=0 log="$_languagetool_cache/server.log"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])') || return 1
    java -Xmx768m -cp "$_languagetool_cache/home/LanguageTool-$LANGUAGETOOL_VERSION/languagetool-server.jar" \
        org.languagetool.server.HTTPServer --port "$port" >"$log" 2>&1 </dev/null &
    _languagetool_pid=$!
    until python3 -c "import urllib.request as u
u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:$port/v2/healthcheck', timeout=5)" >/dev/null 2>&1; do
        seconds=$((seconds + 1))
        if ! kill -0 "$_languagetool_pid" 2>/dev/null || [ "$seconds" -ge 60 ]; then
            languagetool_stop
            _languagetool_without "its server did not start ($log)"
            return 1
        fi
        sleep 1
    done
    export UNSPIN_LANGUAGETOOL_SERVER="http://127.0.0.1:$port"
    export UNSPIN_LANGUAGETOOL_HOME="$_languagetool_cache/home"
    echo "LanguageTool: version $LANGUAGETOOL_VERSION answers at $UNSPIN_LANGUAGETOOL_SERVER." >&2
}

languagetool_stop() {
    if [ -n "$_languagetool_pid" ]; then
        kill "$_languagetool_pid" 2>/dev/null || true
        wait "$_languagetool_pid" 2>/dev/null || true
        _languagetool_pid=""
    fi
    unset UNSPIN_LANGUAGETOOL_SERVER UNSPIN_LANGUAGETOOL_HOME
    return 0
}
