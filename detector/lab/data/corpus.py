"""Reads the stories of the data folder, cleans them, and splits them so that evaluation uses held-out stories only.

Every story has one role. ``reference`` stories are counted into the n-gram model. ``fit`` stories train the models.
``calibrate`` stories set probabilities and thresholds. Only ``unspin evaluate`` reads ``test`` stories. A hash of the
story's *group* determines the role. The group is the outlet in sets with many outlets, else the story. So a rewrite
always has the role of its original.
"""

import hashlib
import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from detector.errors import DataError

ROLES = ("reference", "fit", "calibrate", "test")

# Percentage of each role, by kind of set. Varied reference copy and tests on unseen outlets are worth most. So sets
# with many outlets are split by outlet and contribute to all four roles.
_WIRE = (94, 2, 2, 2)
_NEWS = (60, 15, 12, 13)
_PAIRS = (0, 40, 10, 50)
_HALVES = (0, 50, 0, 50)
_OUTLETS = (0, 25, 25, 50)
_TEST_ONLY = (0, 0, 0, 100)


@dataclass(frozen=True)
class Set:
    """One file of the data folder and how its stories are used.

    ``group`` names the field that determines the role: the pair, the outlet or the event; by default the text.
    ``pairs_of`` names another set that rewrites the same originals, so that both sets give a pair the same role.
    ``fields`` are the fields of every test story that evaluation needs, besides ``id``, ``text`` and ``label``.
    ``of_rewrites`` are those it needs of rewrites only. docs/training-data.md describes them.
    """

    name: str
    shares: tuple[int, int, int, int]
    group: str = "text"
    tokenised: bool = False
    pairs_of: str | None = None
    fields: tuple[str, ...] = ()
    of_rewrites: tuple[str, ...] = ()

    @property
    def paired(self) -> bool:
        """Whether the texts of a group are versions of one story, so that training and test must not share a group."""
        return self.group in {"text", "pair_id"}


SETS = {
    s.name: s
    for s in (
        Set("reuters-fin", _WIRE, fields=("date",)),
        Set("reuters-c50", (80, 7, 6, 7)),
        Set("reuters21578", (84, 5, 5, 6)),
        Set("conll2003", (85, 5, 5, 5), tokenised=True),
        Set("intl-news-2024", _NEWS),
        Set("bbc2005", _NEWS),
        Set("masakhane-eng", _NEWS),
        Set("nltk-news", _NEWS, tokenised=True),
        Set("usnews2023", _NEWS),
        Set("horne2017", _NEWS),
        Set("wmt-english-originals", _NEWS),
        Set("agnews-test", (80, 5, 5, 10)),
        Set("newstest-2013-2015", _NEWS, tokenised=True),
        Set("world-news", _NEWS, group="outlet"),
        Set("mrpc", _PAIRS, group="pair_id"),
        Set("onestop", _PAIRS, group="pair_id", fields=("level",)),
        Set("turkcorpus-human-simplified", _PAIRS, group="pair_id", tokenised=True),
        Set("wmt-human-translations", _PAIRS, group="pair_id"),
        Set("esl-ellipse", _PAIRS, fields=("score",)),
        Set("esl-jfleg", _PAIRS, tokenised=True),
        Set("esl-m2", _PAIRS, tokenised=True, fields=("source",)),
        Set("pan-mturk-spun", _PAIRS, group="pair_id", of_rewrites=("sub_rate", "groups")),
        Set("detectrl", _PAIRS, group="pair_id", fields=("domain",), of_rewrites=("tool",)),
        Set("agnews-textfooler", _PAIRS, group="pair_id"),
        Set("raft-xsum", _PAIRS, group="pair_id"),
        Set("wmt-mt-outputs", _PAIRS, group="pair_id"),
        Set("srilanka-machine-translated", _PAIRS),
        Set("xsum-llm", _TEST_ONLY),
        Set("mixset", _PAIRS, group="pair_id", fields=("domain",), of_rewrites=("tool",)),
        Set(
            "ai-polished",
            _PAIRS,
            group="pair_id",
            pairs_of="mixset",
            fields=("domain",),
            of_rewrites=("source", "tool"),
        ),
        Set("spinbot-sample", _TEST_ONLY),
        Set("spintax-article", _TEST_ONLY),
        # No stage of training reads these sets yet. They have roles so that one can.
        Set("wild-spun", _HALVES, group="pair_id"),
        Set("llm-rewrites", _PAIRS, group="pair_id"),
        Set("mt-2021-22", _PAIRS, group="pair_id"),
        Set("wild-human", _OUTLETS, group="outlet"),
        Set("same-event", _PAIRS, group="event_id"),
    )
}


