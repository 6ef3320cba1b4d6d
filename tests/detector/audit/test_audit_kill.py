"""kill -9 at random moments: the same command again, and every article is there once."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from audit_script import write

from detector.audit.store import Store, StoreError

SCRIPT = Path(__file__).parent / "fakes" / "audit_script.py"
ARTICLES = 250
KILLS = 4
MOST_SECONDS = 60.0

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 on this system")


def start(store: Path, articles: Path) -> subprocess.Popen[bytes]:
    """Begin, or go on with, the audit."""
    return subprocess.Popen([sys.executable, str(SCRIPT), str(store), str(articles), "0.02"])


def stored(store: Path) -> int:
    """How many rows there are; none while there is no store."""
    with suppress(StoreError), Store.open(store, read_only=True) as opened:
        return opened.count()
    return 0


def wait_for_rows(process: subprocess.Popen[Any], store: Path, more_than: int) -> None:
    """Until the audit has stored something new, or has ended."""
    until = time.monotonic() + MOST_SECONDS
    while process.poll() is None and stored(store) <= more_than:
        assert time.monotonic() < until, "the audit stores nothing"
        time.sleep(0.02)


def test_no_row_is_lost_or_doubled(tmp_path: Path) -> None:
    """Killed again and again while it stores, the audit ends with each article once and a sound store."""
    store, articles = tmp_path / "audit.sqlite", tmp_path / "feed.jsonl"
    write(str(articles), ARTICLES)
    chance = random.Random(9)
    cut_short = 0
    for _ in range(KILLS):
        before = stored(store)
        process = start(store, articles)
        wait_for_rows(process, store, before)
        time.sleep(chance.uniform(0, 0.2))
        process.kill()
        process.wait()
        cut_short += stored(store) < ARTICLES
    assert cut_short
    assert start(store, articles).wait() == 0
    with Store.open(store, read_only=True) as opened:
        sources = [row.row.source for row in opened.rows()]
        assert opened.connection.exec_driver_sql("PRAGMA integrity_check").fetchone() == ("ok",)
        assert opened.connection.exec_driver_sql("SELECT count(*) FROM details").fetchone() == (ARTICLES,)
    assert sorted(sources) == sorted(f"{articles}:{number}" for number in range(1, ARTICLES + 1))


def test_workers_do_not_outlive_their_audit(tmp_path: Path) -> None:
    """After kill -9 nobody keeps judging what nobody will store."""
    store, articles = tmp_path / "audit.sqlite", tmp_path / "feed.jsonl"
    write(str(articles), 2000)
    process = start(store, articles)
    wait_for_rows(process, store, 0)
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    assert len(family) >= 2
    _, alive = psutil.wait_procs(family, timeout=MOST_SECONDS)
    assert alive == []


def test_ctrl_c_stores_what_is_done(tmp_path: Path) -> None:
    """The command stops with its exit code and a word, and goes on from there."""
    store, feed = tmp_path / "audit.sqlite", tmp_path / "feed.jsonl"
    write(str(feed), 30_000)
    command = [
        sys.executable,
        "-m",
        "detector",
        "audit",
        str(feed),
        "--store",
        str(store),
        "--grammar",
        "none",
        "-j",
        "1",
    ]
    # A shell that starts the tests in the background has them ignore Ctrl-C, and a child would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    finally:
        signal.signal(signal.SIGINT, before)
    wait_for_rows(process, store, 0)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers, too
    _, said = process.communicate(timeout=MOST_SECONDS)
    assert process.returncode == 130
    assert "Run the same command to continue." in said
    assert "Traceback" not in said
    assert 0 < stored(store) <= 30_000
