"""What is left out of trainings, and what the goals are read off."""

import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector.lab.data.rewrites import POLISH, SETS_LEARNT, TRIP, real_rewrites
from detector.lab.data.stories import human_articles
from detector.lab.evaluation import REWRITTEN_SETS
from detector.lab.evaluation.goals import FOUND, WITHOUT_LEXICON, goal_rows
from detector.lab.evaluation.intervals import Figure
from detector.lab.evaluation.left_out import LEFT_OUT, MADE_AGAIN, NGRAMS, STRICTEST, thinned
from detector.lab.spinners import FAMILIES
from detector.lab.spinners.round_trip import PIVOTS
from detector.lab.training.count_ngrams import lay
from detector.lab.training.training_sets import SWAP
from features.language_model.ngrams import HashTable
from features.language_model.phrase_lifts import FILE as PHRASE_LIFTS
from features.language_model.phrase_table import FILE as PHRASES
from features.language_model.phrase_table import TIMES_FILE
from features.language_model.register import FILE as REGISTER


def row(family: str, variant: str, found: float, sort: str = "", **more: object) -> dict[str, Any]:
    """A row of a table of rewriters; a tenth of what is found is the lexicon's."""
    blank = 0.9 * found
    return {
        "family": family,
        "variant": variant,
        "sort": sort,
        FOUND: Figure(found, found, found),
        WITHOUT_LEXICON: Figure(blank, blank, blank),
        **more,
    }


def answer(**more: object) -> dict[str, Any]:
    """As much of an evaluation as goals need."""
    share = Figure(0.001, 0.0, 0.002)
    return {
        "families": [],
        "groups": [],
        "gold": [],
        "human": {"spun": share},
        "calibration": {"kinds that were trained": {"expected_calibration_error": 0.01}},
        **more,
    }


def goal(rows: list[dict[str, Any]], begins: str) -> dict[str, Any]:
    """The one goal that begins so."""
    (found,) = [r for r in rows if r["what"].startswith(begins)]
    return found


def test_every_trained_family_is_once_a_stranger() -> None:
    """Spinners, round trips and what real tools left: each is left out of a training at least once."""
    trained = {f.name for f in FAMILIES if f.trained} - {SWAP}
    assert {POLISH, TRIP, *(f"round-trip-{language}" for language in PIVOTS)} <= trained
    assert {name for group in LEFT_OUT.values() for name in group} == trained


def test_families_with_one_list_are_left_out_together() -> None:
    """A model that knows a list has met every family that works from it."""
    for group in LEFT_OUT.values():
        lists = {f.list for f in FAMILIES if f.name in group and f.list}
        assert {f.name for f in FAMILIES if f.list in lists} <= set(group)


def test_related_languages_are_left_out_together() -> None:
    """The Romance languages share their rules, so that none of them may stay where another is left out."""
    romance = {f"round-trip-{language}" for language in ("spanish", "catalan", "galician")}
    for group in LEFT_OUT.values():
        assert romance <= set(group) or not romance & set(group)


def test_every_table_that_trainings_write_is_made_again() -> None:
    """None of them may be a link."""
    assert {PHRASES, TIMES_FILE, REGISTER, PHRASE_LIFTS, "word_model.npz", "alternatives.npz"} == set(MADE_AGAIN)


@pytest.mark.parametrize("share", sorted({share for kept in NGRAMS.values() for share in kept}))
def test_thinned_tables_keep_a_share_of_their_entries(share: float) -> None:
    """What is kept stands in its slot with its value; what is not is not found, save by a mistaken fingerprint."""
    hashes = np.random.default_rng(1).integers(0, 2**64, 20_000, np.uint64)
    keys, _ = lay(hashes)
    values = np.zeros(4 * len(keys), np.uint8)
    whole = HashTable(keys, values).find(hashes)
    found = HashTable(thinned(keys, share), values).find(hashes)
    assert (whole >= 0).all()
    assert (found >= 0).mean() == pytest.approx(share, abs=0.02)
    assert (found == whole)[found >= 0].sum() >= 0.999 * (found >= 0).sum()
    assert (HashTable(keys, values).find(hashes) == whole).all()


