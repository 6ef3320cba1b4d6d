"""Finds the changes in rewrites by other tools, by comparing them with their originals."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from detector.lab.spinners.spun import Change
from detector.word_alignment import matched
from features.document import Document, Span


class _Piece(NamedTuple):
    """A span of the rewrite, and the span of the original that it replaces or repeats."""

    new: Span
    old: Span


def align(original: str, rewritten: str) -> tuple[Change, ...]:
    """The changes between two texts, token by token.

    A run of unmatched tokens becomes one change. If both runs have the same number of tokens and the same white space,
    each token becomes one change. An insertion has the original ``""`` and includes the white space after it. A
    deletion is recorded at the next token, or at the last one if none follows. Different white space counts as a
    change. Undoing the changes gives the original exactly.

    >>> spun = "Officers stated the ongoing talks took a few long days"
    >>> [(spun[s:e], was) for s, e, was in align("Officials said the talks lasted a few days", spun)]
    [('Officers', 'Officials'), ('stated', 'said'), ('ongoing ', ''), ('took', 'lasted'), ('long ', '')]
    >>> [(was) for _, _, was in align("They also agreed to meet again", "They agreed to meet")]
    ['also agreed', 'meet again']
    """
    pieces: list[_Piece] = []
    for piece in _pieces(original, rewritten):
        if pieces and piece.new.start < pieces[-1].new.end:
            last = pieces.pop()
            pieces.append(_Piece(Span(last.new.start, piece.new.end), Span(last.old.start, piece.old.end)))
        else:
            pieces.append(piece)
    return tuple(Change(*new, original[old.start : old.end]) for new, old in pieces)


def _pieces(original: str, rewritten: str) -> Iterator[_Piece]:
    nothing = _Piece(Span(0, 0), Span(0, 0))
    end = _Piece(Span(len(rewritten), len(rewritten)), Span(len(original), len(original)))
    for before, after in pairwise([nothing, *_matches(original, rewritten), end]):
        new, old = Span(before.new.end, after.new.start), Span(before.old.end, after.old.start)
        if rewritten[new.start : new.end] == original[old.start : old.end]:
            continue
        new, old = _trim(rewritten, new, original, old)
        if new.start < new.end:
            yield from _token_by_token(rewritten, new, original, old)
        elif after is not end:
            yield _Piece(Span(new.start, after.new.end), Span(old.start, after.old.end))
        else:
            yield _Piece(Span(before.new.start, new.end), Span(before.old.start, old.end))


def _matches(original: str, rewritten: str) -> Iterator[_Piece]:
    old, new = Document(original), Document(rewritten)
    for pair in matched([new[t] for t in new.tokens], [old[t] for t in old.tokens]):
        yield _Piece(new.tokens[pair.here], old.tokens[pair.there])


def _trim(rewritten: str, new: Span, original: str, old: Span) -> tuple[Span, Span]:
    """Strip the white space that both spans share at their beginning and end."""
    (start, end), (was_start, was_end) = new, old
    while (
        start < end and was_start < was_end and rewritten[start] == original[was_start] and rewritten[start].isspace()
    ):
        start, was_start = start + 1, was_start + 1
    while (
        start < end
        and was_start < was_end
        and rewritten[end - 1] == original[was_end - 1]
        and rewritten[end - 1].isspace()
    ):
        end, was_end = end - 1, was_end - 1
    return Span(start, end), Span(was_start, was_end)


def _token_by_token(rewritten: str, new: Span, original: str, old: Span) -> Iterator[_Piece]:
    now, was = rewritten[new.start : new.end], original[old.start : old.end]
    new_tokens, old_tokens = Document(now).tokens, Document(was).tokens
    if len(new_tokens) != len(old_tokens) or _gaps(now, new_tokens) != _gaps(was, old_tokens):
        yield _Piece(new, old)
        return
    for (start, end), (was_start, was_end) in zip(new_tokens, old_tokens, strict=True):
        if now[start:end] != was[was_start:was_end]:
            yield _Piece(Span(new.start + start, new.start + end), Span(old.start + was_start, old.start + was_end))


def _gaps(text: str, tokens: tuple[Span, ...]) -> list[str]:
    ends = [0, *(token.end for token in tokens)]
    starts = [*(token.start for token in tokens), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]
