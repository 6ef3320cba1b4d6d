"""Real OpenSearch nodes on loopback, each a process that can be killed. .ci/opensearch.sh provides the jars."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

START_SECONDS = 420.0


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Node:
    """One node; started by making it."""

    def __init__(self, name: str, folder: Path, seed: int | None = None) -> None:
        self.name, self.folder = name, folder / name
        self.port, self.transport = free_port(), free_port()
        self.seed = seed or self.transport
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        home = Path(os.environ["UNSPIN_OPENSEARCH"])
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            "java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", str(home / "jars" / "*"), str(home / "Node.java"),
            self.name, str(self.folder), str(self.port), str(self.transport), f"127.0.0.1:{self.seed}",
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self) -> None:
        """As a power cut does it."""
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        """With the data that it had."""
        self.process = self._start()


class Cluster:
    """Two nodes: the first decides, the second can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first = Node("first", folder)
        self.second = Node("second", folder, self.first.transport)
        try:
            self.wait_for(nodes=2)
        except BaseException:
            self.close()
            raise

    def address(self, index: str, settings: str = "?timeout=60") -> str:
        """Of an archive; the second node is asked first, so that its death is noticed."""
        return f"opensearch://127.0.0.1:{self.second.port},127.0.0.1:{self.first.port}/{index}{settings}"

    def ask(self, path: str, method: str = "GET", body: object = None) -> Any:  # noqa: ANN401 - JSON
        """An answer of the first node."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.first.port}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)

    def wait_for(self, *, nodes: int, status: str = "yellow") -> None:
        """Until so many nodes are there and the shards are as asked."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            for node in (self.first, self.second):
                if node.process.poll() is not None and (nodes == 2 or node is self.first):
                    raise RuntimeError((node.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:])
            with suppress(OSError, ValueError):
                health = self.ask(f"_cluster/health?wait_for_nodes={nodes}&wait_for_status={status}&timeout=5s")
                if health["number_of_nodes"] == nodes and not health["timed_out"]:
                    return
            time.sleep(0.5)
        raise RuntimeError(f"OpenSearch has not {nodes} nodes in {START_SECONDS:g} seconds")

    def revive(self) -> None:
        """Start the second node again, and wait until all shards are where they belong."""
        if self.second.process.poll() is not None:
            self.second.start_again()
        self.wait_for(nodes=2, status="green")

    def close(self) -> None:
        """Stop both and forget their data."""
        self.second.kill()
        self.first.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
