"""The same audit on a Dask cluster: real scheduler, real worker processes, one of which dies."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audit_fakes import FakeMaker, different, records

from detector.audit.backends import backend
from detector.audit.engine import Engine
from detector.audit.store import Store
from detector.audit.tally import Tally
from detector.audit.work import Orders
from detector.audit.writing import Writer
from detector.errors import UnspinError

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 on this system"),
    pytest.mark.filterwarnings("ignore"),  # Dask's own, about sockets of workers that were killed
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes of one thread each."""
    settings = {"distributed.scheduler.allowed-failures": 1, "distributed.worker.daemon": False}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as made,
    ):
        yield made


def run(path: Path, texts: list[str], address: str, *, seconds: float = 0.0) -> tuple[dict[str, str], Tally]:
    """One audit on the cluster: label or kind of error by source."""
    tally = Tally()
    with Store.open(path) as store:
        writer = Writer(store, [], {})
        try:
            workers = backend("dask", jobs=None, scheduler=address)
            engine = Engine(workers, Orders(FakeMaker(seconds=seconds)), writer=writer, tally=tally)
            list(engine.run(records(*texts)))
        finally:
            writer.close()
        rows = [stored.row for stored in store.rows()]
    assert len({row.source for row in rows}) == len(rows)
    return {row.source: row.verdict.label.value if row.verdict else str(row.error_kind) for row in rows}, tally


def test_a_worker_killed_in_the_middle_costs_no_article(cluster: Any, tmp_path: Path) -> None:  # noqa: ANN401 - Dask's own
    """Every article is judged although a worker process is killed while it judges."""
    victim = next(iter(cluster.workers.values())).pid

    def kill() -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until and not (tmp_path / "audit.sqlite").exists():
            time.sleep(0.05)
        time.sleep(0.7)
        os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    found, tally = run(tmp_path / "audit.sqlite", list(different(160)), cluster.scheduler_address, seconds=0.02)
    killer.join()
    assert (len(found), set(found.values())) == (160, {"clean"})
    assert tally.judged == 160
    assert victim not in {worker.pid for worker in cluster.workers.values()}


def test_an_article_that_kills_workers_is_one_error(cluster: Any, tmp_path: Path) -> None:  # noqa: ANN401 - as above
    """The cluster gives up on it after a few workers, and the audit does not wait for ever.

    Dask blames whatever waited at a worker that died, so one or two articles beside it may share its error: a run with
    `--retry-errors` judges them.
    """
    texts = [*different(30), "KILL ALWAYS"]
    found, _ = run(tmp_path / "audit.sqlite", texts, cluster.scheduler_address)
    assert set(found.values()) == {"clean", "worker"}
    assert found["feed.jsonl:31"] == "worker"
    assert list(found.values()).count("worker") <= 3


def test_no_scheduler_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where nobody answers ends the audit before it begins."""
    monkeypatch.setattr("detector.audit.dask_cluster.Dask._SECONDS_TO_CONNECT", 1)
    workers = backend("dask", jobs=None, scheduler="tcp://127.0.0.1:9")
    with pytest.raises(UnspinError, match="no Dask scheduler answers at tcp"):
        list(Engine(workers, Orders(FakeMaker())).run(records("a")))


_ONE_SECOND = """
import sys
from detector.audit.dask_cluster import Dask
from detector.cli import main
Dask._SECONDS_TO_CONNECT = 1
sys.exit(main(["audit", "a.txt", "--quiet", "--backend", "dask", "--scheduler", sys.argv[1]]))
"""


@pytest.mark.parametrize("address", ["nonsense::x", "udp://127.0.0.1:9", "tls://127.0.0.1:9", "another program"])
def test_no_scheduler_is_all_that_is_said(tmp_path: Path, address: str) -> None:
    """No traceback of Dask's follows as the process ends, and a program that is no scheduler is not waited for."""
    (tmp_path / "a.txt").write_text("Talks ended.", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        if address == "another program":
            address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        ended = subprocess.run(
            [sys.executable, "-c", _ONE_SECOND, address],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"unspin: no Dask scheduler answers at {address}: check the address.\n"
