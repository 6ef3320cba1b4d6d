"""The benchmark: its turns, its page. Nothing here asserts a speed."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise

import pytest

from detector.lab.benchmarks import check as benchmark
from detector.lab.benchmarks.check import Budget, Memory, main, page, take_turns
from detector.lab.data import seed_articles
from detector.lab.data.seed_articles import articles

SPEED = {benchmark.UNSPIN: 0.010, benchmark.WITH_HARPER: 0.030, "another": 0.005}
COLD = {"unspin check": 2.0, benchmark.NUMPY: 0.1}


def test_turns() -> None:
    """All contenders see all texts once to warm up and then in each round, in turn."""
    seen: list[tuple[str, str]] = []
    said: list[str] = []
    contenders = {name: (lambda text, name=name: seen.append((name, text))) for name in "ab"}
    seconds = take_turns(contenders, ["x", "y"], 2, said.append)
    assert seconds.keys() == {"a", "b"}
    assert all(value >= 0 for value in seconds.values())
    assert seen == [(name, text) for _ in range(3) for name in "ab" for text in "xy"]
    assert len(said) == 4


@pytest.mark.parametrize(
    ("budget", "kept", "missed"), [(Budget("s", most=1.5), 1.5, 1.6), (Budget("articles/s", least=60), 60, 59.9)]
)
def test_budgets(budget: Budget, kept: float, missed: float) -> None:
    """The bound itself is within the budget."""
    assert budget.kept(kept)
    assert not budget.kept(missed)


def table_of(lines: Sequence[str]) -> dict[str, list[str]]:
    """Cells by the first cell of their row."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: row[1:] for row in rows}


def test_page() -> None:
    """Ratios are against unspin and against importing NumPy; what is missed is said; tables are whole."""
    lines = list(page(SPEED, COLD, Memory(peak=300, first=250, second=200, worker=160), ["About."]))
    table = table_of(lines)
    assert table[benchmark.UNSPIN] == ["10.0", "100", "1.00", "at least 60 articles/s: kept"]
    assert table[benchmark.WITH_HARPER] == ["30.0", "33", "3.00", "at least 40 articles/s: MISSED"]
    assert table["another"] == ["5.0", "200", "0.50", ""]
    assert table["unspin check"] == ["2.00", "20.0", "at most 1.5 s: MISSED"]
    assert table["one process, at its peak"] == ["300", "at most 500 MB: kept"]
    assert table["a second process, started apart, adds"] == ["200", ""]
    assert table["a further worker adds"] == ["160", "at most 150 MB: MISSED"]
    assert all(a.count("|") == b.count("|") for a, b in pairwise(lines) if a.startswith("|") and b.startswith("|"))


def test_page_without_memory() -> None:
    """Where the system does not tell what is shared, a sentence stands instead of a guess."""
    assert list(page(SPEED, COLD, None, []))[-1].startswith("Memory is not measured")


def test_contenders() -> None:
    """Everybody who takes part answers to an article."""
    text = articles(1, 200)[0]
    with ExitStack() as stack:
        taking_part = benchmark.contenders(None, stack)
        assert {benchmark.UNSPIN, benchmark.WITH_HARPER} < taking_part.keys()
        assert all(contender(text) is not None for contender in taking_part.values())


def test_one_core() -> None:
    """The process is held on one core while it is timed, and let go again."""
    import os

    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("this system does not tell on which cores a process may run")
    before = os.sched_getaffinity(0)
    with benchmark.one_core():
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The smallest run prints every table, and notes go to standard error."""
    code = main(["--articles", "1", "--rounds", "1", "--cold-runs", "1"])
    out, err = capsys.readouterr()
    assert code == int("MISSED" in out)
    table = table_of(out.splitlines())
    assert {benchmark.UNSPIN, benchmark.WITH_HARPER, "unspin check", benchmark.NUMPY} <= table.keys()
    assert "one process, at its peak" in table or sys.platform != "linux"
    assert "benchmark: round 1 of 1" in err


def test_a_server_that_is_down(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A LanguageTool server that was named and does not answer is one sentence, and 2."""
    monkeypatch.setattr(benchmark, "cold_starts", lambda *_: COLD)
    monkeypatch.setattr(benchmark, "memory", lambda *_: None)
    assert main(["--articles", "1", "--rounds", "1", "--languagetool-server", "http://127.0.0.1:9"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "127.0.0.1:9" in err.splitlines()[-1]


def test_outside_a_clone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Without the seed articles there is nothing to time: one sentence, and 2."""
    monkeypatch.setattr(seed_articles, "files", lambda _: tmp_path)
    assert main([]) == 2
    assert "in a clone" in capsys.readouterr().err
