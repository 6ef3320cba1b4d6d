"""The judge of relations, fitted to pairs made here."""

import json
import lzma
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from detector.cli import main
from detector.lab.data import source_pairs
from detector.lab.data.source_pairs import SourcePair, changed, longest_unquoted_run
from detector.lab.spinners import ThesaurusSpinner, from_table
from detector.lab.training import fit_relation
from detector.lab.training.fit_relation import RISING, SETS, Amounts, fit, trees_of, write_fitted
from detector.tracing.columns import NAMES
from detector.tracing.judge import embedded_judge, load_judge
from detector.tracing.relation import COPY, NONE, REWRITE, SHARED, Relation


@pytest.fixture(scope="module")
def table() -> tuple[list[SourcePair], np.ndarray]:
    """Pairs whose columns rise from no relation to copy."""
    rng = np.random.default_rng(1)
    pairs, rows = [], []
    for level, relation in enumerate((NONE, SHARED, REWRITE, COPY)):
        for number in range(80):
            family = "another outlet's nearest story" if relation == NONE else str(relation)
            pairs.append(SourcePair("", "", relation, family, f"{relation} {number // 2}"))
            rows.append(rng.normal(level / 4, 0.01, len(NAMES)))
    table = np.array(rows)
    table[::7, NAMES.index("figures_found")] = np.nan
    return pairs, table


def test_the_numbers_are_scikit_learns(table: tuple[list[SourcePair], np.ndarray]) -> None:
    """Trees as tables give the ensemble's own log-odds, with gaps and without."""
    pairs, rows = table
    truth = np.array([pair.relation in {COPY, REWRITE} for pair in pairs])
    noisy = np.random.default_rng(2).permuted(rows, axis=0)
    model = HistGradientBoostingClassifier(max_iter=15, max_leaf_nodes=7, random_state=0).fit(noisy, truth)
    assert trees_of(model).log_odds(noisy) == pytest.approx(model.decision_function(noisy), abs=1e-9)


def test_a_judge_is_fitted_and_read_back(
    table: tuple[list[SourcePair], np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells the relations of its lesson apart, and the files give the same judge."""
    for name, fewer in (("TREES", 30), ("_FEWER", 20), ("_FOLDS", 2)):
        monkeypatch.setattr(fit_relation, name, fewer)
    pairs, rows = table
    fitted = fit(pairs, rows, seed=0)
    assert fitted.metrics["independent_called_derived"] == 0.0
    assert fitted.metrics["unrelated_called_derived"] == 0.0
    # All columns say the same here, so that one noisy row may set the threshold.
    write_fitted(replace(fitted, threshold=0.5), tmp_path, tmp_path, progress=lambda _: None)
    judge = load_judge(tmp_path / "relation")
    right = [judge.judge(row).relation == pair.relation for pair, row in zip(pairs, rows, strict=True)]
    assert np.mean(right) > 0.95


def test_less_in_common_never_accuses_more() -> None:
    """The shipped judge: lowering a similarity never raises the probability of a source."""
    judge = embedded_judge()
    rng = np.random.default_rng(3)
    at = [NAMES.index(name) for name in RISING]
    for _ in range(300):
        row = rng.uniform(0, 1, len(NAMES))
        lower = row.copy()
        lower[at] *= rng.uniform(0, 1, len(at))
        assert judge.judge(lower).derived <= judge.judge(row).derived + 1e-9


def test_nothing_in_common_is_nothing() -> None:
    """The shipped judge calls a pair without anything in common neither copy nor rewrite."""
    row = np.zeros(len(NAMES))
    for name in ("words", "source_words"):
        row[NAMES.index(name)] = 6.0
    assert embedded_judge().judge(row).relation in {Relation.NONE, Relation.SHARED_SOURCE}


def test_words_that_changed() -> None:
    """In whatever order; quotes share no run that tells."""
    assert changed("a b c d", "d c b a") == 0.0
    run = "the harbour authority said on Monday that the northern quay would stay open"
    assert longest_unquoted_run(f"Yes, {run}.", f"And {run}, it said.")
    assert not longest_unquoted_run(f"“{run}”", f"And {run}, it said.")


WORDS = [
    a + b + c for a in ("bar", "dol", "fen", "gal", "mor", "sil") for b in "aeiou" for c in ("dan", "kel", "mont", "ry")
]


def story(rng: random.Random) -> str:
    """Eight sentences of made-up words, each with a name and a figure, and every other one a quote."""
    told = []
    for number in range(8):
        words = rng.choices(WORDS, k=12)
        sentence = (
            f"{words[0].title()} {' '.join(words[1:6])} {words[6].title()} {rng.randint(12, 99)} {' '.join(words[7:])}."
        )
        told.append(f"“{sentence}”" if number % 2 else sentence)
    return "\n".join(told)


def set_rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a small set: human copy, real rewrites, or two reports of each event."""
    rng = random.Random(name)
    for number in range({"bbc2005": 60, "usnews2023": 60, "detectrl": 40, "same-event": 20}.get(name, 0)):
        text = story(rng)
        row = {"id": f"{name}-{number}", "text": text, "label": "human", "source": "made", "relation": "independent"}
        row |= {"pair_id": str(number), "event_id": str(number), "domain": "xsum-news", "outlet": "One"}
        yield row
        if name == "detectrl":
            polished = text.replace("a", "e", 20)
            yield row | {"id": f"p{number}", "text": polished, "label": "llm_paraphrase", "tool": "LLM polish"}
        if name == "same-event":
            yield row | {"id": f"o{number}", "text": story(rng), "outlet": "Other"}


def test_a_judge_from_a_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the sets to a judge on disk: pairs are drawn, searched for, measured, fitted, and the files are read back."""
    pytest.importorskip("tantivy", reason="neighbours are looked for in an archive: install unspin[archive]")
    pytest.importorskip("lemminflect", reason="simulated rewriters inflect with lemminflect: install unspin[train]")
    table = {word: [word + "o"] for word in WORDS[::3]}
    monkeypatch.setattr(
        source_pairs, "families", lambda _: {"dictionary": ThesaurusSpinner(from_table(table), inflect=False)}
    )
    for name, fewer in (("TREES", 5), ("_FEWER", 5), ("_FOLDS", 2)):
        monkeypatch.setattr(fit_relation, name, fewer)
    for name in ("bbc2005", "usnews2023", *SETS):
        with lzma.open(tmp_path / f"{name}.jsonl.xz", "wt", encoding="utf-8", preset=0) as out:
            out.writelines(json.dumps(row) + "\n" for row in set_rows(name))
    said: list[str] = []
    amounts = Amounts(real=20, per_event=2, neighbours=10, copies=10, partial=0, simulated=10)
    written = fit_relation.fit_relation(tmp_path, tmp_path / "out", amounts=amounts, jobs=1, progress=said.append)
    judge = load_judge(tmp_path / "out" / "relation")
    assert judge.manifest == written
    assert set(written.training_data) == {f"{name}.jsonl.xz" for name in SETS}
    assert {COPY, REWRITE, SHARED} <= set(written.metrics["pairs"])
    assert any("stories of reference copy" in line for line in said)


def test_a_data_folder_without_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says in one sentence which sets it needs."""
    assert main(["train", str(tmp_path), "--relation", "--out", str(tmp_path / "out")]) == 2
    assert "lacks detectrl.jsonl.xz" in capsys.readouterr().err
    assert main(["train", str(tmp_path), "--relation", "--reader"]) == 2
