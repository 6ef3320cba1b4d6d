"""Rewrites that no spinner of ours made: read from the data folder, and made by engines."""

import hashlib
import json
import lzma
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from detector.classifier import DICTIONARY, LANGUAGE_MODEL, RULE_BASED, SYNONYMS, TRANSLATION
from detector.lab.data.corpus import SETS, Story, role_of
from detector.lab.data.rewrites import (
    EACH_STORY,
    GRADED,
    LEAST_CHANGED,
    MIXED,
    POLISH,
    REAL,
    SETS_LEARNT,
    TRIP,
    TRIP_RATES,
    WRITTEN,
    family_of,
    is_news,
    real_rewrites,
    round_trips,
)
from detector.lab.data.stories import Article, group_of
from detector.lab.spinners import FAMILIES, Edit, Spun, family, write
from detector.model import HUMAN
from features.document import Document
from features.phrasing import Phrasing
from features.phrasing import kind_of as kind_of_column

STORY = "The harbour board agreed on Tuesday to widen the channel, officials said. Work begins in May."
TOOLS = {
    "word swap": ("synonym_attack", "TextFooler-style word attack (DetectRL)"),
    "DIPPER": ("llm_paraphrase", "DIPPER"),
    POLISH: ("llm_paraphrase", "LLM polish"),
    TRIP: ("backtranslated", "back-translation (DetectRL)"),
}


SET = SETS_LEARNT[0]


def pair_with(role: str) -> str:
    """A pair of that role."""
    return next(p for p in map(str, range(1000)) if role_of(f"{SET}:{p}", SETS[SET].shares) == role)


def pair_rows(pair: str) -> list[dict[str, object]]:
    """A human original and what each tool made of it."""
    human: dict[str, object] = {"id": f"{pair}-human", "text": f"{STORY} Original.", "label": "human", "tool": None}
    made: list[dict[str, object]] = [
        {"id": f"{pair}-{i}", "text": f"{STORY} {name}.", "label": label, "tool": tool}
        for i, (name, (label, tool)) in enumerate(TOOLS.items())
    ]
    return [{**row, "domain": "xsum-news", "pair_id": pair} for row in (human, *made)]


def written_row(key: str, text: str = STORY) -> dict[str, object]:
    """What a language model wrote on its own, of nobody's story."""
    return {"id": key, "text": text, "label": "llm_written", "tool": "Some model", "domain": "xsum-news"}


