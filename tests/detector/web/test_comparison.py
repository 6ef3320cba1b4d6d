"""Compares an article with a second text."""

import re
from difflib import SequenceMatcher
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from detector.web.comparison import compare
from detector.word_alignment import Pair, gaps, matched

WORDS = st.lists(st.sampled_from("the talks ended on a cold day said minister over dam".split()), max_size=40)


def text_of(fragment: str) -> str:
    """Returns the text of an HTML fragment without character references."""
    return re.sub(r"<[^>]+>", "", fragment)


class TestAlignment:
    """The alignment matches words in order."""

    @given(WORDS, WORDS)
    def test_matches_are_true_and_rise(self, here: list[str], there: list[str]) -> None:
        """Every matched pair is the same word, and positions rise on both sides."""
        pairs = matched(here, there)
        assert all(here[pair.here] == there[pair.there] for pair in pairs)
        assert all(a.here < b.here and a.there < b.there for a, b in pairwise(pairs))

    @given(WORDS, WORDS)
    def test_gaps_are_the_rest(self, here: list[str], there: list[str]) -> None:
        """Matched words and gaps together are both complete texts."""
        pairs = matched(here, there)
        found = list(gaps(pairs, len(here), len(there)))
        assert sum(gap.here[1] - gap.here[0] for gap in found) == len(here) - len(pairs)
        assert sum(gap.there[1] - gap.there[0] for gap in found) == len(there) - len(pairs)

    @given(st.sampled_from("abc"), st.lists(st.sampled_from("abcd"), max_size=6))
    def test_single_words_as_the_sequence_matcher_has_them(self, word: str, words: list[str]) -> None:
        """A gap of one word is not given to the matcher, and has its answer."""
        for here, there in (([word], words), (words, [word])):
            blocks = SequenceMatcher(None, there, here, autojunk=False).get_matching_blocks()
            assert matched(here, there) == [Pair(b.b, b.a) for b in blocks if b.size]

    def test_identical_texts(self) -> None:
        """A text matches itself, even if it is long or every phrase in it is repeated."""
        words = ["tick", "tock"] * 1500
        assert matched(words, words) == [Pair(at, at) for at in range(3000)]

    def test_a_moved_paragraph_does_not_derail_the_rest(self) -> None:
        """A moved paragraph is unmatched; the text after it matches again."""
        first, second, third = ([f"{letter}{n}" for n in range(30)] for letter in "abc")
        pairs = matched(first + second + third, second + first + third)
        assert len(pairs) == 60


class TestComparison:
    """The comparison on the page."""

    def test_substitutions(self) -> None:
        """Single words pair up, phrases stay whole, frequent pairs come first, and both sides share a number."""
        spun = "Officials stated the talks ended. Aides stated on condition of privacy that ties were cordial."
        source = "Officials said the talks ended. Aides said on condition of anonymity that relations were warm."
        seen = compare(spun, source)
        table = [(row["here"], row["there"], row["times"]) for row in seen["substitutions"]]
        assert table[0] == ("stated", "said", 2)
        assert ("privacy", "anonymity", 1) in table
        left, right = seen["rows"][0]
        for number in re.findall(r'data-d="(\d+)"', left):
            assert f'data-d="{number}"' in right

    def test_rows_hold_both_texts_whole(self) -> None:
        """The rows hold every word of both texts."""
        spun = "One stated.\n\nTwo new lines here.\n\nThree ended."
        source = "Zero before all.\n\nOne said.\n\nAn unrelated line.\n\nThree finished.\n\nA last one."
        rows = compare(spun, source)["rows"]
        assert len(rows) == 3
        for side, whole in enumerate((spun, source)):
            shown = " ".join(text_of(row[side].replace("</p>", " ")) for row in rows)
            assert shown.split() == whole.split()

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_any_texts(self, here: str, there: str) -> None:
        """Any two texts can be compared, and no part of them becomes an HTML tag."""
        for row in compare(here, there)["rows"]:
            for fragment in row:
                assert (
                    re.sub(
                        r'</?p(?: dir="auto")?>|</?span(?: class="(?:d|only)"(?: data-d="\d+")?)?>', "", fragment
                    ).count("<")
                    == 0
                )

    def test_nothing_in_common(self) -> None:
        """The summary of two unrelated texts says that they share nothing."""
        assert compare("Alpha beta gamma.", "Delta epsilon.")["summary"] == [
            "The two texts share no words in the same order."
        ]

    def test_likeness_is_not_called_proof(self) -> None:
        """The summary gives counts and a warning, and accuses nobody."""
        text = "The minister said on Tuesday that the dam would be built by the river next year. " * 3
        said = " ".join(compare(text, text)["summary"])
        assert "100%" in said
        assert "honest reports" in said
        assert not re.search(r"cop(y|ied)|plagiar|spun|stolen", said)
