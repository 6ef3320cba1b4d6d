"""A tiny data folder of our own texts, so that anybody can run ``unspin train`` and ``unspin evaluate`` in minutes.

Every article consists of paragraphs of our own seed stories. No paragraph has two roles, so evaluation uses held-out
text. Use a model of so little copy to try the commands, not to judge news.
"""

import itertools
import json
import lzma
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from detector.errors import DataError, UnspinError
from detector.lab.data.corpus import SETS, role_of
from features.lexicon import lexicon

NEWS, PAIRS = "world-news", "detectrl"
"""The two sets in the folder: stories of many outlets, and rewrites with their originals."""

STORIES = {"reference": 6, "fit": 3, "calibrate": 2, "test": 3}
"""How many of the clean seed stories each role uses."""

ARTICLES = {"reference": 120, "fit": 40, "calibrate": 24, "test": 24}
REWRITTEN = {"fit": 16, "calibrate": 8, "test": 8}
"""How many articles of each role the two sets have."""

PARAGRAPHS = 4
"""Paragraphs in each article."""

_LEAST_WORDS = 8
"""Paragraphs with at most this many words count as headlines and are skipped."""

Row = dict[str, Any]


def write_tiny(folder: Path) -> list[str]:
    """Write the data folder and return the names of its files.

    Raises DataError if the seed stories are missing: only a clone has them, not the installed package.
    """
    pools = _paragraphs()
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        f"{NEWS}.jsonl.xz": _lines(_news(pools)),
        f"{PAIRS}.jsonl.xz": _lines(_pairs(pools)),
        "spinner_dictionary.groups.jsonl": _lines(_groups()),
        "norvig_wordsegment_unigrams.txt.xz": _counts(itertools.chain.from_iterable(pools.values())),
    }
    for name, text in written.items():
        path = folder / name
        data = text.encode("utf-8")
        path.write_bytes(lzma.compress(data) if path.suffix == ".xz" else data)
    return list(written)


def _paragraphs() -> dict[str, list[str]]:
    """Paragraphs of the clean seed stories, by role."""
    folder = files("seeds") / "texts"
    if not folder.is_dir():
        raise DataError(
            "The tiny data folder is made of the seed stories, which only a clone of unspin has. Run it there."
        )
    index = [line.split("\t") for line in (folder / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    names = iter(name for name, kind, *_ in index if kind == "clean")
    pools = {}
    for role, number in STORIES.items():
        texts = [(folder / name).read_text(encoding="utf-8") for name in itertools.islice(names, number)]
        pools[role] = [p for text in texts for p in text.split("\n") if len(p.split()) > _LEAST_WORDS]
    return pools


def _news(pools: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """Stories of invented outlets; :func:`~detector.lab.data.corpus.role_of` determines each outlet's role."""
    rng = random.Random(NEWS)
    left = dict(ARTICLES)
    for number in itertools.count():
        if not any(left.values()):
            return
        outlet = f"Outlet {number % 60}"
        role = role_of(f"{NEWS}:{outlet}", SETS[NEWS].shares)
        if left[role]:
            left[role] -= 1
            text = _article(pools[role], rng)
            yield {"id": f"tiny-{number}", "text": text, "label": "human", "outlet": outlet, "register": "news"}


def _pairs(pools: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """Human originals, each with an imitated language model's polish and an imitated round trip."""
    rng = random.Random(PAIRS)
    left = dict(REWRITTEN)
    for pair in map(str, itertools.count()):
        if not any(left.values()):
            return
        role = role_of(f"{PAIRS}:{pair}", SETS[PAIRS].shares)
        if left.get(role):
            left[role] -= 1
            text = _article(pools[role], rng)
            for label, tool, own in (
                ("human", None, text),
                ("llm_paraphrase", "LLM polish", _polished(text)),
                ("backtranslated", "back-translation (DetectRL)", _translated(text)),
            ):
                key = f"tiny-pair-{pair}-{label}"
                yield {"id": key, "text": own, "label": label, "tool": tool, "domain": "xsum-news", "pair_id": pair}


def _article(pool: Sequence[str], rng: random.Random) -> str:
    return "\n".join(rng.sample(pool, PARAGRAPHS))


def _polished(text: str) -> str:
    return "Here is the polished text:\n" + re.sub(r"(?<=[.] )(?=[A-Z])", "Additionally, ", text)


def _translated(text: str) -> str:
    return text.replace(" the ", " this ").replace(" said", " has said it")


def _groups() -> Iterator[Row]:
    """Our own lexicon reversed: what reporters write, with the wordings that rewriters use instead."""
    wordings: defaultdict[str, list[str]] = defaultdict(list)
    for entry in lexicon().entries:
        for original in entry.expected:
            wordings[original].append(entry.wording)
    return ({"head": head, "alts": found} for head, found in sorted(wordings.items()))


def _counts(paragraphs: Iterator[str]) -> str:
    words = Counter(word for paragraph in paragraphs for word in re.findall(r"[a-z]+", paragraph.lower()))
    return "".join(f"{word}\t{count}\n" for word, count in words.most_common())


def _lines(rows: Iterator[Row]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def main(arguments: Sequence[str]) -> int:
    """Run ``python -m detector.lab.data.tiny FOLDER``: write the data folder and report its files."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m detector.lab.data.tiny FOLDER\n")
        return 2
    folder = Path(arguments[0])
    try:
        names = write_tiny(folder)
    except (OSError, UnspinError) as error:
        sys.stderr.write(f"The data folder could not be written: {error}\n")
        return 2
    sys.stderr.write(f"{folder}: wrote {', '.join(names)}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
