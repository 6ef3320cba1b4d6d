"""Training from end to end on a data folder that the test writes: no thesaurus, dictionary or copy from outside."""

import itertools
import json
import lzma
import random
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import features
from detector import model
from detector.checker import Checker
from detector.classifier import SYNONYMS
from detector.errors import DataError
from detector.lab.data.corpus import SETS, Set, mend, role_of
from detector.lab.data.own_copy import Archive
from detector.lab.data.rewrites import POLISH, SETS_LEARNT, TRIP, WRITTEN
from detector.lab.data.stories import Article
from detector.lab.evaluation.left_out import MADE_AGAIN, _lay_out
from detector.lab.spinners import FAMILIES, Edit, Spinner, Spun, ThesaurusSpinner, from_table, write
from detector.lab.training import build_alternatives as alternatives
from detector.lab.training import calibration, fit_cascade
from detector.lab.training import train as training
from detector.lab.training import training_sets as training_articles
from detector.lab.training.calibration import set_thresholds
from detector.lab.training.confusions import STORIES
from detector.lab.training.fit_classes import ENDINGS
from detector.lab.training.recalibration import SPUN_RATE, SUSPECT_RATE
from detector.lab.training.train import VECTORS, lexicon_pairs, train
from detector.lab.training.training_sets import NEWS, OTHER_HUMAN, Amounts, human_copy, judgeable, spin_articles
from detector.manifest import Manifest, sha256
from detector.manifest import read as read_manifest
from detector.model import ESTIMATOR, HUMAN, MANIFEST, READER, WEIGHTS
from detector.verdict import Label
from features.document import Document
from features.language_model.alternatives import Alternatives
from features.language_model.ngrams import HEADER, SPECIAL, NgramModel
from features.language_model.phrase_lifts import PhraseLifts
from features.language_model.phrase_table import PhraseTable
from features.language_model.topics import Topics
from features.language_model.word_classes import WordClasses
from features.phrasing import Phrasing
from features.phrasing import kind_of as kind_of_column
from features.reader import Reader

pytest.importorskip("lemminflect", reason="simulated rewriters inflect with lemminflect: install unspin[train]")
pytest.importorskip("scipy", reason="word vectors are a sparse decomposition: install unspin[train]")

# Twelve rounds over so few words need not converge.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SEEDS = Path(__file__).parents[4] / "seeds" / "texts"

COMMON = {
    "say": ["state", "remark"],
    "people": ["individuals", "persons"],
    "year": ["annum", "twelvemonth"],
    "home": ["dwelling", "abode"],
    "company": ["firm", "corporation"],
    "tell": ["inform", "apprise"],
    "show": ["exhibit", "display"],
    "week": ["seven-day"],
    "day": ["daylight"],
    "rise": ["ascend", "climb"],
    "leave": ["depart"],
    "make": ["fabricate", "produce"],
    "take": ["seize"],
    "expect": ["anticipate"],
    "city": ["metropolis"],
    "state": ["province"],
    "price": ["cost"],
    "worker": ["labourer"],
    "town": ["township"],
    "work": ["labour"],
    "official": ["functionary"],
    "new": ["novel", "fresh"],
    "more": ["additional"],
    "high": ["lofty"],
}
OTHER = {
    "say": ["declare", "utter"],
    "people": ["folk"],
    "house": ["residence"],
    "call": ["summon"],
    "first": ["initial"],
    "last": ["final"],
    "month": ["moon"],
    "open": ["unclose"],
    "ask": ["inquire"],
    "street": ["road"],
    "council": ["assembly"],
    "water": ["fluid"],
    "old": ["aged"],
    "big": ["huge"],
}
THIRD = {"say": ["observe"], "make": ["construct"], "year": ["season"], "people": ["humans"], "use": ["utilise"]}


