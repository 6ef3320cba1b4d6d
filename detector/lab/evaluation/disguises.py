"""Measure how tricks that hide a rewrite from a program, but not from a reader, change the label.

Each trick is a record. It must keep the article readable, so the correct label stays the same.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detector.lab.data.stories import Article
from detector.verdict import Label

LONG = 6
"""Minimum number of letters of a word for tricks inside words."""


@dataclass(frozen=True)
class Disguise:
    """One trick.

    Parameters
    ----------
    name : str
        Name in the table.
    apply : callable
        Takes a text and a random generator, and returns the disguised text.
    """

    name: str
    apply: Callable[[str, random.Random], str]


def _inside_words(text: str, rng: random.Random, put: str, share: float = 1.0) -> str:
    """Insert characters into a share of the long words."""

    def one(match: re.Match[str]) -> str:
        word = match.group()
        at = rng.randint(2, len(word) - 2)
        return word[:at] + put + word[at:] if rng.random() < share else word

    return re.sub(rf"[A-Za-z]{{{LONG},}}", one, text)


def _letters(table: Mapping[str, str]) -> Callable[[str, random.Random], str]:
    codes = {ord(plain): shown for plain, shown in table.items()}
    return lambda text, _: text.translate(codes)


def _put(character: str, share: float = 1.0) -> Callable[[str, random.Random], str]:
    return lambda text, rng: _inside_words(text, rng, character, share)


def _swapped(text: str, rng: random.Random) -> str:
    def one(match: re.Match[str]) -> str:
        word = match.group()
        at = rng.randint(1, len(word) - 3)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :] if rng.random() < 0.4 else word

    return re.sub(r"[A-Za-z]{4,}", one, text)


def _quoted(text: str, _: random.Random) -> str:
    return "\n".join(f"“{line.strip()}”" if line.strip() else line for line in text.split("\n"))


def _title(text: str, _: random.Random) -> str:
    return re.sub(r"(?<![\w'’])[a-z]", lambda match: match.group().upper(), text)


def _bold(text: str, _: random.Random) -> str:
    return "".join(
        chr(0x1D5D4 + ord(c) - 65) if "A" <= c <= "Z" else chr(0x1D5EE + ord(c) - 97) if "a" <= c <= "z" else c
        for c in text
    )


DISGUISES = (
    Disguise("zero-width space in each long word", _put("\u200b")),
    Disguise("zero-width space in one long word of five", _put("\u200b", 0.2)),
    Disguise("soft hyphen in each long word", _put("\u00ad")),
    Disguise("zero-width joiner in each long word", _put("\u200d")),
    Disguise("word joiner in each long word", _put("\u2060")),
    Disguise("variation selector in each long word", _put("\ufe0f")),
    Disguise("tag character in each long word", _put("\U000e0041")),
    Disguise("control character in each long word", _put("\x8d")),
    Disguise("eight letters as Cyrillic", _letters(dict(zip("aceopxyi", "асеорхуі", strict=True)))),
    Disguise("e as Abkhasian che", _letters({"e": "\u04bd"})),
    Disguise("o as Greek omicron", _letters({"o": "\u03bf"})),
    Disguise("i without a dot", _letters({"i": "\u0131"})),
    Disguise("s as small capital", _letters({"s": "\ua731"})),
    Disguise("a with a dot below", _letters({"a": "\u1ea1"})),
    Disguise("e with a dot below", _letters({"e": "\u1eb9"})),
    Disguise("e with an acute accent", _letters({"e": "\u00e9"})),
    Disguise(
        "full-width letters",
        lambda text, _: "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalpha() else c for c in text),
    ),
    Disguise("mathematical bold letters", _bold),
    Disguise("a space in each long word", _put(" ")),
    Disguise("a hyphen in each long word", _put("-")),
    Disguise("a full stop in each long word", _put(".")),
    Disguise("two letters swapped in 40 % of the words", _swapped),
    Disguise("o and l as digits", _letters({"o": "0", "l": "1"})),
    Disguise("every paragraph in quotation marks", _quoted),
    Disguise("Title Case", _title),
    Disguise("all capitals", lambda text, _: text.upper()),
    Disguise("all small letters", lambda text, _: text.lower()),
)
"""All tricks, one for each row of the table."""

FLAGGED = (Label.SPUN, Label.SUSPECT)


Labels = Callable[[Sequence[str]], Sequence[Label]]
"""Returns the label of ``unspin check`` for each text."""


def disguise_rows(
    rewrites: Sequence[Article], humans: Sequence[Article], labels: Labels, *, seed: int
) -> list[dict[str, Any]]:
    """One row for each trick: how the labels of rewrites and of human articles change.

    A rewrite is *lost* if the trick removes its flag, and *weaker* if it changes spun to suspect. A human article is
    *harmed* if its label gets worse.
    """
    before, before_human = labels([a.text for a in rewrites]), labels([a.text for a in humans])
    rows = []
    for disguise in DISGUISES:
        after = labels(_applied(disguise, rewrites, seed))
        after_human = labels(_applied(disguise, humans, seed))
        changes, of_humans = list(zip(before, after, strict=True)), zip(before_human, after_human, strict=True)
        rows.append(
            {
                "disguise": disguise.name,
                "flagged": sum(label in FLAGGED for label in before),
                "lost": sum(was in FLAGGED and now not in FLAGGED for was, now in changes),
                "weaker": sum(was is Label.SPUN and now is Label.SUSPECT for was, now in changes),
                "humans": len(humans),
                "harmed": sum(now in FLAGGED and now is not was and was is not Label.SPUN for was, now in of_humans),
            }
        )
    return rows


def _applied(disguise: Disguise, articles: Sequence[Article], seed: int) -> list[str]:
    return [disguise.apply(a.text, random.Random(f"{seed} {disguise.name} {a.key}")) for a in articles]
