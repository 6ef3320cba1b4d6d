"""Compare marks with the known changes in simulated rewrites and in seed articles with gold files.

A place is *found* if a mark touches it. A mark is *right* if it touches a place. An original is *named* if it is among
the first proposals of such a mark, as a whole proposal or as one of its words. Case is ignored.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from joblib import Parallel, delayed

from detector.checker import Checker
from detector.lab.data.stories import Article
from detector.lab.evaluation.intervals import wilson
from detector.lab.spinners import Spinner, spin_many
from detector.model import load
from detector.verdict import Label, Verdict
from features.document import Document
from features.feature import Evidence
from features.phrasing import Phrasing

FIRST = (1, 3)
"""Numbers of proposals that are compared with the original."""

SUBSTITUTION = "substitution"


class Place(NamedTuple):
    """A place that a careful editor would mark: a half-open span in code points, and the original wording."""

    start: int
    end: int
    original: str
    kind: str = SUBSTITUTION


@dataclass(frozen=True)
class Tally:
    """Counts over one or more texts, which can be added with ``+``.

    Parameters
    ----------
    texts, places, found, marks, right : int
        Texts, places, places touched by a mark, marks, and marks that touch a place.
    substitutions, first, third : int
        Found places with a substituted word, and those whose original is the first proposal, or among the first three.
    words : int
        Words in the texts.
    """

    texts: int = 0
    places: int = 0
    found: int = 0
    marks: int = 0
    right: int = 0
    substitutions: int = 0
    first: int = 0
    third: int = 0
    words: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def values(self) -> tuple[int, ...]:
        """The counts in order."""
        return (
            self.texts,
            self.places,
            self.found,
            self.marks,
            self.right,
            self.substitutions,
            self.first,
            self.third,
            self.words,
        )

    def row(self) -> dict[str, Any]:
        """The counts and the shares with Wilson intervals."""
        return {
            "texts": self.texts,
            "places": self.places,
            "marks": self.marks,
            "places_found": wilson(self.found, self.places),
            "marks_right": wilson(self.right, self.marks),
            "original_first": wilson(self.first, self.substitutions),
            "original_in_first_three": wilson(self.third, self.substitutions),
            "marks_per_1000_words": 1000 * self.marks / self.words if self.words else float("nan"),
        }


def compare(places: Sequence[Place], marks: Sequence[Evidence], words: int = 0) -> Tally:
    """Compares the marks of one text with its known places, without the marks of phrase patterns.

    Those explain the article's score. Most do not stand where a single word was changed.

    >>> from features.document import Span
    >>> marks = [Evidence("odd_synonyms", Span(3, 9), "odd", ("told", "said"), 0.9)]
    >>> compare([Place(3, 9, "said"), Place(20, 25, "talks")], marks).values()[:8]
    (1, 2, 1, 1, 1, 1, 0, 1)
    """
    marks = [m for m in marks if m.feature != Phrasing.name]
    found = [p for p in places if any(_touches(m, p) for m in marks)]
    right = [m for m in marks if any(_touches(m, p) for p in places)]
    substitutions = [p for p in found if p.kind == SUBSTITUTION and p.original]
    named = {n: sum(_names(p, marks, n) for p in substitutions) for n in FIRST}
    return Tally(
        1, len(places), len(found), len(marks), len(right), len(substitutions), named[FIRST[0]], named[FIRST[1]], words
    )


def _touches(mark: Evidence, place: Place) -> bool:
    return mark.span.start < place.end and place.start < mark.span.end


def _names(place: Place, marks: Sequence[Evidence], first: int) -> bool:
    want = place.original.lower()
    return any(
        want == proposal.lower() or want in proposal.lower().split()
        for mark in marks
        if _touches(mark, place)
        for proposal in mark.expected[:first]
    )


def read_gold(path: Path) -> list[Place]:
    """The places of a gold file: tab-separated start, end, span, original and kind. Other lines are comments."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isdigit()]
    return [Place(int(start), int(end), original, kind) for start, end, _, original, kind in rows]


