"""An article beside a second text, the suspected source: schema ``unspin.comparison/1``.

The template escapes everything that a stranger wrote; the other strings are plain text.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from detector.render import words as say
from detector.render.data import dump
from detector.render.markup import marked, paragraphs
from detector.render.templating import render
from detector.word_alignment import Gap, Pair, gaps, longest_runs, matched
from features.document import Document, Span

SCHEMA = "unspin.comparison/1"

# A longer stretch that differs is other text, not another wording.
_LONGEST_SUBSTITUTION = 6
_SHARED_RUN = 8
_MOST_ROWS = 500


class _Place(NamedTuple):
    """A stretch to mark: ``number`` ties both sides together; -1 for words that only one text has."""

    span: Span
    number: int


def compare_json(text: str, original: str) -> bytes:
    """What :func:`compare` gives, as UTF-8 on one line."""
    return dump(compare(text, original), indent=None).encode()


def compare(text: str, original: str) -> dict[str, Any]:
    """Two texts side by side, row by row, with what was put in place of what.

    Returns
    -------
    dict
        ``summary`` (sentences), ``rows`` (pairs of HTML: a paragraph of the article, what matches it in the second
        text), ``substitutions`` (wordings that differ, most frequent first).
    """
    here, there = Document(text), Document(original)
    ours, theirs = _keys(here), _keys(there)
    pairs = matched(ours, theirs)
    left, right, substitutions = _differences(here, there, list(gaps(pairs, len(ours), len(theirs))))
    cuts = _cuts(here, there, pairs)
    return {
        "schema": SCHEMA,
        "summary": _summary(here, pairs, substitutions),
        "rows": [
            [
                str(render("comparison.html", lines=marked(whole, (), places, within)))
                for whole, places, within in ((text, left, stretch), (original, right, beside))
            ]
            for stretch, beside in zip(_stretches(text), cuts, strict=True)
        ],
        "substitutions": _table(here, there, substitutions),
    }


def _keys(document: Document) -> list[str]:
    return [document[span].casefold().replace("’", "'") for span in document.words]


def _summary(here: Document, pairs: Sequence[Pair], substitutions: Sequence[Gap]) -> list[str]:
    words = len(here.words)
    if not pairs:
        return ["The two texts share no words in the same order."]
    share = round(100 * len(pairs) / words)
    said = [
        f"{len(pairs):,} of the article's {words:,} words ({share}%) are in the second text in the same order.",
        f"{say.count(len(substitutions), 'short wording differs', 'short wordings differ')} in between.",
    ]
    runs = longest_runs(pairs, _SHARED_RUN)
    if runs:
        start, end = max(runs, key=lambda run: run[1] - run[0])
        said.append(
            f"{say.count(len(runs), 'run')} of {_SHARED_RUN} words or more are the same word for word. The longest has "
            f"{end - start:,} words."
        )
    said.append("Two honest reports of one event share names, figures and quotes. Read both before you conclude.")
    return said


def _differences(here: Document, there: Document, found: Iterable[Gap]) -> tuple[list[_Place], list[_Place], list[Gap]]:
    left: list[_Place] = []
    right: list[_Place] = []
    substitutions: list[Gap] = []
    for gap in found:
        for part in _word_by_word(gap):
            number = -1
            if _is_substitution(here, there, part):
                number = len(substitutions)
                substitutions.append(part)
            if part.here[0] < part.here[1]:
                left.append(_Place(_span(here, part.here), number))
            if part.there[0] < part.there[1]:
                right.append(_Place(_span(there, part.there), number))
    return left, right, substitutions


def _word_by_word(gap: Gap) -> list[Gap]:
    """A short gap of as many words on both sides is so many single substitutions; any other stays whole."""
    size = gap.here[1] - gap.here[0]
    if size != gap.there[1] - gap.there[0] or size > _LONGEST_SUBSTITUTION:
        return [gap]
    return [
        Gap((gap.here[0] + at, gap.here[0] + at + 1), (gap.there[0] + at, gap.there[0] + at + 1)) for at in range(size)
    ]


def _is_substitution(here: Document, there: Document, gap: Gap) -> bool:
    for document, (start, end) in ((here, gap.here), (there, gap.there)):
        if not 0 < end - start <= _LONGEST_SUBSTITUTION or "\n" in document[_span(document, (start, end))]:
            return False
    return True


def _span(document: Document, run: tuple[int, int]) -> Span:
    return Span(document.words[run[0]].start, document.words[run[1] - 1].end)


def _table(here: Document, there: Document, substitutions: Iterable[Gap]) -> list[dict[str, Any]]:
    times: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], int] = {}
    spelled: dict[tuple[str, str], tuple[str, str]] = {}
    for number, gap in enumerate(substitutions):
        wording = tuple(
            say.visible(say.squeeze(document[_span(document, run)]))
            for document, run in ((here, gap.here), (there, gap.there))
        )
        key = (wording[0].casefold(), wording[1].casefold())
        times[key] += 1
        first.setdefault(key, number)
        spelled.setdefault(key, (wording[0], wording[1]))
    ranked = sorted(times, key=lambda key: (-times[key], first[key]))
    return [
        {"here": spelled[key][0], "there": spelled[key][1], "times": times[key], "first": first[key]}
        for key in ranked[:_MOST_ROWS]
    ]


# --- the rows ------------------------------------------------------------------------------------------------------


def _stretches(text: str) -> list[Span]:
    return list(paragraphs(text)) or [Span(0, len(text))]


def _cuts(here: Document, there: Document, pairs: Sequence[Pair]) -> list[Span]:
    """For each paragraph of the article the stretch of the second text beside it; together they are the whole text.

    A cut falls at the beginning of the sentence that holds the first word matched by the paragraph.
    """
    starts = [here.words[pair.here].start for pair in pairs]
    sentences = [sentence.start for sentence in there.sentences]
    cuts: list[int] = []
    at = len(there.text)
    for stretch in reversed(_stretches(here.text)):
        first = bisect_left(starts, stretch.start)
        if first < len(pairs) and starts[first] < stretch.end:
            word = there.words[pairs[first].there].start
            sentence = sentences[max(0, bisect_right(sentences, word) - 1)] if sentences else 0
            at = min(at, sentence)
        cuts.append(at)
    begins = cuts[::-1]
    begins[0] = 0
    return [Span(begin, end) for begin, end in zip(begins, [*begins[1:], len(there.text)], strict=True)]
