"""WordNet, read from the files of Debian's package `wordnet-base` (format: wndb(5WN)).

`index.POS` lists each lemma's synsets, most frequent sense first. `data.POS` lists each synset's words and its pointers
to other synsets. `cntlist.rev` counts each sense in tagged text.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from detector.errors import DataError

FOLDER = Path("/usr/share/wordnet")
_FILES = {"NOUN": "noun", "VERB": "verb", "ADJ": "adj", "ADV": "adv"}
_PARTS = {"1": "NOUN", "2": "VERB", "3": "ADJ", "4": "ADV", "5": "ADJ"}
# hypernym, hypernym of an instance, similar to, also see, verb group
_NEIGHBOURS = frozenset("@ @i & ^ $".split())


class _Synset(NamedTuple):
    words: tuple[str, ...]
    neighbours: tuple[int, ...]


@dataclass(frozen=True)
class WordNet:
    """The synonyms of a lemma: a :data:`~detector.lab.spinners.thesaurus.Thesaurus`.

    Parameters
    ----------
    index : mapping
        part -> lemma -> offsets of its synsets, most frequent sense first.
    synsets : mapping
        part -> offset -> synset.
    senses : int or None
        Use only the first ``senses`` senses; None for all.
    neighbours : bool
        Whether to add hypernyms and words of related synsets after the synonyms.
    """

    index: Mapping[str, Mapping[str, tuple[int, ...]]]
    synsets: Mapping[str, Mapping[int, _Synset]]
    senses: int | None = None
    neighbours: bool = False

    def __call__(self, lemma: str, part: str) -> Sequence[str]:
        """Alternatives, words of frequent senses first, without names and numbers."""
        offsets = self.index[part].get(lemma, ())[: self.senses]
        synsets = self.synsets[part]
        found = [word for offset in offsets for word in synsets[offset].words]
        if self.neighbours:
            found += [word for offset in offsets for near in synsets[offset].neighbours for word in synsets[near].words]
        return [
            word for word in dict.fromkeys(found) if word != lemma and word.replace("-", "").replace(" ", "").isalpha()
        ]


def wordnet_is_installed() -> bool:
    """Whether WordNet is installed at the path of Debian's package `wordnet-base`."""
    return FOLDER.is_dir()


def wordnet_thesaurus(path: str | Path = FOLDER, senses: int | None = None, *, neighbours: bool = False) -> WordNet:
    """WordNet as a thesaurus. Raises DataError if the files are missing. The message says what to install."""
    index, synsets = _read(Path(path))
    return WordNet(index, synsets, senses, neighbours)


@lru_cache(maxsize=2)
def _read(folder: Path) -> tuple[dict[str, dict[str, tuple[int, ...]]], dict[str, dict[int, _Synset]]]:
    index: dict[str, dict[str, tuple[int, ...]]] = {}
    synsets: dict[str, dict[int, _Synset]] = {}
    for part, name in _FILES.items():
        index[part] = dict(_index_line(line) for line in _lines(folder / f"index.{name}"))
        synsets[part] = dict(_data_line(line, name[0]) for line in _lines(folder / f"data.{name}"))
    return index, synsets


def _lines(path: Path) -> Iterator[str]:
    """The lines after the licence, whose lines are indented."""
    try:
        with path.open(encoding="latin-1") as lines:
            yield from (line for line in lines if not line.startswith("  "))
    except OSError as error:
        message = f"WordNet's file {path} cannot be read; install Debian's package wordnet-base."
        raise DataError(message) from error


def _index_line(line: str) -> tuple[str, tuple[int, ...]]:
    fields = line.split()
    count = int(fields[2])
    return fields[0].replace("_", " "), tuple(int(offset) for offset in fields[-count:])


def _data_line(line: str, kind: str) -> tuple[int, _Synset]:
    fields = line.partition("|")[0].split()
    count = int(fields[3], 16)
    words = (word.partition("(")[0].replace("_", " ") for word in fields[4 : 4 + 2 * count : 2])
    at = 4 + 2 * count
    pointers = fields[at + 1 : at + 1 + 4 * int(fields[at])]
    neighbours = tuple(
        int(pointers[i + 1])
        for i in range(0, len(pointers), 4)
        # Adjective satellites have the kind "s", but the file of adjectives contains them.
        if pointers[i] in _NEIGHBOURS and pointers[i + 2].replace("s", "a") == kind
    )
    return int(fields[0]), _Synset(tuple(word for word in words if word.islower()), neighbours)


def nouns() -> list[str]:
    """All single lower-case words of three letters or more that are nouns."""
    index, _ = _read(FOLDER)
    return sorted(lemma for lemma in index["NOUN"] if len(lemma) > 2 and lemma.isalpha())


@cache
def part_counts() -> Mapping[str, Mapping[str, int]]:
    """Counts of each lemma as each part of speech in WordNet's tagged texts.

    Raises DataError if the file is missing. The message says what to install.
    """
    counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in _lines(FOLDER / "cntlist.rev"):
        key, _, count = line.split()
        lemma, _, rest = key.partition("%")
        counts[lemma.replace("_", " ")][_PARTS[rest[0]]] += int(count)
    return {lemma: dict(parts) for lemma, parts in counts.items()}
