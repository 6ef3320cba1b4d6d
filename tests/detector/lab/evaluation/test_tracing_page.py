"""The evaluation of source finding: its goals, its page, and its ablations."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from detector.intervals import wilson
from detector.lab.data.source_pairs import SourcePair
from detector.lab.evaluation import tracing
from detector.lab.training.fit_relation import Amounts
from detector.tracing.columns import NAMES
from detector.tracing.relation import COPY, NONE, REWRITE, SHARED


def family(name: str, found: int, right: int | None = None) -> dict[str, Any]:
    """A row of ten articles."""
    row = {"family": name, "articles": 10, **{n: wilson(found, 10) for n in ("first", "five", "found", "rewrite")}}
    return row if right is None else {**row, "coverage_right": wilson(right, 10)}


@pytest.fixture
def answer() -> dict[str, Any]:
    """Figures of a small run."""
    time = {"wall_p50": 30.0, "wall_p95": 60.0, "cpu_p50": 20.0}
    found: dict[str, Any] = {
        "judge": "0123abcd",
        "archive": {"stories": 130_000, "bytes": 1},
        "families": [
            family("dictionary at 15%", 10),
            family("round-trip-spanish at 100%", 9),
            family("a third of the paragraphs, copied", 10, 9),
            family("a third of the paragraphs, spun by careful", 10, 8),
            family("Vicuna rewrite", 1),
        ],
        "unrelated": {"rewrite": wilson(0, 100)},
        "independent": {"rewrite": wilson(3, 388)},
        "latency": [
            {"stories": 130_000, "articles": 9, "cpu_p95": 50.0, **time},
            {"stories": 10_000, "articles": 9, "cpu_p95": 10.0, **time},
        ],
        "confusion": {"rewrite": {"rewrite": 7, "none": 2}, "shared_source": {"shared_source": 4}},
        "baselines": [{"method": "unspin", "found": wilson(9, 10), "by_family": {"Vicuna rewrite": 0.25}}],
        "ablations": [{"without": "order", "found": wilson(8, 10), "by_family": {}}],
    }
    return {**found, "goals": tracing.goal_rows(found)}


def test_goals(answer: dict[str, Any]) -> None:
    """Families are pooled, and each goal says whether it was reached."""
    goals = {row["what"]: row for row in answer["goals"]}
    spinners = goals["copy or rewrite found: simulated spinners and round trips"]
    assert (spinners["now"], spinners["reached"]) == (wilson(19, 20), False)
    assert goals["right source first: DIPPER"]["reached"] is None
    assert goals["a third of the paragraphs: right coverage, within 10 points"]["now"] == wilson(17, 20)
    assert goals["independent reports of one event called rewrite"]["reached"] is False
    assert goals["human articles that are not in the archive called rewrite"]["reached"] is True
    (time,) = (row for what, row in goals.items() if "processor time" in what)
    assert (time["now"], time["reached"]) == (50.0, False)


def test_the_page_holds_every_figure(answer: dict[str, Any]) -> None:
    """Goals, families, relations, methods and times."""
    page = tracing.markdown(answer)
    assert page.count("| DIPPER") == 0
    assert "| right source first: DIPPER | at least 0.98 | - | not measured |" in page
    assert "| Vicuna rewrite | 10 | 10.0%" in page
    assert "| rewrite | 0 | 7 | 0 | 2 |" in page
    assert "| unspin | 90.0% (59.6%-98.2%) | - | 25% | - |" in page
    assert "| without order | 80.0%" in page
    assert page.index("| 10,000 | 20 | 10 |") < page.index("| 130,000 | 20 | 50 |")


def test_every_column_is_ablated_once() -> None:
    """The groups share no column and forget none."""
    assert Counter(name for group in tracing.GROUPS.values() for name in group) == Counter(NAMES)


def test_ablations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the one column that tells rewrites apart hardly any is found."""
    monkeypatch.setattr(tracing, "GROUPS", {"the telling one": ("coverage",)})
    rng = np.random.default_rng(0)
    relations = (NONE, SHARED, REWRITE, COPY)
    pairs = [SourcePair("", "", relations[n % 4], str(relations[n % 4]), f"story {n}") for n in range(240)]
    rows = rng.uniform(0, 1, (len(pairs), len(NAMES)))
    rows[:, NAMES.index("coverage")] = [0.9 if p.relation in {REWRITE, COPY} else 0.1 for p in pairs]
    whole, without = tracing.ablation_rows((pairs, rows), (pairs[:120], rows[:120]))
    assert whole["found"].value == 1.0
    assert without["found"].value < whole["found"].value


def test_a_quick_run_takes_fewer_pairs() -> None:
    """Also of those that the ablations learn from."""
    assert tracing.QUICK.taught.simulated < tracing.TAUGHT.simulated < Amounts().simulated
