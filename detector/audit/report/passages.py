"""Select the marks of an article with their likely originals, and the passages with the strongest marks."""

import re
from collections.abc import Iterable, Sequence

from detector.audit.report.figures import Piece, Wording
from detector.audit.row import Mark
from detector.render.words import kind_of, squeeze

MOST_WORDINGS = 12
_MOST_PASSAGES = 3
_REACH = 110
"""Code points of context on either side of a mark."""


def wordings(marks: Iterable[Mark]) -> tuple[Wording, ...]:
    """The marks without repeats, those with a likely original first, then by strength.

    >>> [(w.wording, w.times) for w in wordings([
    ...     Mark("odd_synonyms", 0, 6, "stated", "", ("said",), 0.5),
    ...     Mark("odd_synonyms", 9, 15, "Stated", "", ("said",), 0.9),
    ... ])]
    [('Stated', 2)]
    """
    groups: dict[tuple[str, str, str], list[Mark]] = {}
    for mark in marks:
        reason = mark.expected[0].casefold() if mark.expected else mark.message
        groups.setdefault((kind_of(mark.feature).key, squeeze(mark.text).casefold(), reason), []).append(mark)
    found = []
    for group in groups.values():
        heaviest = max(group, key=lambda m: m.weight)
        times = len({(m.start, m.end) for m in group})
        found.append(
            Wording(
                squeeze(heaviest.text), heaviest.expected, heaviest.feature, heaviest.message, times, heaviest.weight
            )
        )
    return tuple(sorted(found, key=lambda w: (not _swapped(w), -w.weight, -w.times, w.wording)))


def _swapped(wording: Wording) -> bool:
    return bool(wording.expected) and kind_of(wording.feature).swapped


def passages(text: str, marks: Iterable[Mark]) -> tuple[tuple[Piece, ...], ...]:
    """The passages of a text with the strongest marks, in order, each divided into plain and marked pieces.

    A mark whose words differ from the text at its place is left out, because it belongs to another text.

    >>> text = "Officials stated it."
    >>> passages(text, [Mark("odd_synonyms", 10, 16, "stated", "", ("said",), 0.9)])
    ((Piece(text='Officials ', ...), Piece(text='stated', feature='odd_synonyms', expected=('said',)), Piece(...)),)
    """
    placed = _apart(m for m in marks if 0 <= m.start < m.end <= len(text) and _quotes(text, m))
    groups: list[list[Mark]] = []
    for mark in placed:
        if groups and mark.start - groups[-1][-1].end <= _REACH and mark.end - groups[-1][0].start <= 5 * _REACH:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    heaviest = sorted(groups, key=lambda group: (-sum(m.weight for m in group), group[0].start))[:_MOST_PASSAGES]
    shown = sorted(heaviest, key=lambda group: group[0].start)
    return tuple(_cut(text, group, placed) for group in shown)


def _quotes(text: str, mark: Mark) -> bool:
    # A store cuts very long marks.
    return bool(mark.text) and text[mark.start : mark.end].startswith(mark.text)


def _apart(marks: Iterable[Mark]) -> list[Mark]:
    """The marks in order without overlaps; of two that overlap, the stronger one stays."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (-m.weight, m.start, m.end)):
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda m: m.start)


def _cut(text: str, group: Sequence[Mark], placed: Sequence[Mark]) -> tuple[Piece, ...]:
    # The context ends half-way to the next mark, so that no mark looks unmarked and no text appears twice.
    before = max((m.end for m in placed if m.end <= group[0].start), default=-group[0].start)
    after = min((m.start for m in placed if m.start >= group[-1].end), default=2 * len(text) - group[-1].end)
    floor = max(0, (before + group[0].start) // 2, group[0].start - _REACH)
    ceiling = min(len(text), (group[-1].end + after) // 2, group[-1].end + _REACH)
    start = _word_start(text, floor)
    end = _word_end(text, ceiling)
    pieces = [Piece("… ")] if text[:start].strip() else []
    at = min(start, group[0].start)
    for mark in group:
        pieces += [
            Piece(_flat(text[at : mark.start])),
            Piece(_flat(text[mark.start : mark.end]), mark.feature, mark.expected),
        ]
        at = mark.end
    pieces.append(Piece(_flat(text[at : max(at, end)])))
    if text[end:].strip():
        pieces.append(Piece(" …"))
    return tuple(piece for piece in pieces if piece.text)


def _flat(text: str) -> str:
    """The text with each run of white space as one space, so that a passage has no line breaks."""
    return re.sub(r"\s+", " ", text)


def _word_start(text: str, at: int) -> int:
    """The first word start from ``at`` within 25 code points, else ``at``."""
    if at == 0:
        return 0
    for place in range(at, min(len(text), at + 25)):
        if text[place - 1].isspace():
            return place
    return at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    for place in range(at, max(0, at - 25), -1):
        if text[place].isspace():
            return place
    return at
