# shellcheck shell=bash
# A real PostgreSQL server for the tests. Source this, then:
#   postgresql_start   starts one on a free loopback port and exports UNSPIN_POSTGRESQL, the address of a database whose
#                      user may create others; says in one line why and returns 1 where PostgreSQL cannot be had
#   postgresql_stop    stops it and removes its data
# The user `with_password`, once a test has made it, needs a password; all others need none.
# The programs are those of the system, or of Debian's package `postgresql`, which root installs where it is missing. The
# data lie in the user's cache, outside the clone. PostgreSQL refuses to run as root, so root starts it as another user.

_postgresql_data=""
_postgresql_folder=""
_postgresql_as=()

_postgresql_without() {
    echo "PostgreSQL: $1; going on without it." >&2
    return 1
}

# The folder of initdb and pg_ctl; the newest version if there are several.
_postgresql_programs() {
    local found
    found=$(find /usr/lib/postgresql /usr/local/pgsql -name initdb -path '*/bin/*' 2>/dev/null | sort -V | tail -n 1)
    [ -n "$found" ] || found=$(command -v initdb) || return 1
    dirname "$found"
}

_postgresql_install() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    echo "PostgreSQL: installing Debian's package (about 60 MB, once) ..." >&2
    local limit=()
    command -v timeout >/dev/null 2>&1 && limit=(timeout "${UNSPIN_CI_FETCH_SECONDS:-600}")
    # The package must not start a server of its own.
    { DEBIAN_FRONTEND=noninteractive "${limit[@]}" apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 "${limit[@]}" apt-get install -qq -y --no-install-recommends postgresql; } >/dev/null 2>&1
}

postgresql_start() {
    local programs port
    programs=$(_postgresql_programs) || { _postgresql_install && programs=$(_postgresql_programs); } ||
        { _postgresql_without "initdb was not found and Debian's package cannot be installed"; return 1; }
    if [ "$(id -u)" -eq 0 ]; then
        command -v runuser >/dev/null 2>&1 && id postgres >/dev/null 2>&1 ||
            { _postgresql_without "it does not run as root, and there is no user postgres"; return 1; }
        _postgresql_as=(runuser -u postgres --)
    fi
    # Another user cannot enter root's home, so the data of a server that root starts lie beside it.
    local cache="${UNSPIN_CI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/unspin-ci}"
    [ ${#_postgresql_as[@]} -eq 0 ] || cache=${TMPDIR:-/tmp}
    mkdir -p "$cache" && _postgresql_data=$("${_postgresql_as[@]}" mktemp -d "$cache/unspin-postgresql.XXXXXX") ||
        { _postgresql_without "no folder can be made in $cache"; return 1; }
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])') || return 1
    _postgresql_folder=$programs
    if ! (cd / && "${_postgresql_as[@]}" "$programs/initdb" --pgdata "$_postgresql_data/data" --username unspin --auth trust \
        --encoding UTF8 --locale C --no-sync >"$_postgresql_data.log" 2>&1 &&
        sed -i '1i host all with_password 127.0.0.1/32 scram-sha-256' "$_postgresql_data/data/pg_hba.conf" &&
        "${_postgresql_as[@]}" "$programs/pg_ctl" --pgdata "$_postgresql_data/data" --wait --log "$_postgresql_data/log" \
            --options "-h 127.0.0.1 -p $port -k '' -c fsync=off" start >>"$_postgresql_data.log" 2>&1); then
        local reason
        reason=$(tail -n 1 "$_postgresql_data.log")
        postgresql_stop
        _postgresql_without "its server did not start (${reason:-no reason given})"
        return 1
    fi
    export UNSPIN_POSTGRESQL="postgresql://unspin@127.0.0.1:$port/postgres"
    echo "PostgreSQL: $("$programs/postgres" --version | grep -o '[0-9][0-9.]*' | head -n 1) answers at $UNSPIN_POSTGRESQL." >&2
}

postgresql_stop() {
    if [ -n "$_postgresql_data" ]; then
        (cd / && "${_postgresql_as[@]}" "$_postgresql_folder/pg_ctl" --pgdata "$_postgresql_data/data" \
            --mode immediate stop) >/dev/null 2>&1 || true
        rm -rf "$_postgresql_data" "$_postgresql_data.log"
        _postgresql_data=""
    fi
    unset UNSPIN_POSTGRESQL
    return 0
}
