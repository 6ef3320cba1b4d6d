"""Reading a disguised text as a person sees it, and mapping it back to the given text."""

import random
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import features
from features import as_seen
from features.as_seen import Seen, see
from features.document import Document, Span
from features.language_model.analysis import Analyst

SEEDS = Path(__file__).parents[2] / "seeds" / "texts"


@cache
def analyst() -> Analyst:
    """The tables of the package."""
    return Analyst.load(Path(features.__file__).parent / "tables")


def seen(text: str) -> Seen:
    """Returns a text as seen, with its changes."""
    return analyst().see(Document(text))


def read(text: str) -> str:
    """Returns the text as seen."""
    other = seen(text).other
    return text if other is None else other.text


@pytest.fixture(scope="module")
def story() -> str:
    """A clean seed story."""
    return (SEEDS / "river-board-talks.txt").read_text(encoding="utf-8")


def inside(text: str, put: str) -> str:
    """Returns the text with a string inserted into the middle of each long word."""
    return re.sub(r"([A-Za-z]{3})([A-Za-z]{3,})", rf"\1{put}\2", text)


@pytest.mark.parametrize(
    "put",
    [
        *"\u200b\u00ad\u200c\u200d\u2060\ufeff\u200e\u202e\u2066\u180b\u180e\u034f\u115f\u17b4\u3164\ufe0f\uffa0\U000e0041\U000e0101\x07\x8d\ufff9"
    ],
)
def test_invisible_characters_are_read_through(story: str, put: str) -> None:
    """Characters that no font shows are dropped."""
    assert read(inside(story, put)) == story


@pytest.mark.parametrize(
    ("plain", "false"),
    [
        ("aceopxyi", "асеорхуі"),
        ("e", "ҽ"),
        ("o", "ο"),
        ("o", "०"),
        ("i", "ı"),
        ("s", "ꜱ"),
        ("r", "г"),
        ("a", "ạ"),
        ("e", "ẹ"),
        ("n", "ṇ"),
        ("e", "é"),
        ("u", "ü"),
        ("abcdefghijklmnopqrstuvwxyz", "".join(chr(0xFF41 + i) for i in range(26))),
        ("abcdefghijklmnopqrstuvwxyz", "".join(chr(0x1D41A + i) for i in range(26))),
    ],
)
def test_look_alike_letters_are_read_as_what_they_pass_for(story: str, plain: str, false: str) -> None:
    """Unicode's tables decide. A few names that the reference news lacks may stay."""
    masked = story.translate(str.maketrans(plain, false))
    assert masked != story
    words, told = story.split(), read(masked).split()
    assert sum(a != b for a, b in zip(words, told, strict=True)) <= 0.02 * len(words)


@pytest.mark.parametrize("put", [" ", "-", ".", "\u00b7", "_", "*", "|"])
def test_cut_words_are_joined(story: str, put: str) -> None:
    """Marks and spaces inside long words are removed."""
    words, told = story.split(), read(inside(story, put)).split()
    assert abs(len(words) - len(told)) <= 0.05 * len(words)
    assert seen(inside(story, put)).disguises[as_seen.CUT] > 20


def test_swapped_letters_and_digits_are_mended(story: str) -> None:
    """Swaps in many words are undone."""
    swapped = re.sub(r"\b([A-Za-z]{2})([a-z])([a-z])([a-z]+)", r"\1\3\2\4", story)
    assert read(swapped).split()[:12] != swapped.split()[:12]
    assert sum(a != b for a, b in zip(story.split(), read(swapped).split(), strict=True)) < 0.05 * len(story.split())
    assert read(story.replace("o", "0")).count("0") < 0.1 * story.count("o")


def test_a_slip_of_the_pen_stays() -> None:
    """One transposition, or one word split by a line break, is the writer's own."""
    text = "The council agreed on a plan to mend the bridge. Teh work wi ll begin in May, the mayor said. " * 3
    assert (
        read("The council agreed. Teh mayor said so. " + text.replace("Teh", "The").replace("wi ll", "will")).count(
            "Teh"
        )
        == 1
    )


