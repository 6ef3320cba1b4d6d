"""Round trips: translation into another language and back, with the rule-based engine Apertium.

Debian packages the engine and its language pairs, so no text leaves the machine. One process for each direction
translates the sentences of all articles, one a line.
"""

import random
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from detector.errors import DataError
from detector.lab.spinners.align import align
from detector.lab.spinners.spun import Change, Edit, Spun, edits_of, write
from features.document import Document

PIVOTS = {
    "spanish": ("eng-spa", "spa-eng", "apertium-eng-spa"),
    "catalan": ("eng-cat", "cat-eng", "apertium-eng-cat"),
    "galician": ("en-gl", "gl-en", "apertium-en-gl"),
    "esperanto": ("en-eo", "eo-en", "apertium-eo-en"),
}
"""Language -> the engine's names for the two directions, and Debian's package."""

_UNKNOWN_MARK = re.compile(r"(?<![^\s\"“‘'(\[-])[*@#](?=\w)")
_END = re.compile(r"[.!?…:;,]+[\"'”’)\]]*$|[\"'”’)\]]+$")
_SECONDS = 600


@lru_cache(maxsize=1)
def pivots() -> tuple[str, ...]:
    """The languages for which both directions are installed; empty without the engine."""
    engine = shutil.which("apertium")
    if engine is None:
        return ()
    listed = subprocess.run([engine, "-l"], capture_output=True, text=True, check=False, timeout=_SECONDS)  # noqa: S603
    known = set(listed.stdout.split())
    return tuple(language for language, (there, back, _) in PIVOTS.items() if {there, back} <= known)


@dataclass(frozen=True)
class RoundTrip:
    """A spinner that translates sentences into another language and back.

    It finds the changes by aligning each sentence with its translation, so a replaced phrase is one change.

    Parameters
    ----------
    language : str
        One of :data:`PIVOTS`.
    """

    language: str = "spanish"

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article; ``rate`` is the share of the sentences to translate.

        Raises DataError if the engine or the language pair is not installed or fails. The message says what to install.
        """
        return self.spin_many([text], [rng], rate)[0]

    def spin_many(self, texts: Sequence[str], rngs: Sequence[random.Random], rate: float = 1.0) -> list[Spun]:
        """Rewrite many articles but start the engine only once; each text has its own ``rng``."""
        chosen = [
            [sentence for sentence in Document(text).sentences if rng.random() < rate]
            for text, rng in zip(texts, rngs, strict=True)
        ]
        sentences = [text[start:end] for text, spans in zip(texts, chosen, strict=True) for start, end in spans]
        came_back = iter(round_trip(sentences, self.language))
        return [
            write(text, [edit for start, end in spans for edit in _edits(text[start:end], next(came_back), start)])
            for text, spans in zip(texts, chosen, strict=True)
        ]


def _edits(original: str, rewritten: str, shift: int) -> list[Edit]:
    """The engine's edits of one sentence that begins at ``shift``.

    Changes of white space are left out, because ``_translate`` and not the engine reduces runs of blanks to one.
    """
    changes: tuple[Change, ...] = align(original, rewritten)
    edits: list[Edit] = []
    for start, end, new in edits_of(Spun(rewritten, changes)):
        old = original[start:end]
        if not new.strip() and not old.strip():
            continue
        before = 0 if new[:1].isspace() else len(old) - len(old.lstrip())
        after = 0 if new[-1:].isspace() else len(old) - len(old.rstrip())
        if old.strip():
            start, end = start + before, end - after  # noqa: PLW2901 - the same edit without its blanks
        edits.append(Edit(start + shift, end + shift, new))
    return edits


def round_trip(sentences: Sequence[str], language: str) -> list[str]:
    """Translate each sentence there and back. Words that the engine does not know stay, without the engine's marks.

    Raises DataError if the engine or the language pair is not installed or fails.
    """
    if not sentences:
        return []
    there, back, package = PIVOTS[language]
    engine = shutil.which("apertium")
    if engine is None or language not in pivots():
        raise DataError(
            f"Round trips through {language} need Apertium; install Debian's packages apertium and {package}."
        )
    return [
        _tidy(before, after)
        for before, after in zip(
            sentences, _translate(engine, _translate(engine, list(sentences), there), back), strict=True
        )
    ]


def _translate(engine: str, lines: list[str], direction: str) -> list[str]:
    done = subprocess.run(  # noqa: S603 - the engine found on the path, with fixed options; the text goes to its stdin
        [engine, "-u", "-f", "line", direction],
        input="".join(f"{' '.join(line.replace(chr(0), ' ').split())}\n" for line in lines).encode(),
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    if done.returncode:
        raise DataError(f"Apertium failed on {direction}; try `apertium {direction}` by hand to see why.")
    found = done.stdout.decode("utf-8", errors="replace").removesuffix("\n").split("\n")
    if len(found) == len(lines):
        return found
    if len(lines) == 1:
        return lines
    # The engine split or dropped a line. Translate the halves separately, so that other lines keep their place.
    half = len(lines) // 2
    return _translate(engine, lines[:half], direction) + _translate(engine, lines[half:], direction)


def _tidy(before: str, after: str) -> str:
    """Removes the engine's marks and runs of blanks; restores lost closing punctuation and the first capital.

    >>> _tidy("He left.", "*He  went out")
    'He went out.'
    """
    # The engine marks unknown words. If the original has such a mark, it belongs to the author.
    clean = " ".join(after.split())
    if not _UNKNOWN_MARK.search(before):
        clean = _UNKNOWN_MARK.sub("", clean)
    end = _END.search(before)
    if end is not None and clean and not _END.search(clean):
        clean += end.group()
    if before[:1].isupper():
        clean = clean[:1].upper() + clean[1:]
    return clean or before
