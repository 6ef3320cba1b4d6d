"""Write the report of an evaluation. Every figure comes from the run."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from detector.lab.evaluation import plots
from detector.lab.evaluation.curves import band_name
from detector.lab.evaluation.intervals import FEWEST_STORIES, Figure
from detector.lab.evaluation.left_out import LEFT_OUT, STRICTEST
from detector.lab.evaluation.samples import COMBINED, MODEL, REAL, SIMULATED, TRIP, UNMET

PLOTS = "evaluation"
"""Folder of the plots, next to the report."""

Row = Mapping[str, Any]


def write_report(answer: Mapping[str, Any], out: Path) -> None:
    """Write ``evaluation.json``, and its page and plots."""
    (out / PLOTS).mkdir(parents=True, exist_ok=True)
    text = json.dumps(plain(answer), indent=0, ensure_ascii=False, allow_nan=False)
    (out / "evaluation.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    # Read the file again, so that a later page from the same file has the same digits.
    written = read_answer(out / "evaluation.json")
    for name, svg in _plots(written).items():
        (out / PLOTS / name).write_text(svg, encoding="utf-8", newline="\n")
    (out / "EVALUATION.md").write_text(markdown(written), encoding="utf-8", newline="\n")


def read_answer(path: Path) -> dict[str, Any]:
    """Read an ``evaluation.json``, with its figures as :class:`Figure`."""

    def figure(read: dict[str, Any]) -> Any:  # noqa: ANN401 - a figure, or the mapping as it is
        if read.keys() != {"value", "low", "high"}:
            return read
        return Figure(*(math.nan if read[end] is None else read[end] for end in Figure._fields))

    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), object_hook=figure)
    return found


def plain(value: Any) -> Any:  # noqa: ANN401 - any tree of figures
    """Plain values: figures as ``{value, low, high}``, rounded. Unmeasured values are None.

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
    """The whole report as Markdown."""
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
        _disguises(answer.get("disguises", [])),
        _cascade(answer.get("cascade", {})),
        _agreement(answer["agreement"]),
        _splits(answer),
    ]
    # Names in evaluation.json, such as the variant "100 %", are keys and keep their space.
    return re.sub(r"(?<=\d) %", "%", "\n\n".join(s.strip() for s in sections if s)) + "\n"


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
    """A figure with its interval, usually with two decimals.

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
    # Three decimals from .99, so that .998 does not look perfect.
    text = f"{value:.3f}" if 0.99 <= value < 1 else f"{value:.2f}"
    return text[1:] if text.startswith("0.") else text


def percents(figure: Figure) -> str:
    """A small share with its interval, in percent.

    >>> percents(Figure(0.004, 0.001, 0.0151))
    '0.4% (0.1-1.5)'
    """
    if math.isnan(figure.value):
        return "-"
    return f"{figure.value * 100:.1f}% ({figure.low * 100:.1f}-{figure.high * 100:.1f})"


def _opening(answer: Mapping[str, Any]) -> str:
    about = answer["about"]
    at = about["thresholds"]
    quick = "\n\n**A quick run: few texts, wide intervals. Not for quoting.**" if about["quick"] else ""
    note = f"\n\n{about['note']}" if about.get("note") else ""
    return f"""\
# Evaluation

`unspin evaluate DATA` writes this page. Every figure comes from `evaluation.json`; none was typed by hand.{quick}

Model: `{about["signature"]}`, seed {about["seed"]}. An article is labelled `spun` from a probability of \
{at["spun"]:.4f} and `suspect` from {at["suspect"]:.4f}. Both thresholds were set on {at["articles"]:,} other human articles.{note}

How to read the tables:

