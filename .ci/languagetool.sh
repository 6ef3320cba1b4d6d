# shellcheck shell=bash
# A real LanguageTool server for the tests. Source this, then:
#   languagetool_start   starts it on a free loopback port and exports UNSPIN_LANGUAGETOOL_SERVER and
#                        UNSPIN_LANGUAGETOOL_HOME (a folder that unspin can start a server from); says in one line why
#                        and returns 1 where Java, Maven or the jars cannot be had
#   languagetool_stop    stops it

# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/maven.sh"

LANGUAGETOOL_VERSION=6.7
_languagetool_cache=$(maven_cache "languagetool-$LANGUAGETOOL_VERSION")
_languagetool_pid=""

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
    maven_java LanguageTool 17 || return 1
    command -v python3 >/dev/null 2>&1 || { maven_without LanguageTool "python3 was not found"; return 1; }
    maven_fetch LanguageTool "250 MB" "$_languagetool_cache" _languagetool_home \
        "org.languagetool:languagetool-server:$LANGUAGETOOL_VERSION" "org.languagetool:language-en:$LANGUAGETOOL_VERSION" ||
        return 1

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
            maven_without LanguageTool "its server did not start ($log)"
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
