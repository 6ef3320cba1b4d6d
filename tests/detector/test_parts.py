"""A rewritten part of a long article is found, and human copy around it does not hide it."""

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.checker import Checker
from detector.parts import BLOCK, LEAST, LONG, PART, judge_part, most_rewritten
from detector.render import words
from detector.verdict import Label, Quality, RewritingKind, SentenceScore, Verdict
from features.document import Document, Span
from features.feature import Evidence

PLAIN = "The council agreed on a plan to mend the old bridge on Monday."
ODD = "The committee acceded on a blueprint to restore the ancient crossing on Monday."


def verdict(text: str, **changes: object) -> Verdict:
    """A clean verdict. Sentences with `committee` look rewritten."""
    document = Document(text)
    scores = tuple(SentenceScore(s, 0.9 if "committee" in document[s] else 0.05) for s in document.sentences)
    plain = Verdict(Label.CLEAN, 0.2, 0.97, 0.7, Quality(50.0, ()), (), (), scores, len(document.words), "", text)
    return replace(plain, **changes)  # type: ignore[arg-type] # fields of a verdict


def padded(before: int, odd: int, after: int, end: str = "\n") -> str:
    """Plain sentences around odd ones, one a paragraph."""
    return end.join([PLAIN] * before + [ODD] * odd + [PLAIN] * after)


def judging(probability: float) -> Callable[[Document], Verdict]:
    """A judge that gives every text this probability, and marks each `acceded`."""

    def check(document: Document) -> Verdict:
        text = document.text
        at = [i for i in range(len(text)) if text.startswith("acceded", i)]
        marks = tuple(Evidence("odd_synonyms", Span(i, i + 7), "odd", ("agreed",), 0.9) for i in at)
        found = verdict(text, evidence=marks, probability=probability, kinds=(RewritingKind("synonyms", 1.0),))
        return replace(found, sentences=tuple(replace(s, probability=0.99) for s in found.sentences))

    return check


def never(_: Document) -> Verdict:
    """A judge that must not be asked."""
    raise AssertionError


def test_a_part_that_looks_rewritten_is_named() -> None:
    """The label is at most suspect, the probability stays, and marks and sentences are those of the part."""
    text = padded(32, 12, 32)
    whole = verdict(text, note="A note.")
    found = judge_part(whole, judging(LEAST))
    assert found.label is Label.SUSPECT
    assert found.probability == whole.probability
    assert found.kinds == (RewritingKind("synonyms", 1.0),)
    assert found.note.startswith("A note. A part of this text looks rewritten: paragraphs 33 to 44.")
    assert {text[m.span.start : m.span.end] for m in found.evidence} == {"acceded"}
    for score in found.sentences:
        odd = "committee" in text[score.span.start : score.span.end]
        assert score.probability == 0.99 or not odd


def test_a_report_says_nothing_of_the_whole_that_holds_for_the_part_alone() -> None:
    """The whole scores low, so neither its rate of error nor its marks speak for the label."""
    found = judge_part(verdict(padded(32, 12, 32), suspect_rate=0.02), judging(LEAST))
    assert found.only_a_part
    said = words.summary(replace(found, kinds=(RewritingKind("translation", 0.9), RewritingKind("synonyms", 0.1))))
    for sentence in ("human stories", "rests on", "the probability"):
        assert sentence not in said


def test_marks_outside_the_part_stay() -> None:
    """Those inside it are replaced by the part's own."""
    text = padded(60, 12, 0)
    first, last = (Evidence("grammar", Span(at, at + 3), "odd") for at in (0, text.rindex("The")))
    found = judge_part(verdict(text, evidence=(first, last)), judging(LEAST)).evidence
    assert found[0] == first
    assert last not in found
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(found))


def test_a_text_of_one_paragraph_has_sentences() -> None:
    """Paragraphs cannot be told apart there."""
    note = judge_part(verdict(padded(60, 12, 0, " ")), judging(LEAST)).note
    assert "looks rewritten: sentences 61 to 72." in note


@pytest.mark.parametrize("probability", [LEAST - 1e-6, 0.0, math.nan])
def test_other_parts_change_nothing(probability: float) -> None:
    """A part that is not surely rewritten, or too short to judge, leaves the verdict as it is."""
    whole = verdict(padded(32, 12, 32))
    assert judge_part(whole, judging(probability)) is whole


def test_only_long_clean_articles_are_judged_again() -> None:
    """All others keep their verdict without another judgement."""
    text = padded(32, 12, 32)
    for label in set(Label) - {Label.CLEAN}:
        judge_part(verdict(text, label=label), never)
    judge_part(verdict(text, words=LONG - 1), never)
    with pytest.raises(AssertionError):
        judge_part(verdict(text, words=LONG), never)


@given(st.lists(st.sampled_from([PLAIN, ODD, "Why?", "word " * 90 + "end."]), min_size=1, max_size=40), st.data())
def test_a_part_is_long_enough_and_in_order(sentences: list[str], data: st.DataObject) -> None:
    """Places are apart and in order. Together they have the words of a part, if the text has them."""
    text = "\n".join(sentences)
    whole = verdict(text)
    draw = st.one_of(st.just(math.nan), st.floats(0, 1))
    whole = replace(whole, sentences=tuple(replace(s, probability=data.draw(draw)) for s in whole.sentences))
    part = most_rewritten(whole)
    assert all(a.end < b.start for a, b in itertools.pairwise(part))
    words = [len(text[start:end].split()) for start, end in part]
    assert sum(words) >= min(PART, len(text.split()))
    assert min(words[:-1], default=BLOCK) >= BLOCK


def test_padding_does_not_hide_a_rewrite(checker: Checker, seeds: dict[str, str]) -> None:
    """A spun story stays flagged with five clean ones around it, and five clean stories alone stay clean."""
    spun = seeds["river-board-talks.spun-dictionary.txt"]
    clean = [text for name, text in sorted(seeds.items()) if ".spun" not in name and "river" not in name]
    five = random.Random(1).sample(clean, 5)
    assert checker.check(Document("\n".join(five))).label is Label.CLEAN
    for text in (spun, *five), (*five, spun), (*five[:2], spun, *five[2:]):
        found = checker.check(Document("\n".join(text)))
        assert found.flagged
        assert found.evidence