@pytest.mark.parametrize("case", [str.title, str.upper, str.lower])
def test_the_case_of_prose_comes_back(story: str, case: object) -> None:
    """Words are in lower case again, and sentences begin with a capital."""
    told = read(case(story))  # type: ignore[operator] # a method of str
    assert told.count(" the ") == story.count(" the ")
    assert sum(a != b for a, b in zip(story.split(), told.split(), strict=True)) < 0.35 * len(story.split())
    assert not seen(case(story)).disguises  # type: ignore[operator] # as above


def test_quotation_marks_around_everything_go(story: str) -> None:
    """Quotation marks around a part stay."""
    assert "“" not in read(
        "\n".join(f"“{line}”" for line in story.replace("“", "").replace("”", "").split("\n") if line)
    )
    assert read(story) == story


@pytest.mark.parametrize(
    "text",
    [
        "naïve café Ångström, Łódź, Dvořák and İstanbul",
        "Yıldız and Işık went to the café in Besiktas",
        "5 μm, 3 µg, 10 kΩ and a μSv, TNFα and β-carotene",
        "Москва and the river Нева in spring; the river Оса in the north",
        "the Greek name Παπαδόπουλος and ΝΑΤΟ, the band KoЯn played",
        "ＮＨＫ・ニュース, pronounced /ɡɑd/",
        "He took part in the co-operative's well-being re-election in the U.S. at 3.5 a.m. on the 1st of May 2020",
    ],
)
def test_honest_text_is_read_as_it_stands(text: str) -> None:
    """Foreign words, units, hyphens and numbers are unchanged."""
    assert read(text) == text


def test_our_own_stories_are_read_as_they_stand() -> None:
    """No seed story counts as disguised."""
    for path in SEEDS.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert read(text) == text, path.name


def test_typesetting_is_no_disguise(story: str) -> None:
    """Soft hyphens are dropped without a report; zero-width spaces in many words are reported."""
    assert not seen(inside(story, "\u00ad")).changes
    assert set(seen(inside(story, "\u200b")).disguises) == {as_seen.INVISIBLE}
    assert not seen(story.replace("agreed", "agr\u200beed", 1)).disguises


@given(st.text(alphabet="ab the\u0430\u03bf\u200b\u00ad\u202eé\uff41\U0001d41b.-0“”'\n A", max_size=300))
def test_places_are_found_again(text: str) -> None:
    """Every word and every change of the text as seen maps to a place in the given text, in order."""
    view = seen(text)
    if view.other is None:
        return
    spans = [view.to_given(span) for span in view.other.words]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(0 <= c.span.start <= c.span.end <= len(text) for c in view.changes)


def test_a_word_is_found_with_what_is_hidden_in_it() -> None:
    """The span of a word covers the invisible characters inside it."""
    text = "The pay\u200bm\u0435nt was made"
    view = seen(text)
    assert view.other is not None
    assert view.other.text == "The payment was made"
    at = view.to_given(Span(4, 11))
    assert text[at.start : at.end] == "pay\u200bm\u0435nt"


@pytest.mark.no_cover
def test_nothing_is_slow() -> None:
    """Long runs of one piece and long texts of odd pieces are read in one pass."""
    rng = random.Random(0)
    for piece in ("a ", "a\u200b", "\u0430", "a.", "a-", "th ", "“", "A. ", "\u0301", "0a "):
        see(Document(piece * 30_000), as_seen.Vocabulary({"the": 0}))
    letters = "".join(rng.choice("ab .-'") for _ in range(200_000))
    see(Document(letters), as_seen.Vocabulary({"abba": 0}))


def test_the_document_is_not_kept_alive() -> None:
    """The cached reading of a document is freed with it."""
    import gc
    import weakref

    document = Document("The p\u0430yment was made. " * 5)
    analyst().see(document)
    analyst().analyse(document)
    gone = weakref.ref(document)
    del document
    gc.collect()
    assert gone() is None


def test_another_language_is_no_disguise() -> None:
    """Vietnamese writes most of its words with accents, and some look like English without them."""
    text = "Hướng dẫn kiểm tra sản phẩm miễn phí với các sàn giao dịch, nhận tiền và đăng ký tài khoản tại đây. " * 8
    assert read(text) == text
    assert not seen(text).disguises
