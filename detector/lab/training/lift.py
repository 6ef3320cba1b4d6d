"""The lift of each lexicon wording: how much more frequent it is in rewritten text than in human news.

Run ``python -m detector.lab.training.lift DATA`` after a change to ``seeds/lexicon.tsv``. It counts every wording in
human news of the data folder and in simulated rewrites of that news. Then it updates the ``lift`` column. It reads only
stories of the roles ``reference`` and ``fit``, so evaluation stays held-out. Texts by real tools are not counted, so
those tools stay held-out for the lexicon.

The lift is ``log2((r + s) / (e + s))``. ``r`` is the number of occurrences in rewritten text, and ``e`` the number
expected there if people had written it. ``s`` is a pseudo-count that shrinks the lift of rare wordings towards 0. Usage
differs by country: Kampala's papers write that police `stated` something far more often than London's. So ``e`` uses
the group of human news with the highest rate. This keeps a country's habit from counting as evidence of a machine.
"""

import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from detector.errors import DataError
from detector.lab.data.corpus import stories
from detector.lab.spinners import FAMILIES, families, spin_many
from features.document import Document
from features.feature import NAN
from features.lexicon import Lexicon, as_text, read_lexicon

SEED = 20250
PSEUDO_COUNT = 0.5
LEAN = 100_000

HUMAN = {"reuters-fin": 9000, "bbc2005": 2000, "intl-news-2024": 2000, "world-news": 30000}
"""Sets of human news, and at most how many stories of each."""

SIMULATED = tuple(f.name for f in FAMILIES if f.build is not None and f.trained and f.in_lexicon)
"""Families of simulated rewriters whose output is counted."""

STORIES_EACH = 800
"""Stories that each family rewrites."""


@dataclass(frozen=True)
class Counts:
    """Occurrences of each wording, and the number of words in the same texts."""

    found: Counter[str]
    words: int

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.found + other.found, self.words + other.words)


def count(lexicon: Lexicon, texts: Iterable[str]) -> Counts:
    r"""Counts the occurrences of each wording, and the words, in all texts together.

    >>> from features.lexicon import COLUMNS, HEADER
    >>> table = "\n".join((HEADER, "\t".join(COLUMNS), "stated\tsaid\tverb_of_saying\tthesaurus\t"))
    >>> count(read_lexicon(table, "example"), ["He stated it.", "She said it."])
    Counts(found=Counter({'stated': 1}), words=6)
    """
    found: Counter[str] = Counter()
    words = 0
    for text in texts:
        document = Document(text)
        words += len(document.words)
        found.update(place.entry.wording for place in lexicon.find(document))
    return Counts(found, words)


def lift(rewritten: int, expected: float) -> float:
    """The lift in bits, from the observed and the expected occurrences; NaN if both are 0.

    >>> round(lift(16, 0.0), 2), lift(3, 3.0), lift(0, 0.0)
    (5.04, 0.0, nan)
    """
    if not rewritten and not expected:
        return NAN
    return math.log2((rewritten + PSEUDO_COUNT) / (expected + PSEUDO_COUNT))


def fondest_rate(wording: str, groups: Sequence[Counts]) -> float:
    """Occurrences per word in the group of human news with the highest rate of the wording.

    Two corrections keep a chance occurrence in a small group from looking like a habit. Each count is lowered by
    1.5 times its square root, and each group is smoothed with :data:`LEAN` words at the overall rate.

    >>> small, large = Counts(Counter(stated=100), 100_000), Counts(Counter(stated=100), 9_900_000)
    >>> round(1e6 * fondest_rate("stated", (small, large)))
    435
    >>> round(1e6 * fondest_rate("opined", (Counts(Counter(opined=1), 100_000), large)), 2)
    0.1
    """
    total = sum(group.found[wording] for group in groups)
    words = sum(group.words for group in groups)
    if not total:
        return 0.0
    overall = total / words
    return max(
        overall,
        *(
            (max(0.0, group.found[wording] - 1.5 * math.sqrt(group.found[wording])) + LEAN * overall)
            / (group.words + LEAN)
            for group in groups
        ),
    )


def measured(lexicon: Lexicon, rewritten: Counts, human: Sequence[Counts]) -> Lexicon:
    """The lexicon with newly measured lifts, rounded to two decimals."""
    entries = []
    for entry in lexicon.entries:
        expected = fondest_rate(entry.wording, human) * rewritten.words
        value = lift(rewritten.found[entry.wording], expected)
        # Adding 0 turns -0.0 into 0, so that the table has no "-0.0".
        entries.append(replace(entry, lift=value if math.isnan(value) else round(value, 2) + 0.0))
    return read_lexicon(as_text(tuple(entries)), "the measured lexicon")


def human_news(data: Path) -> Iterator[tuple[str, str]]:
    """Pairs of a group of human news and a story's text. The group is the country if known, else the set."""
    for name, most in HUMAN.items():
        usable = (s for s in stories(data, name) if s.role in ("reference", "fit") and s.label == "human")
        for story in islice(usable, most):
            yield str(story.fields.get("country") or name), story.text


def count_groups(lexicon: Lexicon, texts: Iterable[tuple[str, str]]) -> dict[str, Counts]:
    """Wording counts by group."""
    counts: dict[str, Counts] = {}
    for group, text in texts:
        one = count(lexicon, (text,))
        if group in counts:
            counts[group].found.update(one.found)
            counts[group] = Counts(counts[group].found, counts[group].words + one.words)
        else:
            counts[group] = one
    return counts


def simulated_text(data: Path, family: str) -> list[str]:
    """One family's rewrites of human news of the role ``fit``."""
    pool = [
        s.text
        for name in ("world-news", "reuters-fin")
        for s in islice((s for s in stories(data, name) if s.role == "fit"), 2 * STORIES_EACH)
    ]
    seed = f"{SEED} {family}"
    chosen = random.Random(seed).sample(pool, min(STORIES_EACH, len(pool)))
    rngs = [random.Random(f"{seed} {number}") for number in range(len(chosen))]
    return [spun.text for spun in spin_many(families(data)[family], chosen, rngs)]


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def main(argv: list[str]) -> int:
    """Run ``python -m detector.lab.training.lift DATA [TABLE]``: measure the lifts and update the table."""
    if len(argv) not in {1, 2}:
        _tell("usage: python -m detector.lab.training.lift DATA [TABLE]")
        return 2
    data, table = Path(argv[0]), Path(argv[1] if len(argv) > 1 else "seeds/lexicon.tsv")
    try:
        lexicon = read_lexicon(table.read_text(encoding="utf-8"), str(table))
        rewritten = Counts(Counter(), 0)
        for family in SIMULATED:
            counts = count(lexicon, simulated_text(data, family))
            rewritten += counts
            _tell(f"{family}: {counts.words:,} words, {counts.found.total():,} wordings")
        human = count_groups(lexicon, human_news(data))
        for group, counts in sorted(human.items()):
            _tell(f"human news, {group}: {counts.words:,} words, {counts.found.total():,} wordings")
    except (OSError, ValueError, DataError) as error:
        _tell(str(error))
        return 2
    result = measured(lexicon, rewritten, tuple(human.values()))
    table.write_text(as_text(result.entries), encoding="utf-8")
    ordinary = sum(entry.lift < 0 for entry in result.entries)
    _tell(
        f"{len(result.entries):,} rows written to {table}; people write {ordinary:,} of them more often than machines"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
