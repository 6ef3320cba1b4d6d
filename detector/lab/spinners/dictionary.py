"""The spinner that most content farms use: one long list of phrases, searched and replaced from top to bottom.

It goes through its list longest phrases first; only the first entry of a group is looked for, as whole words, then once
more with a capital. Every occurrence becomes a random pick among the original and the alternatives, and later lines
cannot touch what an earlier one replaced. It does not inflect and knows no parts of speech: hence `announced` becomes
`introduced` and `club` becomes `membership`.

Fifteen thousand passes over each article would take seconds. Here every word of the article looks up the phrases that
begin with it; the finds are then settled in the order in which the passes would have made them, which comes to the same.
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

# A word as a search-and-replace spinner sees it: hyphenated parts are words of their own.
_RUN = re.compile(r"\w+")
_CAPITALISED = re.compile(r"(?<!\w)[^\W\d_a-zß-öø-ÿ]")
# `company's` holds the whole word `company`, `can't` does not hold `can`.
_WORD_GOES_ON = re.compile(r"\w|['’](?![sS](?!\w))\w")


Case: TypeAlias = Literal["first", "exact", "pattern"]
"""How a phrase may be written to be found: as in the list or with a capital; as in the list only; or as in the list, with a
capital or in capitals. What is put there gets the same capitals."""


class Group(NamedTuple):
    """One line of a spinner's list: the wording it looks for and what it may put there."""

    head: str
    alternatives: tuple[str, ...]


class _Line(NamedTuple):
    order: int
    head: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class DictionarySpinner:
    """Search and replace by a list of groups.

    Parameters
    ----------
    groups : sequence of Group
        The list, top to bottom. Of two groups with one head the first wins.
    spare_names : bool
        Leave every phrase alone in which a word begins with a capital, sentence beginnings too.
    spare_quotes : bool
        Leave direct speech alone.
    may_keep : bool
        Whether the original is among the picks, as in the spinner described above.
    consistent : bool
        Make one pick for each head and keep to it throughout the article. The rate is then the share of the heads.
    longest_first : bool
        Look for phrases of many words before those of few; otherwise strictly in the order of the list.
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
        """Rewrite one article; ``rate`` is the share of the found occurrences that are put to the draw."""
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
        """Occurrences that no earlier line of the list has taken, in order of position."""
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
    """The pick with the capitals of what was found."""
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
    """Read a list of groups: a JSON object a line with ``head`` and ``alts``.

    Raises
    ------
    DataError
        When the file is missing or a line cannot be read.
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
