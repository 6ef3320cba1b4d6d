"""Leave-one-family-out: score each family of rewriters with a model trained without it and without its word list."""

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import features
from detector.errors import DataError
from detector.lab.data.stories import Article
from detector.lab.evaluation.curves import against, family_row, texts_of
from detector.lab.evaluation.samples import Sample
from detector.lab.evaluation.scoring import open_scorer
from detector.lab.fingerprint import code_hash
from detector.lab.spinners.families import FAMILIES, by_training
from detector.lab.training.train import NEIGHBOURS, TABLES, VECTORS, train
from detector.lab.training.training_sets import Amounts
from detector.manifest import sha256
from detector.model import MANIFEST, READER

AMOUNTS = Amounts(
    word_news=140,
    word_other=45,
    fit_news=300,
    fit_other=150,
    calibrate_news=200,
    calibrate_other=120,
    phrasing_news=400,
    phrasing_other=250,
    trips=150,
    calibrate_trips=20,
    place_news=5,
    place_other=2,
)
"""Half of the shipped model's training articles, and a quarter of its copy for phrasing, so that all trainings end
within about an hour. The models need few articles for places, which are not tested. With less training data, these
models overstate the loss from an unseen family a little, but never understate it."""

MADE_AGAIN = (
    "word_model.npz",
    "alternatives.npz",
    "phrase_lifts.npz",
    "register.json",
    "phrasing.npz",
    "phrase_times.npz",
)
"""Tables that every training writes. They are not linked, because training would overwrite the original model."""

STRICTEST = "every thesaurus"
"""Training without any thesaurus, only with the circulating dictionary. Spinners share synonyms on which WordNet and
Moby agree, so a thesaurus spinner is fully unseen only if all of them are left out."""

LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    **by_training(FAMILIES),
    STRICTEST: tuple(f.name for f in FAMILIES if f.trained and f.list not in {"", "dictionary"}),
}
"""Maps each training to the families it leaves out: the spinners of one word list, and families of other kinds. Other
heads of the classifier detect those kinds, so one training can serve both."""

NGRAMS: Mapping[str, tuple[float, float]] = {
    "pairs of words only": (1.0, 0.0),
    "half of the pairs and of the runs of three": (0.5, 0.5),
}
"""Reduced n-gram tables: the shares of bigrams and of trigrams that are kept."""


@dataclass(frozen=True)
class Retraining:
    """The inputs of a retraining. ``root`` is the clone or folder with the tables."""

    data: Path
    root: Path
    cache: Path
    seed: int
    jobs: int
    progress: Callable[[str], None]


def left_out_rows(
    retraining: Retraining,
    news: Sequence[Article],
    samples: Sequence[Sample],
    *,
    which: Sequence[str] = tuple(LEFT_OUT),
) -> list[dict[str, Any]]:
    """The figures of every trained family, from a model trained without it.

    Parameters
    ----------
    retraining : Retraining
        Tables and data for training. Each training takes minutes, and its result is kept in the cache.
    news : sequence of Article
        Human articles for comparison.
    samples : sequence of Sample
        Rewrites; those of other families are ignored.
    """
    rows: list[dict[str, Any]] = []
    for name in which:
        families = LEFT_OUT[name]
        folder = retrained(retraining, leave_out=frozenset(families))
        scorer, _ = open_scorer(folder, folder, jobs=retraining.jobs, progress=retraining.progress)
        own = [s for s in samples if s.family in families]
        texts = [t for s in own for t in (*texts_of(s.articles), *texts_of(s.originals))]
        scorer.measure(texts + texts_of(news), f"without {name}")
        negatives, blank = against(scorer, news), against(scorer, news, lexicon=False)
        rows += [{"left_out": name, **family_row(scorer, negatives, blank, s)} for s in own]
    return rows


def ngram_rows(
    retraining: Retraining, news: Sequence[Article], samples: Sequence[Sample], ngrams: str
) -> list[dict[str, Any]]:
    """The figures of some rewrites, from a model trained with one of the reduced tables of :data:`NGRAMS`."""
    folder = retrained(retraining, ngrams=ngrams)
    scorer, _ = open_scorer(folder, folder, jobs=retraining.jobs, progress=retraining.progress)
    texts = [t for s in samples for t in (*texts_of(s.articles), *texts_of(s.originals))]
    scorer.measure(texts + texts_of(news), ngrams)
    negatives, blank = against(scorer, news), against(scorer, news, lexicon=False)
    return [{"ngrams": ngrams, **family_row(scorer, negatives, blank, s)} for s in samples]


