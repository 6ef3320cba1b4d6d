"""The goals of the detector, and its current figures from the other tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from detector.lab.data.rewrites import POLISH, TRIP
from detector.lab.evaluation.curves import value
from detector.lab.evaluation.left_out import STRICTEST
from detector.lab.evaluation.samples import SIMULATED
from detector.lab.evaluation.samples import TRIP as ROUND_TRIPS

Row = Mapping[str, Any]

FOUND = "found_at_1_percent"
WITHOUT_LEXICON = "found_without_lexicon"
"""The figure for left-out rewriters: without the lexicon, whose lifts were counted on simulated spinners."""

LARGE = 100
"""Minimum size of a group: in a smaller one, a single article exceeds the limit of 1%."""


def goal_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The goals, the figures, and whether they reach the goals. Figures that this run did not measure are None.

    ``answer`` holds the results of :func:`detector.lab.evaluation.evaluate`.
    """
    families, left_out = answer["families"], answer.get("left_out", [])
    writers = [r for r in answer["groups"] if r["kind"] != "damaged copy"]
    seed = [r for r in answer["gold"] if r["text"] == "forelines_istanbul_talks"]
    simulated = {r["family"] for r in families if r["sort"] == SIMULATED}
    strangers = [
        r for r in left_out if r["left_out"] != STRICTEST and r["variant"] == "100 %" and r["family"] in simulated
    ]
    trips = [r for r in left_out if r["sort"] == ROUND_TRIPS]
    # The lowest figure is known only if every family was left out.
    strangers = strangers if _all_there(strangers, simulated) else []
    trips = trips if _all_there(trips, {r["family"] for r in families if r["sort"] == ROUND_TRIPS}) else []
    return [
        _least("circulating dictionary, rate 100%: TPR", 0.998, _found(families, "dictionary", "100 %")),
        _least("circulating dictionary, rate 30%: TPR", 0.92, _found(families, "dictionary", "30 %")),
        _least("circulating dictionary, rate 15%: TPR", 0.65, _found(families, "dictionary", "15 %")),
        _least("spinners left out of training, rate 100%: lowest TPR", 0.97, [r[WITHOUT_LEXICON] for r in strangers]),
        _least(
            "real spinners' sentences, joined, not trained on: TPR",
            0.92,
            _found(families, "real spinners' sentences (PAN)", "joined"),
        ),
        _least(
            "word swap on news (DetectRL), not trained on: TPR", 0.70, _found(families, "word swap (DetectRL)", "news")
        ),
        _least(
            "rule-based round trips left out of training: lowest TPR",
            0.80,
            _found_where(trips, ROUND_TRIPS, "100 %", WITHOUT_LEXICON),
        ),
        _least("rule-based round trips, trained on: lowest TPR", 0.80, _found_where(families, ROUND_TRIPS, "100 %")),
        _least(
            "round trip on news (DetectRL) left out of training: TPR",
            0.50,
            _found(left_out, TRIP, "news", WITHOUT_LEXICON),
        ),
        _least("round trip on news (DetectRL), trained on: TPR", 0.50, _found(families, TRIP, "news")),
        _least(
            "paraphrase of news by DIPPER, not trained on: TPR", 0.60, _found(families, "DIPPER (DetectRL)", "news")
        ),
        _least("language model's polish on news (DetectRL), trained on: TPR", 0.60, _found(families, POLISH, "news")),
        _most("human copy labelled spun, all groups", 0.005, [answer["human"]["spun"]]),
        _most(
            f"human copy labelled spun, worst group of at least {LARGE} articles",
            0.01,
            [r["spun"] for r in writers if r["articles"] >= LARGE],
        ),
        _most(
            "groups of human copy whose interval lies above 1%", 0, [float(sum(r["spun"].low > 0.01 for r in writers))]
        ),
        _most("copy by learners labelled spun", 0.01, _together([r for r in writers if r["kind"] == "learners"])),
        _least("seed article: recall of marks", 0.75, [r["places_found"] for r in seed]),
        _least("seed article: precision of marks", 0.85, [r["marks_right"] for r in seed]),
        _least(
            "seed article: original in the first three alternatives", 0.70, [r["original_in_first_three"] for r in seed]
        ),
        _most(
            "expected calibration error, rewriters trained on",
            0.02,
            [answer["calibration"]["kinds that were trained"]["expected_calibration_error"]],
        ),
    ]


def _all_there(rows: Sequence[Row], families: set[str]) -> bool:
    return families <= {r["family"] for r in rows}


def _together(rows: Sequence[Row]) -> list[float]:
    articles = sum(r["articles"] for r in rows)
    return [sum(r["spun"].value * r["articles"] for r in rows) / articles] if articles else []


def _found(rows: Sequence[Row], family: str, variant: str, what: str = FOUND) -> list[Any]:
    return [r[what] for r in rows if r["family"] == family and r["variant"] == variant and what in r]


def _found_where(rows: Sequence[Row], sort: str, variant: str, what: str = FOUND) -> list[Any]:
    return [r[what] for r in rows if r["sort"] == sort and r["variant"] == variant and what in r]


def _least(what: str, goal: float, figures: Iterable[Any]) -> dict[str, Any]:
    return _row(what, "at least", goal, [value(f) for f in figures], min, lambda now: now >= goal)


def _most(what: str, goal: float, figures: Iterable[Any]) -> dict[str, Any]:
    return _row(what, "at most", goal, [value(f) for f in figures], max, lambda now: now <= goal)


def _row(
    what: str,
    side: str,
    goal: float,
    figures: Sequence[float],
    worst: Callable[[Sequence[float]], float],
    reached: Callable[[float], bool],
) -> dict[str, Any]:
    now = worst(figures) if figures else None
    return {"what": what, "side": side, "goal": goal, "now": now, "reached": None if now is None else reached(now)}