def folder_with(folder: Path, rows: Iterable[Mapping[str, object]], name: str = SET) -> Path:
    """A data folder with one of the sets. Another one for each test: a set is read once a process."""
    with lzma.open(folder / f"{name}.jsonl.xz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def polish_pair(role: str) -> str:
    """A pair of that role of the two sets that polish the same originals."""
    return next(f"p{i}" for i in range(1000) if role_of(f"mixset:mixset:p{i}", SETS["mixset"].shares) == role)


def polish_rows(
    name: str, pair: str, *, made: int = 1, domain: str = "news", **fields: object
) -> list[dict[str, object]]:
    """Of one of these two sets, a human original and what it made of it."""
    own: dict[str, object] = {"domain": domain, "pair_id": f"{name}:{pair}"}
    human: dict[str, object] = {"id": f"{name}:{pair}-h", "text": f"{STORY} Original.", "label": "human", **own}
    rows = [
        {"id": f"{name}:{pair}-{i}", "text": f"{STORY} {i}.", "label": "llm_paraphrase", "tool": f"tool {i}", **own}
        for i in range(made)
    ]
    return [human, *({**row, **fields} for row in rows)]


def told(name: str, label: str, **fields: object) -> Story:
    """A story of which nothing else counts."""
    return Story("key", STORY, label, "pair", "fit", name, fields)


class TestRealRewrites:
    """What is read from the data folder."""

    def test_families_are_told_by_label_and_tool(self, tmp_path: Path) -> None:
        """Originals, polish, round trips and what models wrote; word swaps and DIPPER are left for the tests."""
        fit = pair_with("fit")
        data = folder_with(tmp_path, [*pair_rows(fit), written_row(fit)])
        found = {a.key: a for a in real_rewrites(data, "fit")}
        kinds = {HUMAN: "Original.", POLISH: f"{POLISH}.", TRIP: f"{TRIP}."}
        assert {a.kind for a in found.values()} == {*kinds, WRITTEN}
        for article in found.values():
            if article.kind != WRITTEN:
                assert article.text.endswith(kinds[article.kind])
                assert article.story == f"{SET}:{fit}"
                assert article.group == f"{SET}: xsum-news"
                assert article.words >= 16

    def test_only_stories_of_the_role(self, tmp_path: Path) -> None:
        """What is tested on or calibrated with is not learnt from."""
        pairs = {role: pair_with(role) for role in ("fit", "calibrate", "test")}
        data = folder_with(tmp_path, [row for pair in pairs.values() for row in pair_rows(pair)])
        for role, pair in pairs.items():
            found = real_rewrites(data, role)
            assert {a.story for a in found} == {f"{SET}:{pair}"}
            assert sorted(a.kind for a in found) == sorted([HUMAN, POLISH, TRIP])

    def test_families_left_out_are_not_read(self, tmp_path: Path) -> None:
        """A model that must not know a tool still sees the originals and the other tools."""
        fit = pair_with("fit")
        data = folder_with(tmp_path, [*pair_rows(fit), written_row(fit)])
        assert {a.kind for a in real_rewrites(data, "fit", frozenset({POLISH, WRITTEN}))} == {HUMAN, TRIP}
        assert {a.kind for a in real_rewrites(data, "fit", frozenset({TRIP, "careful"}))} == {HUMAN, POLISH, WRITTEN}

    @pytest.mark.parametrize(
        "preamble",
        [
            "Here is the polished version of your text:\n\n",
            "Here's a refined version:  ",
            "Here’s the improved paragraph: ",
            "Sure! Here is the rewritten story:\n",
            "Certainly, I have polished the text as follows: ",
            "**Here is the text:\n",
        ],
    )
    def test_a_models_preamble_goes(self, tmp_path: Path, preamble: str) -> None:
        """Whoever publishes a polished text has cut off what the model said to them."""
        fit = pair_with("fit")
        data = folder_with(tmp_path, [written_row(fit, f"{preamble}{STORY}")])
        (article,) = real_rewrites(data, "fit")
        assert article.text == STORY
        assert article.words == 16

    @pytest.mark.parametrize(
        "text",
        [
            f"{STORY} Here is what he said: nothing.",
            "Here is a town that has waited nine years. " + STORY,
            "The list is here: boats, nets and rope. " + STORY,
            "Surely: nobody asked. " + STORY,
        ],
    )
    def test_a_storys_own_words_stay(self, tmp_path: Path, text: str) -> None:
        """Only a line that ends in a colon, at the very beginning, is taken for a preamble."""
        fit = pair_with("fit")
        data = folder_with(tmp_path, [written_row(fit, text)])
        assert [a.text for a in real_rewrites(data, "fit")] == [text.strip()]

    def test_none_without_the_set(self, tmp_path: Path) -> None:
        """A newsroom that trains on its own copy need not have it."""
        assert real_rewrites(tmp_path, "fit") == []

    def test_originals_that_two_sets_share_come_once(self, tmp_path: Path) -> None:
        """Each set's polish of them is taken, under one story; the set that comes first gives the original."""
        pair = polish_pair("fit")
        for name in ("mixset", "ai-polished"):
            folder_with(tmp_path, polish_rows(name, pair), name)
        found = real_rewrites(tmp_path, "fit")
        assert {(a.key, a.kind, a.group) for a in found} == {
            (f"mixset:{pair}-h", HUMAN, "mixset: news"),
            (f"mixset:{pair}-0", MIXED, "mixset: news"),
            (f"ai-polished:{pair}-0", GRADED, "ai-polished: news"),
        }
        assert {a.story for a in found} == {f"mixset:mixset:{pair}"}
        assert len(found) == 3

    def test_a_set_that_is_not_there_is_passed_over(self, tmp_path: Path) -> None:
        """The others are read all the same, and the original is the other set's own."""
        pair = polish_pair("fit")
        folder_with(tmp_path, polish_rows("ai-polished", pair), "ai-polished")
        assert sorted(a.key for a in real_rewrites(tmp_path, "fit")) == [
            f"ai-polished:{pair}-0",
            f"ai-polished:{pair}-h",
        ]
        assert [a.kind for a in real_rewrites(tmp_path, "fit", frozenset({GRADED}))] == [HUMAN]
        assert real_rewrites(tmp_path, "calibrate") == []

    def test_one_story_is_not_learnt_by_heart(self, tmp_path: Path) -> None:
        """So many rewrites of it by a family and no more; which ones is not for the file to say."""
        pair = polish_pair("fit")
        rows = polish_rows("ai-polished", pair, made=3 * EACH_STORY)
        for folder, given in ((tmp_path / "one", rows), (tmp_path / "other", rows[::-1])):
            folder.mkdir()
            folder_with(folder, given, "ai-polished")
            folder_with(folder, polish_rows("mixset", pair, made=EACH_STORY), "mixset")
        one, other = (real_rewrites(tmp_path / name, "fit") for name in ("one", "other"))
        assert Counter(a.kind for a in one) == {HUMAN: 1, MIXED: EACH_STORY, GRADED: EACH_STORY}
        assert one == other
        lowest = sorted((str(row["id"]) for row in rows[1:]), key=lambda key: hashlib.sha256(key.encode()).digest())
        assert [a.key for a in one if a.kind == GRADED] == lowest[:EACH_STORY]

    def test_what_was_hardly_changed_teaches_nothing(self, tmp_path: Path) -> None:
        """It does not count against the number that a story may have either."""
        pair = polish_pair("fit")
        rows = polish_rows("ai-polished", pair, made=2 * EACH_STORY, lev=LEAST_CHANGED)
        for row in rows[1::2]:
            row["lev"] = LEAST_CHANGED - 0.01
        found = real_rewrites(folder_with(tmp_path, rows, "ai-polished"), "fit")
        assert {a.key for a in found} == {str(row["id"]) for row in rows[::2]}
        assert len(found) == 1 + EACH_STORY

    def test_families_are_named_as_the_evaluation_names_them(self, shared: Path) -> None:
        """On the real sets: every family is there in both roles, and no story of the tests."""
        for role in ("fit", "calibrate"):
            found = real_rewrites(shared / "data", role)
            assert {a.kind for a in found} == {HUMAN, POLISH, TRIP, WRITTEN, MIXED, GRADED}
            of = [(a, SETS[a.group.partition(": ")[0]]) for a in found]
            assert {described.name for _, described in of} == set(SETS_LEARNT)
            assert {role_of(a.story, described.shares) for a, described in of} == {role}
            assert {a.story.partition(":")[0] for a, described in of if described.pairs_of} == {"mixset"}
            assert all(is_news(a.group) for a in found if a.kind in {MIXED, GRADED})
            originals = [a.story for a in found if a.kind == HUMAN]
            assert len(originals) == len(set(originals))
            assert max(Counter((a.story, a.kind) for a in found).values()) == EACH_STORY


class TestFamilies:
    """What a text of the sets that are learnt from teaches."""

    @pytest.mark.parametrize("name", SETS_LEARNT)
    @pytest.mark.parametrize("domain", ["news", "speech", None])
    def test_originals_are_human(self, name: str, domain: str | None) -> None:
        """Of whatever genre: what is said there is held against nobody."""
        assert family_of(told(name, "human", domain=domain)) == HUMAN

    @pytest.mark.parametrize(("name", "family"), [("mixset", MIXED), ("ai-polished", GRADED)])
    def test_polish_is_told_by_its_set(self, name: str, family: str) -> None:
        """Whatever the tool; of other genres than news it teaches nothing."""
        for tool in ("a model", "LLM polish", None):
            assert family_of(told(name, "llm_paraphrase", domain="news", tool=tool)) == family
            for domain in ("blog", "email_content", "paper_abstract", "newsletter", None):
                assert family_of(told(name, "llm_paraphrase", domain=domain, tool=tool)) is None

    @pytest.mark.parametrize(("lev", "family"), [(LEAST_CHANGED, GRADED), (0.9, GRADED), (0.149, None), (0, None)])
    def test_polish_must_have_changed_something(self, lev: float, family: str | None) -> None:
        """From the least share on; where no share is given, it is polish."""
        assert family_of(told("ai-polished", "llm_paraphrase", domain="news", lev=lev)) == family
        assert family_of(told("ai-polished", "llm_paraphrase", domain="news")) == GRADED

    def test_the_first_set_is_told_by_tool(self) -> None:
        """Its polish is taken of every genre; attacks and DIPPER teach nothing."""
        for domain in ("xsum-news", "yelp"):
            for name, (label, tool) in TOOLS.items():
                expected = name if name in REAL else None
                assert family_of(told(SET, label, tool=tool, domain=domain)) == expected
        assert family_of(told(SET, "llm_written", tool="LLM polish", domain="yelp")) == WRITTEN
        assert family_of(told(SET, "llm_paraphrase", domain="xsum-news")) is None

    @pytest.mark.parametrize(
        ("name", "domain", "news"),
        [
            (SET, "xsum-news", True),
            (SET, "arxiv", False),
            ("mixset", "news", True),
            ("mixset", "speech", False),
            ("ai-polished", "news", True),
            ("ai-polished", "newsletter", False),
            ("ai-polished", None, False),
        ],
    )
    def test_genre_is_told_by_the_group(self, name: str, domain: str | None, *, news: bool) -> None:
        """Every set that is learnt from names it there."""
        group = group_of(told(name, "llm_paraphrase", domain=domain))
        assert group == f"{name}: {domain}"
        assert is_news(group) is news

    def test_a_group_without_a_genre_is_not_news(self) -> None:
        """The name of a set says nothing of its genre."""
        assert not is_news("trip: speech")
        assert not is_news(SET)


class TestKinds:
    """The classifier's classes."""

    def test_each_family_has_one(self) -> None:
        """Tools of the data folder, round trips, the list that circulates; all else swaps words."""
        assert {family(name).kind for name in (POLISH, MIXED, GRADED, WRITTEN)} == {LANGUAGE_MODEL}
        assert family(TRIP).kind == TRANSLATION
        assert family("round-trip-catalan").kind == RULE_BASED
        assert family("dictionary").kind == family("dictionary-spare-names").kind == DICTIONARY
        assert family("careful").kind == family("neighbours").kind == SYNONYMS

    def test_every_kind_but_word_swaps_has_a_column_of_phrasing(self) -> None:
        """A head without its column could not tell what it is there for."""
        assert {kind_of_column(c.name) for c in Phrasing.columns} == {f.kind for f in FAMILIES} - {SYNONYMS}


@dataclass(frozen=True)
class Engine:
    """Puts its name in the place of every full stop; passes over texts that hold ``stays``."""

    name: str
    stays: str = "\0"

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite."""
        if self.stays in text:
            return Spun(text)
        return write(text, [Edit(0, 3, f"{self.name} {rate} {rng.random()}")])


@dataclass(frozen=True)
class Batches(Engine):
    """The same, of many texts at once."""

    def spin_many(self, texts: Sequence[str], rngs: Sequence[random.Random], rate: float = 1.0) -> list[Spun]:
        """Rewrite each."""
        return [self.spin(text, rng, rate) for text, rng in zip(texts, rngs, strict=True)]


ENGINES = {
    "round-trip-a": Engine("a"),
    "round-trip-b": Batches("b"),
    "round-trip-c": Engine("c"),
}


def articles(n: int) -> list[Article]:
    """Reporters' copy."""
    return [Article(f"k{i}", f"One. {STORY} {i}", HUMAN, f"outlet {i % 3}", f"story {i}", 18) for i in range(n)]


def made(own: Sequence[Article], each: int, seed: int = 0, engines: Mapping[str, Engine] = ENGINES) -> list[Article]:
    """Round trips."""
    return round_trips(own, engines, each, seed=seed, jobs=1)


class TestRoundTrips:
    """What engines make of reporters' copy."""

    def test_every_engine_gets_articles_of_its_own(self) -> None:
        """As many each, no story by two; more than one batch each."""
        found = made(articles(200), 60)
        by = {name: [a for a in found if a.kind == name] for name in ENGINES}
        assert {name: len(own) for name, own in by.items()} == {
            "round-trip-a": 60,
            "round-trip-b": 60,
            "round-trip-c": 60,
        }
        assert len({a.story for a in found}) == len(found)

    def test_a_rewrite_belongs_to_its_story(self) -> None:
        """Key and story are the original's, the length its own; kind and group name the engine and the share of sentences."""
        originals = {a.key: a for a in articles(30)}
        found = made(list(originals.values()), 5)
        assert found
        for article in found:
            original = originals[article.key]
            assert article.story == original.story
            assert article.words == len(Document(article.text).words) != original.words
            assert article.text != original.text
            assert article.text.startswith(article.kind.removeprefix("round-trip-"))
            rate = float(article.text.split()[1])
            assert article.group == f"{article.kind} at {rate:.0%}"

    def test_shares_of_sentences_are_those_stated(self) -> None:
        """Each of the rates is used, and those named twice more often."""
        rates = [float(a.text.split()[1]) for a in made(articles(300), 100)]
        assert set(rates) == set(TRIP_RATES)
        for rate in set(TRIP_RATES):
            assert abs(rates.count(rate) / len(rates) - TRIP_RATES.count(rate) / len(TRIP_RATES)) < 0.1

    def test_the_same_seed_gives_the_same(self) -> None:
        """And another seed draws others."""
        own = articles(60)
        assert made(own, 10, seed=4) == made(own, 10, seed=4)
        assert {a.key for a in made(own, 10, seed=4)} != {a.key for a in made(own, 10, seed=5)}

    def test_batches_and_single_texts_are_the_same(self) -> None:
        """An engine that takes many texts at once gives what it would give one by one."""
        own = articles(60)
        one = made(own, 30, engines={"round-trip-x": Engine("x")})
        many = made(own, 30, engines={"round-trip-x": Batches("x")})
        assert one == many

    def test_what_comes_back_unchanged_is_no_rewrite(self) -> None:
        """It would teach that human copy is a rewrite."""
        own = articles(40)
        engines = {"round-trip-a": Engine("a", stays="outright"), "round-trip-b": Engine("b", stays="Tuesday")}
        assert {a.kind for a in made(own, 20, engines=engines)} == {"round-trip-a"}

    def test_too_few_articles_are_shared_out(self) -> None:
        """Ten articles are three for each of three engines."""
        found = made(articles(10), 300)
        assert [sum(a.kind == name for a in found) for name in sorted(ENGINES)] == [3, 3, 3]

    def test_none_without_engines_or_articles(self) -> None:
        """A machine without the engine trains without round trips."""
        assert made(articles(9), 3, engines={}) == []
        assert made([], 3) == []
        assert made(articles(2), 3) == []
        assert made(articles(9), 0) == []
