"""The report: every figure in it comes from the run that wrote it."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from detector.lab.evaluation import plots
from detector.lab.evaluation.curves import band_name
from detector.lab.evaluation.families import COMBINED, MODEL, REAL, SIMULATED, TRIP
from detector.lab.evaluation.intervals import FEWEST_STORIES, Figure
from detector.lab.evaluation.left_out import LEFT_OUT, STRICTEST

PLOTS = "evaluation"
"""Folder of the plots, beside the report."""

Row = Mapping[str, Any]


def write_report(answer: Mapping[str, Any], out: Path) -> None:
    """Write ``EVALUATION.md``, ``evaluation.json`` and the plots."""
    (out / PLOTS).mkdir(parents=True, exist_ok=True)
    for name, svg in _plots(answer).items():
        (out / PLOTS / name).write_text(svg, encoding="utf-8", newline="\n")
    text = json.dumps(plain(answer), indent=1, ensure_ascii=False, allow_nan=False)
    (out / "evaluation.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    (out / "EVALUATION.md").write_text(markdown(answer), encoding="utf-8", newline="\n")


def plain(value: Any) -> Any:  # noqa: ANN401 - any tree of figures
    """Figures as ``{value, low, high}``, rounded; what was not measured is None.

    >>> plain({"a": Figure(0.123456, 0.1, float("nan"))})
    {'a': {'value': 0.12346, 'low': 0.1, 'high': None}}
    """
    if isinstance(value, Figure):
        return {"value": plain(value.value), "low": plain(value.low), "high": plain(value.high)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return None if math.isnan(value) or math.isinf(value) else round(float(value), 5)
    return value


def markdown(answer: Mapping[str, Any]) -> str:
    """The whole report."""
    sections = [
        _opening(answer),
        _goals(answer["goals"]),
        _left_out(answer),
        _families(answer),
        _bands(answer["families"], answer["human_by_length"]),
        _groups(answer["groups"], answer["human"]),
        _calibration(answer["calibration"]),
        _located(answer),
        _grammar(answer["grammar"]),
        _ablations(answer),
        _baselines(answer.get("baselines", {})),
        _agreement(answer["agreement"]),
        _splits(answer),
    ]
    return "\n\n".join(s.strip() for s in sections if s) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table.

    >>> print(table(["a", "b"], [["1", "2"]]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def share(figure: Any) -> str:  # noqa: ANN401 - a figure or a number
    """A figure with its interval, two decimals.

    >>> share(Figure(0.5, 0.4, 0.6))
    '.50 (.40-.60)'
    """
    if not isinstance(figure, Figure):
        return _number(figure)
    if math.isnan(figure.value):
        return "-"
    if math.isnan(figure.low):
        return _number(figure.value)
    return f"{_number(figure.value)} ({_number(figure.low)}-{_number(figure.high)})"


def _number(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "-"
    # 1.00 is kept for what was always so: .998 must not read as perfect.
    text = f"{value:.3f}" if 0.99 <= value < 1 else f"{value:.2f}"
    return text[1:] if text.startswith("0.") else text


def percents(figure: Figure) -> str:
    """A small share with its interval, in per cent.

    >>> percents(Figure(0.004, 0.001, 0.0151))
    '0.4 % (0.1-1.5)'
    """
    if math.isnan(figure.value):
        return "-"
    return f"{figure.value * 100:.1f} % ({figure.low * 100:.1f}-{figure.high * 100:.1f})"


def _opening(answer: Mapping[str, Any]) -> str:
    about = answer["about"]
    at = about["thresholds"]
    quick = "\n\n**A quick run: few texts, wide intervals. Not for quoting.**" if about["quick"] else ""
    return f"""\
# Evaluation

Written by `unspin evaluate DATA`; no figure here was typed by hand. The same figures are in `evaluation.json`.{quick}