- All texts are held out. Their stories, outlets or pairs were not used to count n-grams, train or calibrate. \
The last section shows how this was checked.
- *Human copy* in the tables of rewrites is {about["news"]:,} articles by reporters, from {about["news_sets"]} data sets. \
{about["news_outlets"]} of their outlets are new to the model. unspin judges {about["news_judged"]:,} of these articles and abstains on \
the rest.
- *TPR at 1% FPR* is the share of rewrites that score higher than 99% of that human copy. *At 5% FPR* is the same for 95%.
- *Variant* is the rate of a simulated spinner: the share of replaceable words that it changes. For other rewriters it is the data \
set's own name.
- *AUROC* is the chance that a rewrite scores higher than a human article. *AUROC, own originals* compares each rewrite \
with the article that it was made from.
- *No lexicon* is the TPR at 1% FPR when the lexicon's columns are blanked, in rewrites and in human copy.
- *Labelled spun* counts the labels that a user gets. Articles on which unspin abstains count as not labelled.
- *Judged* is the number of texts that unspin judges. AUROC and TPR are computed on these.
- Brackets hold 95% intervals. For rewrites they come from a bootstrap over stories ({about["replicates"]:,} replicates); \
rows with fewer than {FEWEST_STORIES} stories have none. For human copy and for marks they are Wilson intervals. Marks in one \
article are not independent, so their intervals are too narrow."""


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
        "## Goals\n\nTPR is at 1% FPR.\n\n"
        + table(["what", "goal", "now", "reached"], body)
        + "\n\nFor leave-one-out rows, both the model and the lexicon exclude the rewriter. The lexicon has never seen the "
        "real spinners and word swaps either. The seed article is `forelines_istanbul_talks`, a real spun article. The "
        "developers know it, so it is not a blind test."
    )


def _goal(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "-"
    return f"{value:.3f}".rstrip("0").rstrip(".") if value else "0"


def _left_out(answer: Mapping[str, Any]) -> str:
    title = "## Rewriters left out of training\n\n"
    rows = answer.get("left_out", [])
    trained = _by_family(answer)
    text = title + (
        "How well does unspin detect a tool that it was not trained on? For each table, a model is trained again without "
        "the rewriters named in the heading. Rewriters that share a word list are left out together, and so are round trips through "
        "related languages. The last column is the shipped model, which was trained on all of them.\n\n"
        "These models have the first stage alone: no reader was trained without the family.\n\n"
        "The thesaurus still supplies candidate originals. Substitutions observed for the left-out family are removed. "
        "These models learn from half as many stories as the shipped one, and the phrasing feature from a quarter of the copy.\n\n"
        "One feature still knows the left-out spinners. The lexicon's lifts were counted on other stories rewritten by every simulated "
        "spinner except `moby-wild`, and on no real tool. Read the column *no lexicon* for a model that knows nothing of them.\n\n"
    )
    if not rows:
        text += "This run did not train such models. Run `unspin evaluate` without `--quick` and `--no-left-out`.\n"
    for name, families in LEFT_OUT.items():
        own = [r for r in rows if r["left_out"] == name]
        if not own:
            continue
        text += (
            f"### Without {_LISTS.get(name, name)}\n\nLeft out: {', '.join(families)}.\n\n"
            if name != STRICTEST
            else f"### Without {name}\n\nTrained on the circulating dictionary alone.\n\n"
        )
        text += table(
            [
                "rewriter",
                "variant",
                "AUROC",
                "TPR at 1% FPR",
                "no lexicon",
                "at 5% FPR",
                "labelled spun",
                "trained on: TPR at 1% FPR",
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
                    _of_shipped(trained, r),
                ]
                for r in own
            ],
        )
        text += "\n\n"
    learnt = ", ".join(answer["about"]["real_families_in_training"])
    text += (
        f"Some real tools of the next tables gave other stories to training: {learnt}. The model has seen none of the other "
        "real tools. It was trained on the rule-based round trips, with the same four pairs of languages.\n"
    )
    return text


_LISTS = {
    "dictionary": "the circulating dictionary",
    "WordNet and Moby agreed": "synonyms on which WordNet and Moby agree",
}
"""Names of shared word lists in headings, where they differ from the keys."""


def _of_shipped(trained: Mapping[tuple[str, str], Row], row: Row) -> str:
    """The shipped model's true positive rate in the same row; a dash if this run did not measure it."""
    own = trained.get((row["family"], row["variant"]))
    return "-" if own is None else share(own["found_at_1_percent"])


def _by_family(answer: Mapping[str, Any]) -> dict[tuple[str, str], Row]:
    """The shipped model's row of each family and variant."""
    return {(r["family"], r["variant"]): r for r in answer["families"]}


_SORT_TITLES = {
    SIMULATED: "Simulated spinners (trained on their other rewrites)",
    UNMET: "Simulated spinners that no model was trained on",
    COMBINED: "Spinners that rewrite only parts, and tortured phrases",
    TRIP: "Round trips through a rule-based engine (trained on their other rewrites)",
    REAL: "Real tools (only DetectRL's round trip was trained on, with other stories)",
    MODEL: "Paraphrase and polish by language models (polish was trained on, with other stories)",
}


