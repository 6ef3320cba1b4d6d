"""Page furniture is recognised, and prose is not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.furniture import MOST_SHARE, find

TEXTS = sorted((Path(__file__).parents[2] / "seeds" / "texts").glob("*.txt"))
STORY = (TEXTS[0].parent / "river-board-talks.txt").read_text("utf-8").strip()
PARAGRAPHS = [line for line in STORY.split("\n") if line]

FURNITURE = [
    "Topics: belgium, europe, eu-politics, trade",
    "Tags: Rivers, Flood defence, Council budget",
    "Filed Under: Local News | Politics",
    "#rivers #floods #council",
    "rivers, flood defence, council, budget",
    "Home | News | Sport | Business | Weather",
    "Skip to content",
    "Share this article",
    "Share on Facebook Tweet Email Print",
    "Facebook Twitter Pinterest",
    "ADVERTISEMENT",
    "Advertisement",
    "Read more: Five questions about the river board",
    "READ ALSO: Why the river board cannot agree",
    "Related: Farmers ask for a lower levy",
    "Continue reading the main story",
    "Click here for more stories from the valley",
    "Sign up for our weekly newsletter and never miss a story.",
    "Follow us on Facebook, Instagram and WhatsApp",
    "MINISTER ASKS RIVER BOARD TO THINK AGAIN",
    "(Reporting by Ann Lee in Harden; Editing by Tom Day)",
    "By Ann Lee and Tom Day",
    "Photo: Ann Lee/Valley News",
    "The weir at Harden on Monday. (AP Photo/Ann Lee)",
    "A boat below the weir at Harden, where the levy was raised. Photograph: Ann Lee/Reuters",
    "Image caption The weir at Harden",
    "Source: Valley News",
    "© 2026 Valley News. All rights reserved.",
    "Published: 3 March 2026, 10:15",
    "Updated 3 hours ago",
    "5 min read",
    "https://valley.example/news/river",
]  # fmt: skip

PROSE = [
    "Copyright law is complicated, the board said.",
    "(c) a levy on every field below the weir",
    "Updated plans will be shown in 2027.",
    "Published figures show growth of 3% in the valley",
    "Save the world",
    "More in the morning than at night",
    "The river board met on Monday.",
    "“Share it,” she said.",
    "News travels fast.",
    "Read the report, he said, and you will see more of the same.",
    "Related costs rose by a tenth.",
    "Tags: the board said that it would count every tree in the valley.",
    "By Monday the water had gone.",
    "By then Harden had no bridge",
    "Photographs of the weir show the damage.",
    "Reporting by the paper led to an inquiry.",
    "Sources said the levy would fall.",
    "Topics ranged from fishing to floods.",
    "Updated plans will be shown in May.",
    "Follow the river and you reach Harden.",
    "What happens next",
    "Politics",
    "- a lower levy, a new bridge and a survey",
    "UN",
    "“WE WILL NOT PAY”",
    "NO!",
]  # fmt: skip


def left_out(text: str) -> list[str]:
    """The lines of a text that are furniture."""
    return [text[start:end].strip() for start, end in find(text)]


@pytest.mark.parametrize("line", FURNITURE)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n"])
def test_a_line_after_the_story(line: str, gap: str) -> None:
    """Each form of furniture is left out, and nothing else is."""
    assert left_out(f"{STORY}{gap}{line}") == [line]
    assert left_out(f"{STORY}{gap}{line}{gap}") == [line]


@pytest.mark.parametrize("line", [line for line in FURNITURE if not line.startswith("rivers,")])
def test_a_line_in_the_story(line: str) -> None:
    """Most forms are also recognised between paragraphs."""
    assert left_out("\n\n".join([*PARAGRAPHS[:4], line, *PARAGRAPHS[4:]])) == [line]


@pytest.mark.parametrize("line", PROSE)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_prose_stays(line: str, gap: str) -> None:
    """Short sentences, quotes, subheads and list items stay."""
    assert left_out(gap.join([*PARAGRAPHS[:4], line, *PARAGRAPHS[4:]])) == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_seed_stories_stay_whole(path: Path) -> None:
    """No line of our own articles, clean or spun, is left out."""
    assert left_out(path.read_text("utf-8")) == []


def test_headline_in_capitals_stays() -> None:
    """What stands before the first sentence may be the headline."""
    assert left_out(f"RIVER BOARD RAISES LEVY AGAIN\n\n{STORY}") == []


def test_verse_and_lists_in_capitals_stay() -> None:
    """A run of lines in capitals is text that somebody set like this."""
    verse = ["O RIVER OF THE VALLEY", "THE WEIR IS BROKEN NOW", "THE LEVY IS UNPAID", "AND NOBODY KNOWS HOW"]
    assert left_out("\n".join([*PARAGRAPHS, *verse, PARAGRAPHS[-1]])) == []


def test_a_poem_stays() -> None:
    """Short lines without full stops are no furniture."""
    poem = [
        "The water came at evening",
        "And took the bridge away",
        "By morning there was silence",
        "And more on Saturday",
    ]
    assert left_out("\n".join([*PARAGRAPHS, "", *poem])) == []


def test_a_paragraph_in_short_lines_stays() -> None:
    """A line of a hard-wrapped paragraph is part of a sentence, whatever it begins with."""
    wrapped = "The pictures on the wall of the board's office were taken by the\nPhoto: a camera club that meets\nin the mill."
    assert left_out(f"{STORY}\n\n{wrapped}") == []


def test_titles_of_links_after_their_heading() -> None:
    """A list of links is left out up to the next sentence."""
    links = ["Most read", "Farmers ask for a lower levy", "Weir at Harden closed for a month"]
    assert left_out("\n".join([*PARAGRAPHS, *links])) == links
    assert left_out("\n".join([*PARAGRAPHS[:-1], *links, PARAGRAPHS[-1]])) == links


@pytest.mark.parametrize(
    "disguise",
    ["Read more: {}", "{} (AP Photo/Ann Lee)", "Tags: {}", "(Reporting by Ann Lee) {}", "RELATED: {}", "Source: {}"],
)
def test_a_rewrite_cannot_hide(disguise: str) -> None:
    """Prose made to look like furniture is judged, apart from a small share."""
    text = "\n\n".join(disguise.format(sentence) for line in PARAGRAPHS for sentence in line.split(". "))
    hidden = sum(len(line.split()) for line in left_out(text))
    assert hidden <= MOST_SHARE * len(text.split())


def test_prose_in_capitals_cannot_hide() -> None:
    """A story in capitals is judged."""
    sentences = "\n\n".join(sentence.upper().rstrip(".") for line in PARAGRAPHS for sentence in line.split(". "))
    assert left_out(sentences) == []


def test_facts_at_the_end_stay() -> None:
    """The last line may be a list of topics, but not of facts."""
    assert left_out(f"{STORY}\n\nNext meeting: Monday, 8 March, 2:30 PM, Harden") == []


def test_furniture_alone_is_not_taken_away() -> None:
    """A text without an article stays as it is: the answer names the whole text as too short."""
    assert left_out("Home\nNews\nSport\nShare\n") == []


@given(st.text(st.sampled_from("Ab #:|,.\n\r\u2028“TagsMore: (AP Photo)"), max_size=200))
def test_any_text(text: str) -> None:
    """Lines are in order, whole, and never overlap."""
    at = 0
    for start, end in find(text):
        assert at <= start < end <= len(text)
        assert start == 0 or not text[start - 1 : start].strip()
        at = end


@pytest.mark.parametrize("word", ["And", "In", "Of", "The"])
def test_a_line_of_names_that_are_words_takes_no_time(word: str) -> None:
    """A word in capitals may be read as a name and as a word. The search does not try both for every word."""
    line = "Reporting by " + f"{word} " * 40 + "!x"
    text = f"{STORY}\n\n{line}\n\n{STORY}"
    assert not any(text[start:end].startswith(line) for start, end in find(text))