Model: `{about["signature"]}`, seed {about["seed"]}. An article is called `spun` from a probability of \
{at["spun"]:.4f} and `suspect` from {at["suspect"]:.4f}; both were set on {at["articles"]:,} other human articles.

- Every text is of a story, outlet or pair that neither counted nor trained nor calibrated anything, as far as it can be \
known (last section).
- *Human copy* in the tables of rewrites is {about["news"]:,} articles by reporters, of {about["news_sets"]} sets and \
{about["news_outlets"]} outlets of which the model has seen nothing, {about["news_judged"]:,} of which it judges at all.
- *Found at 1 %*: share of the rewrites that score above all but 1 % of that human copy. *AUROC* is the chance that a \
rewrite scores above human copy; *own originals* compares with the human originals of the very same texts.
- *Called spun* counts at the shipped threshold, abstentions included: what a user gets.
- *Judged* is how many of the texts unspin judges at all; AUROC and shares found are of those.
- Brackets hold 95 % intervals: bootstrap over stories ({about["replicates"]:,} replicates) for rewrites, none where there \
are under {FEWEST_STORIES} stories; Wilson's for shares of human copy, and for marks, which are no independent witnesses, \
so that theirs are too narrow."""


def _goals(rows: Sequence[Row]) -> str:
    body = [
        [
            str(r["what"]),
            f"{r['side']} {_goal(r['goal'])}",
            _goal(r["now"]),
            {True: "yes", False: "no", None: "not measured"}[r["reached"]],
        ]
        for r in rows
    ]
    return (
        "## Against the goals\n\n"
        + table(["what", "goal", "now", "reached"], body)
        + "\n\nRewriters of which models are trained without them are found here without the lexicon (next section); real "
        "spinners and word swaps are strangers to the lexicon, too."
    )


