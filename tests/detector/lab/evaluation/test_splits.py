"""Nothing that was taught stands in the tests: roles, pairs, shared running text."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from detector.lab.data.corpus import ROLES, SETS, Story, role_of, stories
from detector.lab.data.rewrites import SETS_LEARNT
from detector.lab.evaluation.amounts import Amounts
from detector.lab.evaluation.groups import groups, negatives
from detector.lab.evaluation.held_out import Held, Shingled, read_held, separate, shingle
from detector.lab.evaluation.pieces import without_copies
from detector.lab.training import training_sets
from detector.lab.training.confusions import STORIES
from detector.lab.training.count_ngrams import OVERLAP, Stream, merge, overlapping
from detector.lab.training.fit_register import OTHER_GENRES
from detector.lab.training.reference_copy import tokenise_all

SMALL = ("onestop", "detectrl", "bbc2005", "usnews2023", "pan-mturk-spun")
EVALUATED = ("wild-spun", "llm-rewrites", "mt-2021-22", "wild-human", "same-event")
"""Sets that no stage of training reads."""


def prose(seed: int, words: int = 400) -> str:
    """Words without sense, no two texts alike."""
    rng = np.random.default_rng(seed)
    return " ".join("w" + "".join(rng.choice(list("abcdefghij"), 5)) for _ in range(words))


def story(key: str, text: str, *, group: str = "", role: str = "test", kind: str = "bbc2005") -> Story:
    """A story of a set."""
    return Story(key, text, "human", group or key, role, kind, {})


def shingled(*texts: str) -> dict[str, Shingled]:
    """Nothing counted, these texts taught."""
    return {"taught": shingle(texts), "reference": shingle([])}


class TestSeparate:
    """Test stories that share running text with taught or counted ones are dropped."""

    def test_copy_in_another_set_is_dropped(self) -> None:
        """A story that another set was fitted on does not stand in the tests."""
        copied, own = prose(1), prose(2)
        held = separate(
            {
                "bbc2005": ([story("a", copied), story("b", own)], shingled()),
                "horne2017": ([], shingled(f"{prose(3, 30)} {copied.upper()}")),
            }
        )
        assert [s.key for s in held.stories["bbc2005"]] == ["b"]
        assert (held.dropped["bbc2005"].stories, held.dropped["bbc2005"].near_taught) == (2, 1)

    def test_few_shared_words_are_no_copy(self) -> None:
        """A quotation that two stories share does not make them one story."""
        shared = prose(1, 30)
        held = separate({"bbc2005": ([story("a", prose(2) + " " + shared)], shingled(shared + " " + prose(3)))})
        assert [s.key for s in held.stories["bbc2005"]] == ["a"]

    def test_both_sides_of_a_pair_go(self) -> None:
        """Where the original of a rewrite was taught, the rewrite goes too."""
        original, rewrite = prose(1), prose(2)
        items = [
            story("o", original, group="pair", kind="detectrl"),
            story("r", rewrite, group="pair", kind="detectrl"),
            story("x", prose(3), group="other", kind="detectrl"),
        ]
        assert [s.key for s in separate({"detectrl": (items, shingled(original))}).stories["detectrl"]] == ["x"]

    def test_outlet_loses_one_story(self) -> None:
        """In the set of many outlets, whose group is the outlet, only the shared story goes."""
        items = [
            story("a", prose(1), group="Daily Example", kind="world-news"),
            story("b", prose(2), group="Daily Example", kind="world-news"),
        ]
        assert [s.key for s in separate({"world-news": (items, shingled(prose(1)))}).stories["world-news"]] == ["b"]

    def test_counted_copy(self) -> None:
        """A short story inside a long counted one goes; a counted story that counting leaves out is no reason."""
        inside, copied = prose(1, 200), prose(2)
        long = f"{prose(3, 2000)} {inside} {prose(4, 2000)}"
        reading = {
            "bbc2005": (
                [story("inside", inside), story("copied", copied), story("own", prose(5))],
                {"taught": shingle([]), "reference": shingle([long, copied])},
            )
        }
        held = separate(reading)
        assert [s.key for s in held.stories["bbc2005"]] == ["copied", "own"]
        assert held.dropped["bbc2005"].near_reference == 1

    def test_a_set_that_came_after_the_model(self) -> None:
        """It taught nothing, and counting spared none of its stories: those that were counted go."""
        counted, own, shared = prose(1), prose(2), prose(3)
        reading = {
            "bbc2005": ([story("a", shared)], {"taught": shingle([]), "reference": shingle([counted])}),
            "wild-human": (
                [story("counted", counted, kind="wild-human"), story("own", own, kind="wild-human")],
                shingled(shared),
            ),
        }
        before = separate(reading, ["bbc2005"])
        assert [s.key for s in before.stories["bbc2005"]] == ["a"]
        assert [s.key for s in before.stories["wild-human"]] == ["own"]
        trained_again = separate(reading)
        assert [s.key for s in trained_again.stories["bbc2005"]] == []
        assert [s.key for s in trained_again.stories["wild-human"]] == ["counted", "own"]

    def test_an_event_loses_one_story(self) -> None:
        """Reports of one event are no pair: only the one whose text was taught goes."""
        items = [story(key, prose(n), group="event", kind="same-event") for n, key in enumerate("ab")]
        assert [s.key for s in separate({"same-event": (items, shingled(prose(0)))}).stories["same-event"]] == ["b"]


class TestOnce:
    """A story counts once, whichever sets have it."""

    def test_originals_of_two_sets(self) -> None:
        """Two sets of polish have the same originals: their genre is not twice as large."""
        genre = {"domain": "blog"}
        own = [prose(i, 200) for i in range(25)]
        stories = {
            name: tuple(Story(f"{name} {i}", text, "human", f"{name} {i}", "test", name, genre) for i, text in texts)
            for name, texts in (("mixset", enumerate(own)), ("ai-polished", enumerate([own[3], own[7].upper()])))
        }
        found = {g.name: g for g in groups(Held(stories, {}), [], Amounts(), 0)}
        assert sorted(a.key for a in found["blogs"].articles) == sorted(f"mixset {i}" for i in range(25))

    def test_negatives(self) -> None:
        """Of an agency's story in two papers one is left; the paper's closing lines are no copy."""
        agency, footer = prose(1, 300), prose(2, 60)
        held = Held(
            {
                "bbc2005": (story("a", agency), story("b", f"{prose(3, 240)} {footer}")),
                "horne2017": (
                    story("c", f"{prose(4, 40)} {agency}", kind="horne2017"),
                    story("d", f"{prose(5, 240)} {footer}", kind="horne2017"),
                ),
            },
            {},
        )
        kept = {a.key for a in negatives(held, Amounts(), 0)}
        assert {"b", "d"} < kept
        assert len(kept & {"a", "c"}) == 1

    def test_a_sentence_in_other_words_is_no_second_witness(self) -> None:
        """Of one sentence and its simplifications one is left; sentences of other sources all stay."""
        name = "turkcorpus-human-simplified"
        rewriter = {"rewriter": "mturk"}
        many = [
            Story(f"{source} {way}", prose(100 * source + way, 30), "human", f"s{source}", "test", name, rewriter)
            for source in range(200)
            for way in range(6)
        ]
        (group,) = (g for g in groups(Held({name: tuple(many)}, {}), [], Amounts(), 0) if g.kind == "human rewriting")
        lines = [line for a in group.articles for line in a.text.splitlines()]
        assert len({a.text for a in group.articles}) == len(group.articles)
        assert 180 < len(lines) == len(set(lines)) <= 200

    def test_short_text_is_never_a_copy(self) -> None:
        """One shared run of words makes no copy of a sentence."""
        sentences = [story(str(i), prose(1, 20), kind="mrpc") for i in range(3)]
        assert without_copies(sentences) == sentences


class TestShingled:
    """Shares of shingles."""

    def test_short_text_has_none(self) -> None:
        """A text shorter than a shingle shares nothing."""
        own = shingle(["too short", prose(1)])
        assert own.share_in(own.select([True, True])).tolist() == [0.0, 1.0]

    def test_nothing_known(self) -> None:
        """Against nothing, nothing is shared."""
        assert shingle([prose(1)]).share_in(np.empty(0, np.uint64)).tolist() == [0.0]


class TestRoles:
    """Roles are drawn by group."""

    def test_shares_are_kept(self) -> None:
        """Each role gets about its share of the groups."""
        drawn = [role_of(f"group {i}", (60, 15, 12, 13)) for i in range(4000)]
        for role, share in zip(ROLES, (60, 15, 12, 13), strict=True):
            assert abs(drawn.count(role) / 4000 - share / 100) < 0.03

    @pytest.mark.parametrize("name", [*SMALL, *EVALUATED])
    def test_disjoint_on_the_data(self, shared: Path, name: str) -> None:
        """No story, pair or outlet has two roles."""
        roles = defaultdict(set)
        for one in stories(shared / "data", name):
            roles[one.group].add(one.role)
        assert len(roles) > 20
        assert all(len(found) == 1 for found in roles.values())

    @pytest.mark.parametrize("name", [n for n in (*SMALL, *EVALUATED) if SETS[n].group == "pair_id"])
    def test_rewrite_has_its_originals_role(self, shared: Path, name: str) -> None:
        """All texts of a pair are in one role, and there are pairs in the tests."""
        members = defaultdict(list)
        for one in stories(shared / "data", name):
            members[one.fields["pair_id"] if one.fields.get("pair_id") else one.key].append(one)
        pairs = [own for own in members.values() if len(own) > 1]
        assert any(own[0].role == "test" for own in pairs)
        assert all(len({one.role for one in own}) == 1 for own in pairs)

    def test_training_reads_none_of_them(self) -> None:
        """Nor may the evaluation's sets of rewrites be among the reference copy, the human copy or the lessons."""
        assert not {*EVALUATED} & {
            *training_sets.NEWS,
            *training_sets.OTHER_HUMAN,
            *SETS_LEARNT,
            *STORIES,
            *OTHER_GENRES,
        }
        assert {SETS[name].shares[0] for name in EVALUATED} == {0}

    def test_originals_that_two_sets_share_have_one_role(self, shared: Path) -> None:
        """What one set of polish teaches with, the other does not test with: their originals are the same texts."""
        roles = [
            {one.text.strip(): one.role for one in stories(shared / "data", name) if one.label == "human"}
            for name in ("mixset", "ai-polished")
        ]
        both = roles[0].keys() & roles[1].keys()
        assert len(both) > 100
        assert {roles[0][text] for text in both} >= {"fit", "calibrate", "test"}
        assert [text for text in both if roles[0][text] != roles[1][text]] == []


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A data folder of a few small sets, read as the evaluation reads it."""
    data = Path(__file__).parents[5] / "shared" / "data"
    if not data.is_dir():
        pytest.skip("../shared, with data that cannot be committed, is not beside the clone")
    folder = tmp_path_factory.mktemp("data")
    for name in SMALL:
        (folder / f"{name}.jsonl.xz").symlink_to(data / f"{name}.jsonl.xz")
    cache = tmp_path_factory.mktemp("cache")
    first = read_held(folder, cache, jobs=1, progress=lambda _: None)
    assert read_held(folder, cache, jobs=1, progress=lambda _: None) == first
    return first


class TestOnData:
    """What the evaluation reads, on a few sets."""

    def test_only_test_stories(self, held: Held) -> None:
        """Every kept story has the role test."""
        assert {s.role for name in SMALL for s in held.of(name)} == {"test"}

    def test_counted_copy_shares_little(self, held: Held) -> None:
        """No test story shares more than the stated share of its running text with the copy that counting keeps."""
        data = Path(__file__).parents[5] / "shared" / "data"
        tests = [s.text for name in SMALL for s in held.of(name)]
        reference = [s.text for name in SMALL for s in stories(data, name) if s.role == "reference"]
        taught = [s.text for name in SMALL for s in stories(data, name) if s.role in {"fit", "calibrate"}]
        assert min(len(tests), len(reference), len(taught)) > 500
        everything = shingle(reference)
        in_tests = everything.share_in(shingle([*tests, *taught]).select(np.ones(len(tests) + len(taught), bool)))
        kept = everything.select(in_tests <= OVERLAP)
        for texts, known in ((tests, kept), (tests, shingle(taught).select(np.ones(len(taught), bool)))):
            assert float(shingle(texts).share_in(known).max()) <= OVERLAP


def test_counting_leaves_out_what_is_held_out() -> None:
    """A reference story that shares running text with a test story is not counted."""
    both = merge([tokenise_all([prose(1), prose(2)], jobs=1), tokenise_all([prose(2)], jobs=1)])
    cut = int(both.offsets[2])
    reference = Stream(both.ids[:cut], both.offsets[:3], both.words)
    test = Stream(both.ids[cut:], both.offsets[2:] - cut, both.words)
    assert overlapping(reference, test).tolist() == [False, True]