def retrained(retraining: Retraining, *, leave_out: frozenset[str] = frozenset(), ngrams: str | None = None) -> Path:
    """The folder of a model trained again with the same tables, cached for the same code, data and tables.

    ``ngrams`` names one of :data:`NGRAMS`, which then replaces the full n-gram tables.
    """
    key = training_key(retraining, leave_out, ngrams)
    folder = retraining.cache / f"retrained-{key}"
    if (folder / "detector" / "artefact" / MANIFEST).is_file():
        retraining.progress(f"retrained before: {folder.name}")
        return folder
    if folder.exists():
        shutil.rmtree(folder)
    vectors = _vectors(retraining)
    if vectors is not None:
        _lay_out(retraining.root / TABLES, folder, vectors, ngrams)
    elif ngrams:
        message = f"{retraining.root / VECTORS} is missing: run `unspin train` first, which leaves it"
        raise DataError(message)
    without = f"without {', '.join(sorted(leave_out))}"
    retraining.progress(f"training again {f'over {ngrams}' if ngrams else without}")
    train(
        retraining.data,
        folder,
        seed=retraining.seed,
        jobs=retraining.jobs,
        progress=retraining.progress,
        reuse_tables=vectors is not None,
        leave_out=leave_out,
        amounts=AMOUNTS,
    )
    if vectors is None:
        # An installed model has no vectors. Keep the new ones for the next training.
        shutil.copyfile(folder / VECTORS, retraining.cache / VECTORS.name)
    return folder


def _vectors(retraining: Retraining) -> Path | None:
    kept = (retraining.root / VECTORS, retraining.cache / VECTORS.name)
    return next((path for path in kept if path.is_file()), None)


def _lay_out(source: Path, folder: Path, vectors: Path, ngrams: str | None) -> None:
    """Link the reused files, but not those that training writes, because it would overwrite the original model."""
    tables = folder / TABLES
    tables.mkdir(parents=True)
    (folder / VECTORS).parent.mkdir(parents=True, exist_ok=True)
    _link(vectors, folder / VECTORS)
    if vectors.with_name(NEIGHBOURS).is_file():
        _link(vectors.with_name(NEIGHBOURS), (folder / VECTORS).with_name(NEIGHBOURS))
    shares = dict(zip(("bigram_keys.npy", "trigram_keys.npy"), NGRAMS[ngrams], strict=True)) if ngrams else {}
    for path in sorted(source.iterdir()):
        if shares.get(path.name, 1.0) < 1.0:
            np.save(tables / path.name, thinned(np.load(path, allow_pickle=False), shares[path.name]))
        # The reader has read rewrites by every family.
        elif path.name not in (*MADE_AGAIN, READER):
            _link(path, tables / path.name)


def thinned(keys: NDArray[np.uint64], share: float) -> NDArray[np.uint64]:
    """The keys of a :class:`~features.language_model.ngrams.HashTable` with only a random share of its entries."""
    lanes = keys.view(np.uint16).copy()
    lanes[np.random.default_rng(0).random(len(lanes)) >= share] = 0
    return lanes.view(np.uint64)


def training_key(retraining: Retraining, leave_out: frozenset[str], ngrams: str | None) -> str:
    """A hash of everything that a retrained model depends on."""
    code = code_hash(
        "features",
        "detector.language",
        "detector.measuring",
        "detector.model",
        "detector.lab.data",
        "detector.lab.spinners",
        "detector.lab.training",
        __name__,
    )
    files = [
        *sorted((Path(features.__file__).parents[1] / "seeds").glob("*.tsv")),
        *(p for p in (retraining.root / VECTORS, retraining.root / VECTORS.with_name(NEIGHBOURS)) if p.is_file()),
    ]
    tables = [p for p in sorted((retraining.root / TABLES).iterdir()) if p.name not in MADE_AGAIN]
    data = [sha256(p) for p in sorted(retraining.data.iterdir()) if p.is_file()]
    parts = (code, *map(sha256, [*files, *tables]), repr((data, sorted(leave_out), ngrams, retraining.seed)))
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:12]


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source.resolve())
    except OSError:
        shutil.copyfile(source, target)