def _goal(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "-"
    return f"{value:.3f}".rstrip("0").rstrip(".") if value else "0"


def _left_out(answer: Mapping[str, Any]) -> str:
    title = "## Rewriters that the model has never met\n\n"
    rows = answer.get("left_out", [])
    trained = _by_family(answer)
    text = title + (
        "Scored by models trained again without them and without every family that shares their list, and of round trips "
        "without every pair of related languages; right beside it the shipped model, which was trained with them. What a thesaurus lists stays among the "
        "alternatives of which originals are named; what the family was seen to put does not. These models learn from half as "
        "many stories as the shipped one, and phrasing from a quarter of the copy.\n\n"
    )
    if not rows:
        text += "This run did not train such models (`unspin evaluate` without `--quick` and `--no-left-out` does).\n"
    for name, families in LEFT_OUT.items():
        own = [r for r in rows if r["left_out"] == name]
        if not own:
            continue
        text += (
            f"### Without {name} ({', '.join(families)})\n\n"
            if name != STRICTEST
            else f"### Without {name}: trained on the circulating dictionary alone\n\n"
        )
        text += table(
            [
                "family",
                "words changed at",
                "AUROC",
                "found at 1 %",
                "no lexicon",
                "at 5 %",
                "called spun",
                "trained: found at 1 %",
            ],
            [
                [
                    r["family"],
                    r["variant"],
                    share(r["auroc"]),
                    share(r["found_at_1_percent"]),
                    _number(r["found_without_lexicon"].value),
                    share(r["found_at_5_percent"]),
                    share(r["called_spun"]),
                    share(trained[r["family"], r["variant"]]["found_at_1_percent"]),
                ]
                for r in own
            ],
        )
        text += "\n\n"
    learnt = " and ".join(answer["about"]["real_families_in_training"])
    text += (
        f"Of the rewrites by real tools in the next tables, {learnt} gave other stories to training; all other tools are "
        "strangers. The round trips through the rule-based engine were trained on, by the same four pairs of languages. "
        "One feature knows also spinners that are left out: the lifts of the lexicon were counted on other stories as every "
        "simulated spinner but Moby's wildest puts them, and on no real tool. *No lexicon* is what is found at 1 % where its "
        "columns are blanked, in rewrites and human copy.\n"
    )
    return text


def _by_family(answer: Mapping[str, Any]) -> dict[tuple[str, str], Row]:
    """The shipped model's row of each family and variant."""
    return {(r["family"], r["variant"]): r for r in answer["families"]}


_SORT_TITLES = {
    SIMULATED: "Simulated spinners (trained on others of their rewrites)",
    COMBINED: "Spinners that spare parts, and tortured phrases",
    TRIP: "Round trips through a rule-based engine (trained on others of them)",
    REAL: "Real tools (of these only DetectRL's round trip is trained on, by other stories)",
    MODEL: "Paraphrase and polish by language models (polish is trained on, by other stories)",
}


def _families(answer: Mapping[str, Any]) -> str:
    text = f"## Each kind of rewriting, by the shipped model\n\n![found by rate]({PLOTS}/rates.svg)\n"
    for sort, title in _SORT_TITLES.items():
        rows = [r for r in answer["families"] if r["sort"] == sort]
        if not rows:
            continue
        text += f"\n### {title}\n\n" + table(
            [
                "rewriter",
                "",
                "judged",
                "AUROC",
                "own originals",
                "found at 1 %",
                "no lexicon",
                "at 5 %",
                "called spun",
                "or suspect",
            ],
            [_family_cells(r) for r in rows],
        )
        text += "\n"
    return text


def _family_cells(row: Row) -> list[str]:
    return [
        row["family"],
        row["variant"],
        _judged(row),
        share(row.get("auroc")),
        _number(row["auroc_against_originals"]),
        share(row.get("found_at_1_percent")),
        _number(row["found_without_lexicon"].value) if "found_without_lexicon" in row else "-",
        share(row.get("found_at_5_percent")),
        share(row.get("called_spun")),
        share(row.get("called_suspect_or_spun")),
    ]


def _judged(row: Row) -> str:
    """How many rewrites AUROC and shares found are of, and of how many.

    >>> _judged({"articles": 52, "judged": 36}), _judged({"articles": 9, "judged": 9}), _judged({"articles": 9, "judged": 0})
    ('36 of 52', '9', '9')
    """
    # Single sentences are ranked although none of them would be judged.
    every = row["judged"] in (0, row["articles"])
    return f"{row['articles']:,}" if every else f"{row['judged']:,} of {row['articles']:,}"


def _bands(rows: Sequence[Row], human: Sequence[Row]) -> str:
    bands = [(h["from"], h["to"]) for h in human if h["from"]]
    body = []
    for row in rows:
        by_band = {(b["from"], b["to"]): b["found_at_1_percent"] for b in row.get("bands", ())}
        if len(by_band) > 1:
            body.append([row["family"], row["variant"], *(share(by_band.get(b)) for b in bands)])
    return (
        "## By length in words\n\nFound at 1 % of all human copy.\n\n"
        + table(["rewriter", "", *(band_name(*b) for b in bands)], body)
        + "\n\nHuman copy of the same lengths at the shipped thresholds:\n\n"
        + table(
            ["words", "articles", "spun", "suspect"],
            [
                [band_name(r["from"], r["to"]), f"{r['articles']:,}", percents(r["spun"]), percents(r["suspect"])]
                for r in human
            ],
        )
    )


def _groups(rows: Sequence[Row], overall: Row) -> str:
    text = f"""\
## Human copy

Shares flagged at the shipped thresholds. All groups together, damaged copy left out: {percents(overall["spun"])} \
`spun` and {percents(overall["suspect"])} `suspect` of {overall["articles"]:,} articles. One article may stand in \
several groups. Learners, teachers, translators and paraphrasers gave other stories to training as human copy.

![human copy called spun]({PLOTS}/groups.svg)
"""
    for kind in dict.fromkeys(r["kind"] for r in rows):
        text += f"\n### {kind[0].upper() + kind[1:]}\n\n" + table(
            ["group", "articles", "spun", "suspect", "no answer"],
            [
                [
                    r["group"],
                    f"{r['articles']:,}",
                    percents(r["spun"]),
                    percents(r["suspect"]),
                    f"{r['too_short'] + r['not_english']}",
                ]
                for r in rows
                if r["kind"] == kind
            ],
        )
        text += "\n"
    return text


def _calibration(curves: Mapping[str, Row]) -> str:
    return (
        f"## Calibration\n\n![reliability]({PLOTS}/reliability.svg)\n\nHalf of the weight is human copy and half "
        "rewrites, as calibration assumes; 15 bins of equal weight.\n\n"
        + table(
            ["rewrites", "texts", "expected calibration error", "Brier score"],
            [
                [name, f"{r['rewrites']:,}", f"{r['expected_calibration_error']:.3f}", f"{r['brier']:.3f}"]
                for name, r in curves.items()
            ],
        )
    )


def _located(answer: Mapping[str, Any]) -> str:
    head = ["places", "marks", "places found", "marks right", "original first", "among three"]

    def cells(row: Row) -> list[str]:
        return [
            f"{row['places']:,}",
            f"{row['marks']:,}",
            share(row["places_found"]),
            share(row["marks_right"]),
            share(row["original_first"]),
            share(row["original_in_first_three"]),
        ]

    human = answer["marks_on_human_copy"]
    text = f"""\
## Marks against the truth

A place is found when a mark touches it, a mark is right when it touches a place; originals are counted over the found \
places. On human copy, where every mark is wrong, unspin makes {human["marks_per_1000_words"]:.2f} marks in 1,000 words.

### Simulated spins

"""
    text += table(
        ["family", "words changed at", *head], [[r["family"], r["variant"], *cells(r)] for r in answer["located"]]
    )
    if answer["gold"]:
        text += "\n\n### Articles with a gold file\n\n" + table(
            ["article", "label", "probability", *head],
            [[r["text"], r["label"], _number(r["probability"]), *cells(r)] for r in answer["gold"]],
        )
    if answer["clean_seeds"]:
        text += "\n\n### Clean articles of the same folders\n\n" + table(
            ["article", "label", "probability", "marks"],
            [[r["text"], r["label"], _number(r["probability"]), str(r["marks"])] for r in answer["clean_seeds"]],
        )
    return text


def _grammar(rows: Sequence[Row]) -> str:
    probes = list(rows[0]["found_at_1_percent"])
    return (
        "## Grammar checker\n\nThe shipped model with the embedded checker, with LanguageTool and with none, each at its own "
        "calibration and thresholds; rewrites found at 1 % of human copy. What LanguageTool finds is shown to the reader and "
        "does not score, for no model was fitted on it: its row can only be that of none.\n\n"
        + table(
            ["checker", "human copy spun", "suspect", *probes],
            [
                [
                    r["checker"],
                    f"{r['human_spun']:.2%}",
                    f"{r['human_suspect']:.2%}",
                    *(share(r["found_at_1_percent"].get(p)) for p in probes),
                ]
                for r in rows
            ],
        )
    )


def _ablations(answer: Mapping[str, Any]) -> str:
    rows, ngrams = answer.get("ablations", []), answer.get("ngrams", [])
    if not rows:
        return ""
    probes = list(rows[0]["found_at_1_percent"])
    text = (
        "## What each part is worth\n\nThe classifier fitted again on the same articles; found at 1 % of human copy.\n\n"
        + table(
            ["columns", "number", *probes],
            [[r["columns"], str(r["number"]), *(share(r["found_at_1_percent"][p]) for p in probes)] for r in rows],
        )
    )
    trained = _by_family(answer)
    for name in dict.fromkeys(r["ngrams"] for r in ngrams):
        text += f"\n\nWord model and classifier trained again over {name}:\n\n" + table(
            ["rewriter", "", "AUROC", "found at 1 %", "over all of them: found at 1 %"],
            [
                [
                    r["family"],
                    r["variant"],
                    share(r["auroc"]),
                    share(r["found_at_1_percent"]),
                    share(trained[r["family"], r["variant"]]["found_at_1_percent"]),
                ]
                for r in ngrams
                if r["ngrams"] == name
            ],
        )
    return text


def _baselines(found: Mapping[str, Any]) -> str:
    if not found:
        return ""
    probes = list(next(iter(found["rows"]))["found_at_1_percent"])
    text = (
        f"## Other methods on the same texts\n\nTaught by the same {found['fit']:,} articles as the classifier, where "
        "they are taught at all; found at 1 % of the same human copy.\n\n"
        + table(
            ["method", *probes],
            [[r["method"], *(share(r["found_at_1_percent"][p]) for p in probes)] for r in found["rows"]],
        )
    )
    for note in found["notes"]:
        text += f"\n\n{note}"
    return text


def _agreement(row: Row) -> str:
    names = {
        "texts": "texts",
        "label_differs_from_batch": "labels that differ between single check and batch",
        "largest_difference_from_batch": "largest difference of probability between the two",
        "largest_difference_from_estimator": "largest difference from the scikit-learn pipeline in the skops file",
        "page_differs": "pages that show another probability",
        "json_differs": "JSON answers that hold another probability",
        "command_differs": "answers of the command `unspin check --json` that differ from the Python API's",
    }
    return "## Page, command and API\n\n" + table(
        ["", ""], [[text, f"{row[key]:.2g}" if key in row else "not asked"] for key, text in names.items()]
    )


def _splits(answer: Mapping[str, Any]) -> str:
    return (
        "## What the tests were made of\n\nTest stories of each set, and how many were left out because they share more "
        f"than {answer['about']['overlap']:.0%} of their running text (shingles of {answer['about']['shingle']} words) with a story "
        "that models were fitted or calibrated on, or that was counted into the n-grams; of a pair both sides go. "
        "A story that stands twice among the human copy of a table, as the originals of two sets or in two papers, counts "
        f"once.{_general(answer['about']['training_metrics'].get('reference', {}))}\n\n"
        + table(
            ["set", "test stories", "near what was taught", "near counted copy", "kept"],
            [
                [name, f"{r['stories']:,}", f"{r['near_taught']:,}", f"{r['near_reference']:,}", f"{r['kept']:,}"]
                for name, r in answer["splits"].items()
            ],
        )
    )


def _general(reference: Mapping[str, Any]) -> str:
    pairs = reference.get("general_bigrams", 0)
    if not pairs:
        return ""
    return (
        f" Beside the {reference['bigrams']:,} pairs of words that were counted stand {pairs:,} of general English, which come "
        "of a public language model of 2015. Nobody lists the texts behind it, so it alone could not be kept apart from the "
        "test stories; docs/log.md says what is known of that."
    )


def _plots(answer: Mapping[str, Any]) -> dict[str, str]:
    lines: dict[str, dict[str, Figure]] = {}
    rates: list[str] = []
    for row in answer["families"]:
        if row["sort"] == SIMULATED:
            lines.setdefault(row["family"], {})[row["variant"]] = row["found_at_1_percent"]
            rates += [row["variant"]] if row["variant"] not in rates else []
    groups = [(f"{r['group']} ({r['articles']})", r["spun"]) for r in answer["groups"]]
    return {
        "rates.svg": plots.lines_by_rate(
            lines, rates, "Rewrites found at a false positive rate of 1%, by family and rate"
        ),
        "groups.svg": plots.share_rows(groups, 0.01, "Human articles labelled spun, by group, with 95% intervals"),
        "reliability.svg": plots.reliability_curve({n: r["points"] for n, r in answer["calibration"].items()}),
    }
