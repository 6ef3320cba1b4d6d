"""Attribution verbs, reporters as addressees, sourcing phrases."""

import math

import pytest

from features.attribution import Attribution
from features.document import Document

FEATURE = Attribution()


def _marks(text: str) -> list[tuple[str, str]]:
    document = Document(text)
    return [(document[mark.span], mark.expected[0]) for mark in FEATURE.measure(document).evidence]


def _share(text: str) -> float:
    return FEATURE.measure(Document(text)).values["odd_saying_verb_share"]


def test_share_is_that_of_odd_verbs_among_attributions() -> None:
    """Two of four attributions are odd."""
    assert _share("She stated it. He stated this. They said so. Police told us.") == 0.5


def test_share_needs_three_attributions() -> None:
    """Two attributions are too few to measure."""
    assert math.isnan(_share("She stated it. He stated this."))


def test_lone_odd_verb_counts_as_none() -> None:
    """One `stated` is ordinary English."""
    assert _share("She stated it. He said this. They said so.") == 0.0


def test_plain_copy_has_share_zero_and_no_marks() -> None:
    """`said` is the usual verb of news copy."""
    text = "She said it. He said this. They said so. Police told reporters."
    assert _share(text) == 0.0
    assert _marks(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "He stated that it was so. She stated that it was not. They stated that they knew.",
        "The rules were stated. It is stated here. As stated above, his stated aim. The company’s stated view.",
    ],
    ids=["formal", "adjective_and_passive"],
)
def test_honest_uses_of_stated_do_not_count(text: str) -> None:
    """Formal `stated that`, the adjective and the passive do not replace `said`."""
    assert _share(text + " He said so. She said so. They said so.") == 0.0
    assert _marks(text) == []


def test_formal_use_is_marked_once_the_habit_is_plain() -> None:
    """If `stated` replaces `said` in the article, `stated that` is marked too."""
    assert _marks("He stated this. She stated so. They stated that it rained.") == [("stated", "said")] * 3


def test_weight_grows_with_the_share() -> None:
    """The larger the share of odd verbs, the more each one weighs."""
    some = FEATURE.measure(Document("He stated it. She stated so. " + "He said it. " * 4)).evidence
    all_of_them = FEATURE.measure(Document("He stated it. She stated so. They stated it.")).evidence
    assert some[0].weight < all_of_them[0].weight


@pytest.mark.parametrize(
    "text",
    [
        "“It is cold,” the clerk mentioned.",
        "“It is cold,” mentioned Day.",
        "Officials mentioned on Monday the port shut.",
    ],
)
def test_mentioned_counts_only_in_a_place_for_saying(text: str) -> None:
    """Beside a quotation or with a day, `mentioned` stands for `said`."""
    assert _share(f"{text} {text} He said so.") == pytest.approx(2 / 3)


def test_mentioning_something_is_not_saying_it() -> None:
    """`mentioned` with an object is ordinary English."""
    assert _share("He mentioned the port. She mentioned a ship. " + "He said so. " * 3) == 0.0


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Mr Day instructed reporters the port was shut.", "instructed"),
        ("Two people informed Reuters.", "informed"),
        ("The mayor stated reporters his team was ready.", "stated"),
        ("The mayor said reporters that his team was ready.", "said"),
    ],
)
def test_reporters_are_told(text: str, marked: str) -> None:
    """A wrong verb before reporters is marked, with `told` as the likely original."""
    assert _marks(text) == [(marked, "told")]
    assert FEATURE.measure(Document(text)).values["misaddressed_reporters_per_1000_words"] > 0


@pytest.mark.parametrize(
    "text",
    [
        "Guards instructed reporters to leave.",
        "Police advised journalists not to go.",
        "“It is cold,” said reporters in the rain.",
        "He said reporters were wrong.",
        "She told Reuters.",
        "The bank informed its clients.",
    ],
)
def test_reporters_in_honest_sentences_are_left_alone(text: str) -> None:
    """Orders to reporters and reporters who speak are ordinary English."""
    assert _marks(text) == []


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("He spoke on situation of anonymity.", ("situation", "condition")),
        ("In accordance with officials in the port, it shut.", ("In accordance with", "According to")),
        ("Two sources acquainted with the matter agreed.", ("acquainted", "familiar")),
        ("People with know-how of the plan agreed.", ("know-how", "knowledge")),
        ("The bank declined to remark.", ("remark", "comment")),
        (
            "The port left unanswered two requests for feedback.",
            ("feedback", "comment"),
        ),
    ],
)
def test_broken_sourcing_phrases_are_mended(text: str, mark: tuple[str, str]) -> None:
    """The mark on a fixed phrase with a wrong word names the right word."""
    assert _marks(text) == [mark]
    assert FEATURE.measure(Document(text)).values["broken_sourcing_phrases_per_1000_words"] > 0


@pytest.mark.parametrize(
    "text",
    [
        "He spoke on condition of anonymity, on the condition of anonymity and under a cloak of anonymity.",
        "The ship sailed in accordance with the law and in line with the plan.",
        "Sources familiar with the matter declined to comment on requests for comment.",
        "He was acquainted with the defendant.",
    ],
)
def test_whole_sourcing_phrases_are_left_alone(text: str) -> None:
    """The usual phrases of news copy get no mark."""
    assert _marks(text) == []