@dataclass(frozen=True)
class Story:
    """One text of the data folder.

    Parameters
    ----------
    key : str
        Identifier, unique in the data folder.
    text : str
        The cleaned text (:func:`mend`).
    label : str
        As in the data folder: ``human``, ``esl``, ``spun`` ...
    group : str
        The group that determines the role.
    role : str
        One of :data:`ROLES`.
    fields : dict
        The other fields of the row.
    """

    key: str
    text: str
    label: str
    group: str
    role: str
    set: str
    fields: dict[str, Any]


def role_of(group: str, shares: tuple[int, int, int, int]) -> str:
    """The role of a group. Equal groups and shares always give the same role.

    >>> role_of("Daily Example", (0, 0, 0, 100))
    'test'
    """
    ticket = int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") % 100
    for role, share in zip(ROLES, shares, strict=True):
        if ticket < share:
            return role
        ticket -= share
    message = f"shares {shares} do not sum to 100"
    raise ValueError(message)


def require_fields(story: Story) -> None:
    """Raise an error if a story lacks a field that evaluation needs.

    Raises
    ------
    DataError
        Names the story and the missing field.
    """
    described = SETS[story.set]
    needed = (*described.fields, *(() if story.label == "human" else described.of_rewrites))
    for name in needed:
        if story.fields.get(name) is None:
            raise DataError(
                f"{story.set}.jsonl.xz: the story {story.key} has no field {name}. docs/training-data.md describes the fields."
            )


def sets_in(data: Path) -> list[str]:
    """Names of the sets in a data folder, in the order of :data:`SETS`."""
    return [name for name in SETS if (data / f"{name}.jsonl.xz").is_file()]


def stories(data: Path, name: str) -> Iterator[Story]:
    """The stories of one set, in file order. Raises DataError if the file is missing or cannot be read."""
    path = data / f"{name}.jsonl.xz"
    if not path.is_file():
        message = f"{path} is missing: point to the folder that holds the training data sets"
        raise DataError(message)
    described = SETS[name]
    read = 0
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _story(json.loads(line), described)
                read += 1
    except (OSError, EOFError, lzma.LZMAError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(
            f"{path}: unspin cannot read line {read + 1}. The file is compressed with xz, and every line is a JSON object "
            "with id, text and label. docs/training-data.md describes the fields."
        ) from error


def _story(row: dict[str, Any], described: Set) -> Story:
    text = mend(row.pop("text"), tokenised=described.tokenised or bool(row.get("tokenised")))
    group = _group(row, described, text)
    role = role_of(group, described.shares)
    return Story(row.pop("id"), text, row.pop("label"), group, role, described.name, row)


@cache
def held_out(data: Path, name: str) -> tuple[Story, ...]:
    """The stories of one set that are not counted into the n-gram model, read once in each process."""
    return tuple(story for story in stories(data, name) if story.role != "reference")


def _group(row: dict[str, Any], described: Set, text: str) -> str:
    if described.group == "text":
        letters = re.sub(r"\W+", "", text.lower())
        return letters[40:140] or letters
    group = str(row.get(described.group) or row["id"])
    if described.pairs_of is None:
        return f"{described.name}:{group}"
    return f"{described.pairs_of}:{described.pairs_of}{group.removeprefix(described.name)}"


_TICKER = re.compile(r" ?\( ?[A-Z0-9]{1,8}\.[A-Z]{1,3} ?\)")
_TAIL = re.compile(
    r"\s*\((?:Additional |Writing |Reporting |Editing |Compiled |Edited |Written )+(?:by|and)[^()]*\)\s*$",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<=[a-z]{2})([.!?][”\"’']?)(?=[A-Z“\"][a-z ])")
_WEB = re.compile(r"www\.|https?:|\.com|\.org")
_DETOKENISE = (
    (re.compile(r" ?`` ?"), ' "'),
    (re.compile(r" ''"), '"'),
    (re.compile(r" (n't|'s|'re|'ve|'ll|'d|'m)\b"), r"\1"),
    (re.compile(r" ([.,;:!?%)\]])"), r"\1"),
    (re.compile(r"([(\[$£€]) "), r"\1"),
    (re.compile(r' " ([^"\n]*?) " '), r' "\1" '),
    (re.compile(r"@-@"), "-"),
)


def mend(text: str, *, tokenised: bool = False) -> str:
    """Clean a text of the traces of its extraction.

    Removes tickers and the wire's credit lines, separates joined sentences, and undoes tokenisation. Otherwise a model
    would learn the formatting of data sets instead of the rewriting.

    >>> mend("Shares of Google ( GOOG.O ) rose.The index fell. (Reporting by A. Person)")
    'Shares of Google rose. The index fell.'
    >>> mend("It did n't rise , he said .", tokenised=True)
    "It didn't rise, he said."
    """
    text = _TAIL.sub("", _TICKER.sub("", text))
    if not _WEB.search(text):
        text = _GLUED.sub(r"\1 ", text)
    if tokenised:
        for pattern, replacement in _DETOKENISE:
            text = pattern.sub(replacement, text)
    return text.strip()