def gold_pairs(folders: Iterable[Path]) -> list[tuple[Path, Path]]:
    """The pairs of texts and their gold files."""
    pairs = [
        (g.with_name(g.name.removesuffix(".gold.tsv") + ".txt"), g)
        for f in folders
        for g in sorted(f.glob("*.gold.tsv"))
    ]
    return [(text, gold) for text, gold in pairs if text.is_file()]


def gold_rows(checker: Checker, folders: Iterable[Path]) -> list[dict[str, Any]]:
    """The label, probability, and recall and precision of marks of each text with a gold file."""
    rows = []
    for text_path, gold_path in gold_pairs(folders):
        # Offsets count code points of the file, so line endings must not be translated.
        text = text_path.read_bytes().decode("utf-8")
        verdict = checker.check(Document(text))
        tally = compare(read_gold(gold_path), verdict.evidence, verdict.words)
        rows.append(
            {"text": text_path.stem, "label": verdict.label.value, "probability": verdict.probability, **tally.row()}
        )
    return rows


def clean_rows(checker: Checker, folders: Iterable[Path]) -> list[dict[str, Any]]:
    """The label, probability and marks of each clean text in the same folders."""
    rows = []
    for folder in folders:
        for path in sorted(folder.glob("*.txt")):
            if path.with_name(f"{path.stem}.gold.tsv").is_file():
                continue
            verdict = checker.check(Document(path.read_bytes().decode("utf-8")))
            rows.append(
                {
                    "text": path.stem,
                    "label": verdict.label.value,
                    "probability": verdict.probability,
                    **compare([], verdict.evidence, verdict.words).row(),
                }
            )
    return rows


def spun_tallies(
    root: Path,
    spinners: Mapping[str, Spinner],
    bases: Sequence[Article],
    rates: Sequence[float],
    *,
    seed: int,
    jobs: int,
) -> dict[tuple[str, float], tuple[Tally, Tally]]:
    """The counts over all rewrites, and over the flagged ones, for each family and rate."""
    tasks = [(name, rate) for name in spinners for rate in rates]
    parts = Parallel(n_jobs=jobs)(
        delayed(_tally)(root, spinners[name], [(f"{seed} located {name} {rate} {a.key}", a.text) for a in bases], rate)
        for name, rate in tasks
    )
    return dict(zip(tasks, parts, strict=True))


def human_tally(root: Path, bases: Sequence[Article], *, jobs: int) -> Tally:
    """The counts over human copy, where every mark is wrong."""
    batches = [bases[i : i + 25] for i in range(0, len(bases), 25)]
    parts = Parallel(n_jobs=jobs)(delayed(_human)(root, [a.text for a in batch]) for batch in batches)
    return sum(parts, Tally())


def _human(root: Path, texts: Sequence[str]) -> Tally:
    verdicts = [checker_of(root).check(Document(t)) for t in texts]
    return sum((compare([], v.evidence, v.words) for v in verdicts), Tally())


def _tally(root: Path, spinner: Spinner, items: Sequence[tuple[str, str]], rate: float) -> tuple[Tally, Tally]:
    everything, flagged = Tally(), Tally()
    # Rewrite all texts in one call, because the engine of the round trips starts more slowly than it translates.
    for made in spin_many(spinner, [text for _, text in items], [random.Random(key) for key, _ in items], rate):
        if not made.changes:
            continue
        verdict: Verdict = checker_of(root).check(Document(made.text))
        if verdict.label in (Label.TOO_SHORT, Label.NOT_ENGLISH):
            continue
        tally = compare([Place(*change) for change in made.changes], verdict.evidence, verdict.words)
        everything += tally
        if verdict.flagged:
            flagged += tally
    return everything, flagged


@cache
def checker_of(root: Path) -> Checker:
    """A checker with the model of a folder, opened once for each process."""
    tables = root / "features" / "tables"
    return Checker(model=load(root / "detector" / "artefact", tables=tables), tables=tables)
