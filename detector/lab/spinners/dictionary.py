"""The spinner that most content farms use: it searches and replaces the phrases of one long list.

Each line of the list is a group: a phrase to search for (the head) and its alternatives. The spinner takes the longest
heads first and searches for whole words, as listed and with a capital. It replaces each occurrence with a random pick
from the head and its alternatives. Later groups cannot change what an earlier one replaced. The spinner does not
inflect and ignores parts of speech. So `announced` becomes `introduced`, and `club` becomes `membership`.

Fifteen thousand passes over each article would take seconds. Instead, each word of the article looks up the heads that
begin with it. The matches are then applied in the order of those passes, which gives the same result.
"""

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from detector.errors import DataError
from detector.lab.spinners.spun import Edit, Spun, write
from features.document import Document

# Such spinners treat the parts of a hyphenated word as separate words.
_RUN = re.compile(r"\w+")
_CAPITALISED = re.compile(r"(?<!\w)[^\W\d_a-zß-öø-ÿ]")
# `company's` contains the whole word `company`, but `can't` does not contain `can`.
_WORD_GOES_ON = re.compile(r"\w|['’](?![sS](?!\w))\w")


Case: TypeAlias = Literal["first", "exact", "pattern"]
"""Which capitalisations of a head match. The replacement gets the same capitalisation.

``first``: as listed, or with a first capital; ``exact``: as listed; ``pattern``: as ``first``, or all in capitals."""


class Group(NamedTuple):
    """One line of a spinner's list: the phrase to search for and its replacements."""

    head: str
    alternatives: tuple[str, ...]


class _Line(NamedTuple):
    order: int
    head: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class DictionarySpinner:
    """Searches and replaces the phrases of a list.

    Parameters
    ----------
    groups : sequence of Group
        The list, top to bottom. If two groups have the same head, the first one is used.
    spare_names : bool
        Whether to skip phrases with a capitalised word, even at the beginning of a sentence.
    may_keep : bool
        Whether the original is among the picks, as in the module's description.
    consistent : bool
        Whether to use one pick for each head throughout the article. The rate is then the share of the heads.
    longest_first : bool
        Whether heads with more words come first. Otherwise the order of the list applies.
    case : {"first", "exact", "pattern"}
        See :data:`Case`.

    Examples
    --------
    >>> spinner = DictionarySpinner([Group("set up", ("established",)), Group("up", ("upward",))], may_keep=False)
    >>> spinner.spin("Set up in May, prices went up. The set-up fails.", random.Random(0)).text
    'Established in May, prices went upward. The set-upward fails.'
    """

    groups: Sequence[Group]
    spare_names: bool = False
    spare_quotes: bool = False
    may_keep: bool = True
    consistent: bool = False
    longest_first: bool = True
    case: Case = "first"
    _index: dict[str, tuple[tuple[int, ...], dict[str, _Line]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the list by first word, then by length."""
        groups = sorted(self.groups, key=lambda group: -len(group.head.split())) if self.longest_first else self.groups
        object.__setattr__(self, "_index", _index(groups, may_keep=self.may_keep, case=self.case))

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article; ``rate`` is the share of the found occurrences for which a pick is drawn."""
        picks: dict[str, str | None] = {}
        edits: list[Edit] = []
        for start, end, line in self._found(text):
            head = text[start:end]
            if self.consistent and line.head in picks:
                pick = picks[line.head]
            else:
                pick = rng.choice(line.alternatives) if rng.random() < rate else None
                picks[line.head] = pick
            if pick is not None:
                edits.append(Edit(start, end, _cased(pick, head, line.head)))
        return write(text, edits)

    def _found(self, text: str) -> list[tuple[int, int, _Line]]:
        """Occurrences to replace, in order of position. Earlier groups of the list have priority."""
        finds: list[tuple[int, bool, int, int, _Line]] = []
        index = self._index
        for match in _RUN.finditer(text):
            entry = index.get(match.group())
            if entry is None:
                continue
            start = match.start()
            if start and text[start - 1] in "'’" and start > 1 and text[start - 2].isalnum():
                continue
            lengths, lines = entry
            for length in lengths:
                found = text[start : start + length]
                line = lines.get(found)
                if line is not None and not (found[-1].isalnum() and _WORD_GOES_ON.match(text, start + length)):
                    finds.append((line.order, found != line.head, start, start + length, line))
        finds.sort(key=lambda find: find[:3])
        taken = bytearray(len(text))
        if self.spare_quotes:
            for quote in Document(text).quotes:
                taken[quote.start : quote.end] = b"\1" * (quote.end - quote.start)
        settled: list[tuple[int, int, _Line]] = []
        for _, _, start, end, line in finds:
            if 1 in taken[start:end] or (self.spare_names and _CAPITALISED.search(text, start, end)):
                continue
            taken[start:end] = b"\1" * (end - start)
            settled.append((start, end, line))
        settled.sort(key=lambda find: find[:2])
        return settled


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _cased(pick: str, found: str, head: str) -> str:
    """The pick, capitalised like the phrase that was found."""
    if found == head:
        return pick
    return _capital(pick) if found == _capital(head) else pick.upper()


def _index(
    groups: Sequence[Group], *, may_keep: bool, case: Case
) -> dict[str, tuple[tuple[int, ...], dict[str, _Line]]]:
    lines: dict[str, dict[str, _Line]] = {}
    for order, (head, alternatives) in enumerate(groups):
        first = _RUN.match(head)
        picks = (head, *alternatives) if may_keep else tuple(a for a in alternatives if a != head)
        if first is None or not picks:
            continue
        line = _Line(order, head, picks)
        for surface in _surfaces(head, case):
            word = _RUN.match(surface)
            if word is not None:
                lines.setdefault(word.group(), {}).setdefault(surface, line)
    return {word: (tuple(sorted({len(s) for s in found})), found) for word, found in lines.items()}


def _surfaces(head: str, case: Case) -> tuple[str, ...]:
    return {"exact": (head,), "first": (head, _capital(head)), "pattern": (head, _capital(head), head.upper())}[case]


def read_groups(path: Path) -> tuple[Group, ...]:
    """Read a list of groups. Each line is a JSON object with ``head`` and ``alts``.

    Raises DataError if the file is missing or a line cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            return tuple(_groups(lines))
    except OSError as error:
        message = f"The spinner's list {path} cannot be read; put the data folder's file there."
        raise DataError(message) from error
    except (ValueError, KeyError, TypeError) as error:
        message = f"The spinner's list {path} has a line without head and alts; fetch the file anew."
        raise DataError(message) from error


def _groups(lines: Iterable[str]) -> Iterable[Group]:
    for line in lines:
        row = json.loads(line)
        yield Group(str(row["head"]), tuple(str(alternative) for alternative in row["alts"]))