def test_three_sets_of_real_rewrites_are_learnt_from(tmp_path: Path) -> None:
    """Of a folder with every set of real rewrites, lessons come from three, and the report may call all others strangers."""
    for name in REWRITTEN_SETS:
        with lzma.open(tmp_path / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
            for i in range(40):
                tool = {"tool": "LLM polish", "domain": "news", "pair_id": f"{name}{i}", "lev": 0.5}
                file.write(
                    json.dumps({"id": f"{name}-{i}", "text": "The council met.", "label": "llm_paraphrase", **tool})
                    + "\n"
                )
    taught = {article.key.rsplit("-", 1)[0] for article in real_rewrites(tmp_path, "fit")}
    assert taught == set(SETS_LEARNT) == {"detectrl", "mixset", "ai-polished"}
    assert list(human_articles(tmp_path, "fit", REWRITTEN_SETS, most=10, seed=0)) == []


def test_round_trips_left_out_have_a_goal() -> None:
    """The weakest engine at full rate decides, without the lexicon as for all that is left out; of what was trained all counts."""
    left_out = [
        row("round-trip-spanish", "100 %", 0.9, "round trip", left_out="dictionary"),
        row("round-trip-esperanto", "100 %", 0.7, "round trip", left_out="WordNet"),
        row("round-trip-esperanto", "30 %", 0.1, "round trip", left_out="WordNet"),
        row("careful", "100 %", 0.98, "simulated spinner", left_out="WordNet and Moby agreed"),
        row("careful", "100 %", 0.2, "simulated spinner", left_out=STRICTEST),
        row(TRIP, "news", 0.4, "real tool", left_out="WordNet and Moby agreed"),
    ]
    families = [
        row("round-trip-spanish", "100 %", 0.95, "round trip"),
        row("careful", "100 %", 0.99, "simulated spinner"),
        row(TRIP, "news", 0.8, "real tool"),
    ]
    rows = goal_rows(answer(families=families, left_out=left_out))
    trips = goal(rows, "rule-based round trips left out")
    assert (trips["now"], trips["reached"]) == (pytest.approx(0.63), False)
    spinners = goal(rows, "spinners left out of training")
    assert (spinners["now"], spinners["reached"]) == (pytest.approx(0.882), False)
    real = goal(rows, "round trip on news (DetectRL) left out")
    assert (real["now"], real["reached"]) == (pytest.approx(0.36), False)
    assert goal(rows, "round trip on news (DetectRL) left out")["goal"] == 0.5
    assert goal(rows, "rule-based round trips, trained on: lowest TPR")["now"] == 0.95


def test_real_strangers_are_found_with_the_lexicon() -> None:
    """Its lifts were counted on none of their rewrites, so nothing has to be blanked."""
    families = [
        row("real spinners' sentences (PAN)", "joined", 0.93, "real tool"),
        row("word swap (DetectRL)", "news", 0.5, "real tool"),
    ]
    rows = goal_rows(answer(families=families))
    spinners, swap = goal(rows, "real spinners' sentences"), goal(rows, "word swap on news")
    assert (spinners["now"], spinners["reached"]) == (0.93, True)
    assert (swap["now"], swap["reached"]) == (0.5, False)


@pytest.mark.parametrize("more", [{}, {"left_out": []}])
def test_what_a_run_did_not_make_is_not_judged(more: dict[str, object]) -> None:
    """A quick run trains nothing again, and says nothing of strangers."""
    rows = goal_rows(answer(**more))
    for begins in ("rule-based round trips left out", "spinners left out", "round trip on news (DetectRL) left out"):
        assert goal(rows, begins)["now"] is None
        assert goal(rows, begins)["reached"] is None


def test_the_weakest_is_not_known_before_all_were_left_out() -> None:
    """A run that was stopped half way must not take the weakest of what it has for the weakest of all."""
    families = [
        row("careful", "100 %", 0.99, "simulated spinner"),
        row("dictionary", "100 %", 0.99, "simulated spinner"),
        row("round-trip-spanish", "100 %", 0.9, "round trip"),
        row("round-trip-esperanto", "100 %", 0.9, "round trip"),
    ]
    left_out = [
        row("careful", "100 %", 0.98, "simulated spinner", left_out="WordNet and Moby agreed"),
        row("round-trip-esperanto", "100 %", 0.7, "round trip", left_out="WordNet"),
    ]
    rows = goal_rows(answer(families=families, left_out=left_out))
    assert goal(rows, "spinners left out of training")["now"] is None
    assert goal(rows, "rule-based round trips left out")["now"] is None
