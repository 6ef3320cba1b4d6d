"""A rewritten text that records every replaced wording, and operations on such texts.

An :class:`Edit` refers to the original, and a :class:`Change` to the rewrite. Each can be derived from the other. So a
rewrite can be undone exactly, undone in part, or combined with another one.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable


class Change(NamedTuple):
    """One replacement, seen from the rewrite: ``spun.text[start:end]`` replaces ``original``.

    The span is half-open, in code points of the *new* text. For an insertion, ``original`` is empty. For a deletion,
    the span is the next word, and ``original`` is the deleted text with that word.
    """

    start: int
    end: int
    original: str


class Edit(NamedTuple):
    """One replacement, seen from the original: ``original[start:end]`` becomes ``new``. Half-open, in code points."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Spun:
    """A rewritten text with its exact changes.

    Parameters
    ----------
    changes : tuple of Change
        In order, not overlapping. Empty for an untouched text.

    Examples
    --------
    >>> spun = write("He said so. He said it twice.", [Edit(3, 7, "stated"), Edit(15, 19, "mentioned")])
    >>> spun.text
    'He stated so. He mentioned it twice.'
    >>> spun.changes
    (Change(start=3, end=9, original='said'), Change(start=17, end=26, original='said'))
    >>> restore(spun)
    'He said so. He said it twice.'
    """

    text: str
    changes: tuple[Change, ...] = ()


@runtime_checkable
class Spinner(Protocol):
    """A simulated rewriter."""

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article.

        ``rate``, 0 to 1, is the share of the replaceable occurrences that the rewriter tries to replace. The same text,
        state of ``rng`` and rate give the same result.
        """


def write(text: str, edits: Iterable[Edit]) -> Spun:
    """Apply edits that do not overlap, in any order. Edits that change nothing are not recorded."""
    pieces: list[str] = []
    changes: list[Change] = []
    done = length = 0
    for start, end, new in sorted(edits):
        original = text[start:end]
        if new == original:
            continue
        length += start - done
        pieces += text[done:start], new
        changes.append(Change(length, length + len(new), original))
        length += len(new)
        done = end
    pieces.append(text[done:])
    return Spun("".join(pieces), tuple(changes))


def restore(spun: Spun) -> str:
    """The original text."""
    pieces: list[str] = []
    done = 0
    for start, end, original in spun.changes:
        pieces += spun.text[done:start], original
        done = end
    pieces.append(spun.text[done:])
    return "".join(pieces)


def edits_of(spun: Spun) -> list[Edit]:
    """The changes as edits of the original, in order.

    >>> edits_of(Spun("He stated so.", (Change(3, 9, "said"),)))
    [Edit(start=3, end=7, new='stated')]
    """
    edits: list[Edit] = []
    shift = 0
    for start, end, original in spun.changes:
        at = start + shift
        edits.append(Edit(at, at + len(original), spun.text[start:end]))
        shift += len(original) - (end - start)
    return edits


def keep(spun: Spun, wanted: Callable[[Edit], bool]) -> Spun:
    """Undo every change except the wanted ones.

    >>> keep(Spun("He stated many things.", (Change(3, 9, "said"),)), lambda edit: edit.start > 10)
    Spun(text='He said many things.', changes=())
    """
    return write(restore(spun), [edit for edit in edits_of(spun) if wanted(edit)])


def overlay(first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """All of the first edits, and those of the second that do not overlap them. Both lists must be in order."""
    merged = list(first)
    at = 0
    for edit in second:
        while at < len(first) and first[at].end <= edit.start:
            at += 1
        if at == len(first) or first[at].start >= edit.end:
            merged.append(edit)
    return sorted(merged)