def _families(answer: Mapping[str, Any]) -> str:
    text = f"## Each kind of rewriting, by the shipped model\n\n![TPR at 1% FPR by rate]({PLOTS}/rates.svg)\n"
    for sort, title in _SORT_TITLES.items():
        rows = [r for r in answer["families"] if r["sort"] == sort]
        if not rows:
            continue
        text += f"\n### {title}\n\n" + table(
            [
                "rewriter",
                "variant",
                "judged",
                "AUROC",
                "AUROC, own originals",
                "TPR at 1% FPR",
                "no lexicon",
                "at 5% FPR",
                "labelled spun",
                "spun or suspect",
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
    """The number of judged rewrites, and the total if it differs.

    >>> _judged({"articles": 52, "judged": 36}), _judged({"articles": 9, "judged": 9}), _judged({"articles": 9, "judged": 0})
    ('36 of 52', '9', '9')
    """
    # Single sentences are ranked although unspin would abstain on all of them.
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
        "## By length in words\n\nTPR at 1% FPR. The threshold is the same for all lengths.\n\n"
        + table(["rewriter", "variant", *(band_name(*b) for b in bands)], body)
        + "\n\nHuman copy of the same lengths, wrongly flagged at the shipped thresholds:\n\n"
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

How many human articles are wrongly flagged at the shipped thresholds? Of {overall["articles"]:,} articles, \
{percents(overall["spun"])} are labelled `spun` and {percents(overall["suspect"])} `suspect`. That counts every group but \
damaged copy. An article can belong to several groups. Training used other texts by learners, teachers, translators \
and paraphrasers as human copy.

![human copy labelled spun]({PLOTS}/groups.svg)
"""
    for kind in dict.fromkeys(r["kind"] for r in rows):
        text += f"\n### {kind[0].upper() + kind[1:]}\n\n" + table(
            ["group", "articles", "spun", "suspect", "abstained"],
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
        f"## Calibration\n\n![reliability]({PLOTS}/reliability.svg)\n\nHuman copy and rewrites have equal weight, as "
        "calibration assumes. There are 15 bins of equal weight.\n\n"
        + table(
            ["rewrites", "texts", "expected calibration error", "Brier score"],
            [
                [name, f"{r['rewrites']:,}", f"{r['expected_calibration_error']:.3f}", f"{r['brier']:.3f}"]
                for name, r in curves.items()
            ],
        )
    )


def _located(answer: Mapping[str, Any]) -> str:
    head = ["places", "marks", "recall", "precision", "original first", "in first three"]

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

A *place* is a wording that the rewriter changed. *Recall* is the share of places that a mark touches. *Precision* is the \
share of marks that touch a place. The last two columns say, for the places found, whether the original is the first \
alternative or among the first three. On human copy every mark is wrong: unspin makes \
{human["marks_per_1000_words"]:.2f} marks in 1,000 words.

### Simulated spinners

"""
    text += table(["family", "variant", *head], [[r["family"], r["variant"], *cells(r)] for r in answer["located"]])
    if answer["gold"]:
        text += "\n\n### Articles with marks by an editor\n\n" + table(
            ["article", "label", "probability", *head],
            [[r["text"], r["label"], _number(r["probability"]), *cells(r)] for r in answer["gold"]],
        )
    if answer["clean_seeds"]:
        text += "\n\n### Clean articles from the same folders\n\n" + table(
            ["article", "label", "probability", "marks"],
            [[r["text"], r["label"], _number(r["probability"]), str(r["marks"])] for r in answer["clean_seeds"]],
        )
    return text


def _grammar(rows: Sequence[Row]) -> str:
    probes = list(rows[0]["found_at_1_percent"])
    return (
        "## Grammar checker\n\nThe shipped model with Harper, with LanguageTool and with no checker, each with its own "
        "calibration and thresholds. Cells give the TPR at 1% FPR. LanguageTool's findings are shown to the reader but do not "
        "change the score, because no model was trained with them. Its row therefore equals that of no checker.\n\n"
        + table(
            ["checker", "human copy labelled spun", "labelled suspect", *probes],
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


_NGRAMS = {
    "pairs of words only": "bigrams only",
    "half of the pairs and of the runs of three": "half of the bigrams and trigrams",
}
"""Names of reduced n-gram tables in headings. The keys are names in evaluation.json."""


def _ablations(answer: Mapping[str, Any]) -> str:
    rows, ngrams = answer.get("ablations", []), answer.get("ngrams", [])
    if not rows:
        return ""
    probes = list(rows[0]["found_at_1_percent"])
    text = (
        "## What each part is worth\n\nAblations: the classifier is trained again on the same articles with some of its columns, without "
        "the reader. "
        "Cells give the TPR at 1% FPR.\n\n"
        + table(
            ["columns", "number", *probes],
            [[r["columns"], str(r["number"]), *(share(r["found_at_1_percent"][p]) for p in probes)] for r in rows],
        )
    )
    trained = _by_family(answer)
    for name in dict.fromkeys(r["ngrams"] for r in ngrams):
        text += f"\n\nWord model and classifier trained again with {_NGRAMS.get(name, name)}:\n\n" + table(
            ["rewriter", "variant", "AUROC", "TPR at 1% FPR", "shipped model: TPR at 1% FPR"],
            [
                [
                    r["family"],
                    r["variant"],
                    share(r["auroc"]),
                    share(r["found_at_1_percent"]),
                    _of_shipped(trained, r),
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
        f"## Other methods on the same texts\n\nMethods that need training got the same {found['fit']:,} articles as unspin's "
        "classifier. Cells give the TPR at 1% FPR on the same human copy.\n\n"
        + table(
            ["method", *probes],
            [[r["method"], *(share(r["found_at_1_percent"][p]) for p in probes)] for r in found["rows"]],
        )
    )
    for note in found["notes"]:
        text += f"\n\n{note}"
    return text


def _disguises(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    first = rows[0]
    return (
        "## Disguises\n\nEach trick hides a rewrite from a program and not from a reader. It was played on "
        f"{first['flagged']:,} rewrites that were flagged without it, and on {first['humans']:,} human articles. A rewrite "
        "is *missed* if the trick makes it clean or too short to judge, and *weaker* if `spun` becomes `suspect`. A human "
        "article is *harmed* if the trick makes its label worse.\n\n"
        + table(
            ("trick", "rewrites missed", "weaker", "human articles harmed"),
            ([row["disguise"], *(f"{row[name]:,}" for name in ("lost", "weaker", "harmed"))] for row in rows),
        )
    )


def _cascade(row: Row) -> str:
    if not row:
        return ""
    return (
        "## How much does an audit read?\n\nWith `--reader auto`, the reader reads only articles that the other features leave "
        f"open. That is {share(row['human_read'])} of human news and {share(row['rewrites_read'])} of the rewrites. Of the "
        f"rewrites that get a label when everything is read, {share(row['flagged_not_read'])} are not read and stay `clean`."
    )


def _agreement(row: Row) -> str:
    names = {
        "texts": "texts compared",
        "label_differs_from_batch": "texts that get another label in a batch than alone",
        "largest_difference_from_batch": "largest difference between the two probabilities",
        "largest_difference_from_estimator": "largest difference from the scikit-learn pipeline in the skops file",
        "page_differs": "web pages that show another probability",
        "json_differs": "JSON answers that hold another probability",
        "command_differs": "answers of `unspin check --json` that differ from the Python API",
    }
    return "## Do page, command and API agree?\n\n" + table(
        ["check", "result"], [[text, f"{row[key]:.2g}" if key in row else "not checked"] for key, text in names.items()]
    )


def _splits(answer: Mapping[str, Any]) -> str:
    return (
        "## How the test stories were kept apart\n\nA test story is left out if it overlaps with a story used in training or "
        f"calibration, or with copy counted into the n-grams. Overlap means more than {answer['about']['overlap']:.0%} of its running text "
        f"in common (shingles of {answer['about']['shingle']} words). If one text of a pair is left out, so is the other. A story that "
        f"two data sets contain counts once.{_general(answer['about']['training_metrics'].get('reference', {}))}\n\n"
        + table(
            ["data set", "test stories", "overlap with training", "overlap with counted copy", "kept"],
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
        f" The n-gram tables hold {reference['bigrams']:,} counted word pairs and {pairs:,} pairs from a public language model "
        "of general English (2015). The sources of its training text are not published, so it could not be kept apart from the test "
        "stories. The [lab notebook](log.md#7-general-english) has a check for leakage."
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
        "rates.svg": plots.lines_by_rate(lines, rates, "TPR at 1% FPR, by spinner and rate"),
        "groups.svg": plots.share_rows(groups, 0.01, "Human articles labelled spun, by group, with 95% intervals"),
        "reliability.svg": plots.reliability_curve({n: r["points"] for n, r in answer["calibration"].items()}),
    }