@dataclass(frozen=True)
class SmallEngine:
    """A round trip of our own: `very` and `this is` come in, `the` goes."""

    def spin(self, text: str, _: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite every article, most of all."""
        return write(
            text, [Edit(m.start(), m.end(), "of the very") for m in re.finditer(r"\bthe\b", text)] if rate else ()
        )


def made_families(data: Path) -> dict[str, Spinner]:
    """Three small rewriters under the names of real ones, and a round trip."""
    return {
        "dictionary": ThesaurusSpinner(from_table(COMMON), inflect=True),
        "wordnet-inflected": ThesaurusSpinner(from_table(OTHER), inflect=True),
        "careful": ThesaurusSpinner(from_table(THIRD), inflect=True),
        "round-trip-esperanto": SmallEngine(),
    }


def made_thesauri() -> Callable[[str, str], dict[str, float]]:
    """The small tables read backwards, as training reads a thesaurus."""
    back: dict[str, dict[str, float]] = {}
    for head, words in (*COMMON.items(), *OTHER.items()):
        for word in words:
            back.setdefault(word, {})[head] = 1.6
    return lambda lemma, part: back.get(lemma, {})


def sentences() -> tuple[list[str], list[str]]:
    """Paragraphs of our own clean stories: of one part of the stories, and of the others."""
    index = [line.split("\t") for line in (SEEDS / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    texts = [(SEEDS / row[0]).read_text(encoding="utf-8") for row in index if row[1] == "clean"]
    parts = [[p for p in text.split("\n") if len(p.split()) > 8] for text in texts]
    return list(itertools.chain(*parts[::2])), list(itertools.chain(*parts[1::2]))


def wanted(name: str) -> dict[str, int]:
    """How many stories of each role a set gets."""
    if name in NEWS:
        few = {"reference": 12, "fit": 6, "calibrate": 4, "test": 1}
        return {"reference": 40, "fit": 16, "calibrate": 8, "test": 2} if name == "world-news" else few
    if name in OTHER_HUMAN:
        return {"fit": 4, "calibrate": 3, "test": 1}
    return {"reference": 1, "fit": 1, "calibrate": 1, "test": 1}


def rows(described: Set, pools: tuple[list[str], list[str]]) -> Iterator[dict[str, object]]:
    """Rows of one set: reference stories and held-out ones share no paragraph, else all would be left out of counts."""
    rng = random.Random(described.name)
    left = {
        role: n
        for (role, n), share in zip(
            ((r, wanted(described.name).get(r, 0)) for r in ("reference", "fit", "calibrate", "test")),
            described.shares,
            strict=True,
        )
        if share and n
    }
    number = 0
    while left:
        number += 1
        for pool, serves in ((pools[0], {"reference"}), (pools[1], {"fit", "calibrate", "test"})):
            text = "\n".join(rng.sample(pool, 4 if rng.random() < 0.5 else 5))
            key = f"{described.name}-{number}-{len(serves)}"
            owner = f"Outlet {number % 40} {len(serves)}" if described.group == "outlet" else f"{number}-{len(serves)}"
            letters = "".join(c for c in text.lower() if c.isalnum())[40:140]
            group = letters if described.group == "text" else f"{described.name}:{owner}"
            role = role_of(group, described.shares)
            if role not in serves or role not in left:
                continue
            left[role] -= 1
            if not left[role]:
                del left[role]
            label = (
                "esl"
                if described.name.startswith("esl")
                else "human"
                if described.name in {*NEWS, *OTHER_HUMAN}
                else "spun"
            )
            extra = {} if described.group == "text" else {described.group: owner}
            yield {"id": key, "text": text, "label": label, **extra}


def real_rows(pool: Sequence[str]) -> Iterator[dict[str, object]]:
    """Pairs by role as in the set of real rewrites: an original, its polish and its round trip, and a word swap."""
    rng = random.Random(REAL)
    left = {"fit": 14, "calibrate": 6, "test": 2}
    for number in itertools.count():
        pair = str(number)
        role = role_of(f"{REAL}:{pair}", SETS[REAL].shares)
        if not left.get(role):
            if not any(left.values()):
                return
            continue
        left[role] -= 1
        text = "\n".join(rng.sample(pool, 5))
        polished = re.sub(r"(?<=[.] )(?=[A-Z])", "Additionally, ", text)
        translated = text.replace(" the ", " this ").replace(" said", " has said it")
        for label, tool, own in (
            ("human", None, text),
            ("llm_paraphrase", "LLM polish", f"Here is the polished text:\n{polished}"),
            ("backtranslated", "back-translation (DetectRL)", translated),
            ("synonym_attack", "TextFooler-style word attack (DetectRL)", text.replace("said", "uttered")),
            ("llm_written", "Some model", f"Additionally, nobody knows. {polished}"),
        ):
            key = f"{REAL}-{pair}-{tool}"
            yield {"id": key, "text": own, "label": label, "tool": tool, "domain": "xsum-news", "pair_id": pair}


def write_data(folder: Path) -> Path:
    """A data folder with every set."""
    pools = sentences()
    folder.mkdir(parents=True)
    for name, described in SETS.items():
        made = list(real_rows(pools[1])) if name == REAL else list(rows(described, pools))
        if name == "reuters-fin":
            # A syndicated copy of a held-out story must not be counted.
            held = next(r for r in made if role_of(letters_of(str(r["text"])), described.shares) != "reference")
            made.append(copy_in_reference(str(held["text"]), pools[0], described))
        with lzma.open(folder / f"{name}.jsonl.xz", "wt", encoding="utf-8", preset=0) as out:
            out.writelines(json.dumps(row) + "\n" for row in made)
    return folder


def letters_of(text: str) -> str:
    """What the role of a story without an owner is drawn from, for texts of letters and digits."""
    return "".join(c for c in mend(text).lower() if c.isalnum() or c == "_")[40:140]


def copy_in_reference(text: str, pool: Sequence[str], described: Set) -> dict[str, object]:
    """A held-out story under another opening, which makes it a reference story."""
    for opening in pool:
        copied = f"{opening}\n{text}"
        if role_of(letters_of(copied), described.shares) == "reference":
            return {"id": "copied", "text": copied, "label": "human"}
    raise AssertionError


@dataclass(frozen=True)
class Trained:
    """A training, its folders and what it said."""

    data: Path
    out: Path
    manifest: Manifest
    said: list[str]

    @property
    def tables(self) -> Path:
        """Where the features' tables are."""
        return self.out / "features" / "tables"

    @property
    def artefact(self) -> Path:
        """Where the model is."""
        return self.out / "detector" / "artefact"


REAL = SETS_LEARNT[0]

AMOUNTS = Amounts(
    word_news=2,
    word_other=1,
    fit_news=4,
    fit_other=3,
    calibrate_news=3,
    calibrate_other=2,
    per_outlet=2,
    world_factor=3,
    phrasing_news=8,
    phrasing_other=2,
    trips=12,
    calibrate_trips=4,
)


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    """Small rewriters instead of the real ones, and vectors for few words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_articles, "families", made_families)
        patch.setattr(alternatives, "thesauri", made_thesauri)
        patch.setattr(training, "VECTOR_WORDS", 600)
        # The judge of relations has tests of its own.
        patch.setattr(training, "can_fit", lambda _: False)
        yield


def trained(data: Path, out: Path, **options: object) -> Trained:
    """Train into a folder."""
    said: list[str] = []
    manifest = train(data, out, jobs=1, amounts=AMOUNTS, progress=said.append, **options)  # type: ignore[arg-type]
    return Trained(data, out, manifest, said)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A training from nothing."""
    folder = tmp_path_factory.mktemp("training")
    return trained(write_data(folder / "data"), folder / "first")


@pytest.fixture(scope="module")
def second(first: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A training by the same seed that begins with the first one's n-gram tables and vectors."""
    return trained(first.data, started(first, tmp_path_factory.mktemp("second")), reuse_tables=True)


def started(before: Trained, out: Path, *, keep_vectors: bool = True) -> Path:
    """A folder with the tables that a training may reuse. Another one: tables are opened once a process."""
    tables = out / "features" / "tables"
    shutil.copytree(before.tables, tables, ignore=shutil.ignore_patterns("*.npz"))
    if keep_vectors:
        (out / VECTORS).parent.mkdir()
        shutil.copy(before.out / VECTORS, out / VECTORS)
    return out


def test_every_file_is_named_with_its_hash(first: Trained) -> None:
    """The manifest names the model's files and all tables, each by its hash, and is what was written."""
    places = {p.name: p for p in (first.artefact / ESTIMATOR, first.artefact / WEIGHTS, *first.tables.iterdir())}
    places["lexicon.tsv"] = model.lexicon_file()
    assert first.manifest.files == {name: sha256(path) for name, path in places.items()}
    assert read_manifest(first.artefact / MANIFEST) == first.manifest
    assert set(first.manifest.training_data) == {f"{name}.jsonl.xz" for name in SETS}


def test_what_is_trained_opens_and_judges(first: Trained) -> None:
    """The checker takes the new model and tables and gives a verdict with their columns."""
    opened = model.load(first.artefact, tables=first.tables)
    text = (SEEDS / "river-flood.txt").read_text(encoding="utf-8")
    with closing(Checker(model=opened, tables=first.tables, grammar="none")) as checker:
        verdict = checker.check(Document(text))
        assert set(first.manifest.columns) == set(checker.columns)
        assert first.manifest.columns == tuple(c.name for f in checker.features for c in f.columns)
    assert verdict.label in {Label.CLEAN, Label.SUSPECT, Label.SPUN}
    assert 0.0 <= verdict.probability <= 1.0


def test_plain_numbers_say_what_the_estimator_says(first: Trained) -> None:
    """The weights give the classes of the pipeline the same log-odds as the skops file does."""
    opened = model.load(first.artefact)
    some = np.random.default_rng(0).uniform(opened.weights.low, opened.weights.high, (5, len(opened.weights.low)))
    human = list(opened.estimator.classes_).index(HUMAN)
    p = opened.estimator.predict_proba(some)[:, human]
    assert opened.weights.log_odds(some) == pytest.approx(np.log((1 - p) / p), abs=1e-6)
    assert set(opened.weights.classes) == {HUMAN, *(f.kind for f in FAMILIES)}
    assert PhraseTable.load(first.tables).kinds == tuple(kind_of_column(c.name) for c in Phrasing.columns)


def test_thresholds_are_ordered(first: Trained) -> None:
    """For every checker suspect is no higher than spun, and both stand for counted articles."""
    assert set(first.manifest.thresholds) == {"harper", "languagetool", "none"}
    for threshold in first.manifest.thresholds.values():
        assert 0.0 <= threshold.suspect <= threshold.spun <= 1.0
        assert threshold.articles > 30
    assert first.manifest.calibration["harper"].grammar
    assert not first.manifest.calibration["none"].grammar


def test_the_rewrites_are_told_from_the_originals(first: Trained) -> None:
    """Even so small a model orders held-out rewrites above held-out copy better than chance."""
    metrics = first.manifest.metrics["none"]
    assert isinstance(metrics, Mapping)
    assert metrics["auroc"] > 0.6


def test_a_copy_of_a_held_out_story_is_not_counted(first: Trained) -> None:
    """The syndicated copy is left out of the reference counts, and nothing else is."""
    header = json.loads((first.tables / HEADER).read_text(encoding="utf-8"))
    assert header["left_out"] == 1
    assert header["stories"] == first.manifest.metrics["reference"]["stories"]
    assert any("1 of" in line and "left out" in line for line in first.said)


def test_an_archive_is_counted_beside_the_data(first: Trained, tmp_path: Path) -> None:
    """Its words are known afterwards, what is in it twice, foreign or held out is not counted; its hash is in the manifest."""
    extra = [
        f"The mayor of Vexborough said on day {n} that the zorbing rink would open to the people." for n in range(60)
    ]
    own = "\n".join(extra[:30]), "\n".join(extra[30:])
    held = next(a.text for a in human_copy(first.data, "calibrate", 1, 0, AMOUNTS, 0))
    foreign = "Le maire a démissionné mardi, a indiqué la préfecture dans un communiqué. " * 20
    archive = Archive(lambda: iter([*own, own[0], held, foreign]))
    made = trained(first.data, tmp_path / "own", archive=archive)
    before = json.loads((first.tables / HEADER).read_text(encoding="utf-8"))
    after = json.loads((made.tables / HEADER).read_text(encoding="utf-8"))
    assert (after["stories"], after["left_out"]) == (before["stories"] + 2, before["left_out"] + 1)
    assert "reference copy: your archive, 3 stories" in made.said
    assert "zorbing" in NgramModel.load(made.tables).words
    assert "zorbing" not in NgramModel.load(first.tables).words
    assert made.manifest.training_data == {**first.manifest.training_data, "archive": archive.hash}
    again = Archive(lambda: iter([foreign, held, own[1], own[0]]))
    assert len(list(again)) == 3
    assert again.hash == archive.hash


def test_an_archive_without_articles_ends_the_training() -> None:
    """Whoever names a wrong folder is told before anything is counted."""
    with pytest.raises(DataError, match="no English article"):
        list(Archive(lambda: iter(["12.4 13.1 19.0 " * 50])))


def test_alternatives_lead_back_to_the_reporters_word(first: Trained) -> None:
    """“stated” may stand for “said”, by thesaurus or by what the rewriters were seen to do."""
    ngrams = NgramModel.load(first.tables)
    table = Alternatives.load(first.tables / "alternatives.npz")
    pairs = {
        (ngrams.words[i], ngrams.words[j])
        for i in range(len(ngrams.words))
        for j in table.ids[table.offsets[i] : table.offsets[i + 1]]
    }
    assert pairs
    assert all(new != old for new, old in pairs)
    assert float(table.lift.min()) >= 0.0
    assert len(table.lift) == len(ngrams.words)


def test_classes_topics_and_phrases_are_among_the_tables(first: Trained) -> None:
    """They are of the vocabulary that was counted, and a training says what it did for them."""
    names = {"phrase_lifts.npz", "word_classes.npy", "class_trigrams.npy", "topics.npy"}
    assert names <= {p.name for p in first.tables.iterdir()}
    ngrams = NgramModel.load(first.tables)
    classes = WordClasses.load(first.tables, ngrams.counts)
    # Even of so little copy as this some words have vectors and form classes of their own.
    assert len(np.unique(classes.of)) > len(SPECIAL) + len(ENDINGS) + 2
    topics = Topics.load(first.tables)
    assert 0 < len(topics.vectors) <= len(ngrams.words)
    assert topics.vectors.any()
    phrases = PhraseLifts.load(first.tables)
    assert len(phrases.hashes) == len(phrases.lift) == len(phrases.originals)
    assert any(line.endswith(f"{len(phrases.hashes):,} phrases") for line in first.said)
    assert sum(line.startswith("words: ") for line in first.said) == 2


def test_the_same_seed_gives_the_same_model(first: Trained, second: Trained) -> None:
    """Reused n-gram tables and vectors change nothing: weights, word model and thresholds are the same."""
    assert (second.artefact / WEIGHTS).read_bytes() == (first.artefact / WEIGHTS).read_bytes()
    for name in ("word", "sentence", "thresholds", "calibration", "columns", "reference"):
        assert getattr(second.manifest, name) == getattr(first.manifest, name)
    assert not any(line.startswith("reference copy") for line in second.said)


def test_a_family_left_out_is_not_seen(first: Trained, tmp_path: Path) -> None:
    """Over linked tables, as in the evaluation: kinds left out have no head, and the first model's files stay as they are."""
    before = {p: p.read_bytes() for p in sorted(first.out.rglob("*")) if p.is_file()}
    out = tmp_path / "without"
    _lay_out(first.tables, out, first.out / VECTORS, None)
    linked = {p.name for p in (out / "features" / "tables").iterdir()}
    kept = tmp_path / "kept" / "v.npy"
    without = frozenset({"dictionary", "round-trip-esperanto", POLISH, WRITTEN, TRIP})
    made = trained(first.data, out, reuse_tables=True, leave_out=without, vectors_at=kept)
    assert {p: p.read_bytes() for p in sorted(first.out.rglob("*")) if p.is_file()} == before
    assert {p.name for p in made.tables.iterdir()} == linked | set(MADE_AGAIN)
    assert not any((made.tables / name).is_symlink() for name in MADE_AGAIN)
    opened = model.load(made.artefact, tables=made.tables)
    assert opened.weights.classes == (HUMAN, SYNONYMS)
    assert PhraseTable.load(made.tables).kinds == ()
    of = opened.weights.classes.index(SYNONYMS)
    whole = model.load(first.artefact).weights
    head = whole.coefficients[whole.classes.index(SYNONYMS)]
    assert opened.weights.coefficients[of].tolist() != head.tolist()
    # Vectors that are not where they are looked for are made again.
    again, vectors = np.load(kept), np.load(first.out / VECTORS)
    assert again.shape == vectors.shape
    assert np.abs(np.linalg.norm(again, axis=1) - 1.0)[np.any(again != 0, axis=1)].max() < 1e-5


def test_round_trips_are_apart(first: Trained) -> None:
    """The word model never meets round trips; the classifier does, unless they are left out."""
    assert sorted(training_articles.trained_spinners(first.data)) == ["careful", "dictionary", "wordnet-inflected"]
    assert sorted(training_articles.trained_trips(first.data)) == ["round-trip-esperanto"]
    assert training_articles.trained_trips(first.data, frozenset({"round-trip-esperanto"})) == {}


def test_learners_are_not_rewritten() -> None:
    """Only reporters' copy is rewritten; a rewriter that changes nothing adds nothing."""
    text = "The mayor said people left. " * 15
    articles = [Article(f"{g}-1", text, HUMAN, g, f"{g}-1", 75) for g in ("world-news: A", "esl-jfleg")]
    spun = spin_articles(articles, {"dictionary": ThesaurusSpinner(from_table({"say": ["state"]}), inflect=True)}, 0)
    assert [(a.group.split(" ")[0], a.kind) for a in spun[:2]] == [("world-news:", HUMAN), ("esl-jfleg", HUMAN)]
    assert {a.story for a in spun[2:]} <= {"world-news: A-1"}
    assert spin_articles(articles, {"dictionary": ThesaurusSpinner(from_table({}), inflect=True)}, 0) == articles


def test_a_rewrite_is_as_long_as_it_is() -> None:
    """Calibration goes by the length, which is not its original's where words stand for phrases."""
    article = Article("a", "The mayor said people left. " * 15, HUMAN, "world-news: A", "a", 75)
    longer = {"dictionary": ThesaurusSpinner(from_table({"people": ["a number of persons"]}), inflect=True)}
    _, spun = spin_articles([article], longer, 0)
    assert spun.words == len(Document(spun.text).words) > article.words


def test_only_what_would_be_judged_is_learnt_from() -> None:
    """Short articles and other languages are left out."""
    text = (SEEDS / "river-flood.txt").read_text(encoding="utf-8")
    assert judgeable(text)
    assert not judgeable(text[:200])
    assert not judgeable("Le maire a démissionné mardi, a indiqué la préfecture dans un communiqué. " * 20)


def test_our_own_pairs_are_single_words() -> None:
    """The tables' pairs are a lower-case wording and a lower-case original, without phrases."""
    pairs = lexicon_pairs()
    assert pairs
    assert all(" " not in wording + original for wording, original in pairs)


def test_a_large_group_raises_the_threshold() -> None:
    """A kind of human copy that scores high may not be called spun oftener than others."""
    low = np.linspace(0.0, 0.4, 1000)
    high = np.linspace(0.0, 0.9, 160)
    together = np.concatenate([low, high])
    alone = set_thresholds(together, ["news"] * len(together))
    grouped = set_thresholds(together, ["news"] * len(low) + ["esl-jfleg"] * len(high))
    assert grouped.spun > alone.spun
    assert (high >= grouped.spun).mean() <= calibration.GROUP_RATE
    assert (together >= alone.spun).mean() <= SPUN_RATE
    assert (together >= alone.suspect).mean() <= SUSPECT_RATE


def test_what_is_unlike_news_cannot_be_accused_and_moves_no_threshold() -> None:
    """Texts under the floor count as never called spun; they count for `suspect` as everybody does."""
    low = np.linspace(0.0, 0.4, 1000)
    essays = np.full(50, 0.99)
    together, register = np.concatenate([low, essays]), np.concatenate([np.full(1000, 5.0), np.full(50, -5.0)])
    groups = ["news"] * len(together)
    held_back = set_thresholds(together, groups, register, 0.0)
    assert held_back.spun <= 0.4
    assert held_back.spun < set_thresholds(together, groups).spun
    assert held_back.news_floor == 0.0
    assert held_back.spun_rate <= SPUN_RATE


def test_confusions_are_counted_on_sets_that_exist() -> None:
    """The sets whose stories are rewritten for counting are reporters' copy."""
    assert set(STORIES) <= set(NEWS) <= set(SETS)


@pytest.fixture
def with_reader(first: Trained, tmp_path: Path) -> Path:
    """The first training's model in a folder of its own, whose tables hold the package's reader."""
    out = tmp_path / "with reader"
    shutil.copytree(first.out, out)
    shutil.copy(Path(features.__file__).parent / "tables" / READER, out / "features" / "tables" / READER)
    return out


def test_a_second_stage_is_added(first: Trained, with_reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It joins the reader's columns, has thresholds for every grammar checker, and the model judges with it."""
    monkeypatch.setattr(fit_cascade, "kept_apart", lambda _: True)
    monkeypatch.setattr(fit_cascade, "EACH_SET", 2)
    made = fit_cascade.fit_cascade(
        first.data, with_reader, seed=0, jobs=1, progress=lambda _: None, amounts=AMOUNTS, leave_out=frozenset()
    )
    cascade = made.cascade
    assert cascade is not None
    assert cascade.columns == tuple(column.name for column in Reader.columns)
    assert set(cascade.thresholds) == {"harper", "languagetool", "none"}
    assert all(0 < at.suspect <= at.spun <= 1 for at in cascade.thresholds.values())
    assert 0 <= cascade.read_from <= min(at.suspect for at in cascade.thresholds.values())
    tables = with_reader / "features" / "tables"
    opened = model.load(with_reader / "detector" / "artefact", tables=tables)
    assert opened.manifest == made
    assert made.files[READER] == sha256(tables / READER)
    assert made.hash != first.manifest.hash
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("river-board-talks*.txt"))]
    checker = Checker(grammar="none", model=opened, tables=tables)
    verdicts = [checker.check(Document(text)) for text in texts]
    assert all(any(c.feature == Reader.name for c in verdict.contributions) for verdict in verdicts)


def test_a_second_stage_without_stories_is_one_sentence(
    first: Trained, with_reader: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader may have read every story; the model stays as it was."""
    monkeypatch.setattr(fit_cascade, "reader_articles", lambda *_, **__: [])
    before = (with_reader / "detector" / "artefact" / MANIFEST).read_bytes()
    with pytest.raises(DataError, match="too few stories of the role fit"):
        fit_cascade.fit_cascade(first.data, with_reader, seed=0, jobs=1, progress=lambda _: None, amounts=AMOUNTS)
    assert (with_reader / "detector" / "artefact" / MANIFEST).read_bytes() == before
