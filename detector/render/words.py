"""The sentences and tables that every rendering of a verdict shares.

The :class:`~detector.verdict.Verdict` already holds all numbers. This module words, groups and orders them. The wording
never accuses more than the label does.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from detector.explained import FEWEST_MARKS, with_originals
from detector.verdict import Contribution, Label, Quality, Verdict
from features import ALL, SWAPPED
from features.document import Span
from features.feature import Evidence
from features.visible import visible as visible  # noqa: PLC0414 - the renderers import it from here


class Kind(NamedTuple):
    """A family of marks with one colour."""

    key: str
    title: str

    @property
    def swapped(self) -> bool:
        """Whether the expected wordings are likely originals, not corrections."""
        return self.key in SWAPPED


WORDING = Kind("wording", "odd word choice")
NAME = Kind("name", "rewritten name")
TELLTALE = Kind("telltale", "known spinner phrase")
GRAMMAR = Kind("grammar", "grammar")
FLUENCY = Kind("fluency", "unusual word sequence")
PHRASE = Kind("phrase", "phrase pattern")
CHARACTERS = Kind("characters", "disguised characters")
OTHER = Kind("other", "other")
KINDS = (WORDING, NAME, TELLTALE, GRAMMAR, FLUENCY, PHRASE, CHARACTERS, OTHER)

_BY_KEY = {kind.key: kind for kind in KINDS}
_FEATURES = {feature.name: (_BY_KEY[feature.marks], feature.title) for feature in ALL}
"""For each feature, the kind of its marks and the title of its measurements."""

_PHRASING = {
    "phrasing_dictionary_log_odds": "spinners",
    "phrasing_language_model_log_odds": "language models",
    "phrasing_translation_log_odds": "machine translation",
    "phrasing_rule_based_log_odds": "word-for-word machine translation",
}
_QUALITY = {"wording": "word choice", "fluency": "word sequences"}

TITLE = {
    Label.CLEAN: "Clean",
    Label.SUSPECT: "Suspect",
    Label.SPUN: "Spun",
    Label.TOO_SHORT: "Too short to judge",
    Label.NOT_ENGLISH: "Not English",
}


def headline(verdict: Verdict) -> str:
    """Returns the label as a title. A disguised text is never plainly clean.

    >>> from detector.verdict import Quality
    >>> of = Verdict(Label.CLEAN, 0.03, 0.9, 0.5, Quality(62.0, ()), (), (), (), 410, "", "", disguise="It was.")
    >>> headline(of)
    'Clean, but disguised'
    """
    if not verdict.disguise:
        return TITLE[verdict.label]
    return f"{TITLE[verdict.label]}, {'but' if verdict.label is Label.CLEAN else 'and'} disguised"


_STATEMENT = {
    Label.CLEAN: "no sign of machine rewriting. This does not say who or what wrote the article.",
    Label.SUSPECT: "some signs of machine rewriting, but too few to call the article spun.",
    Label.SPUN: "the wording looks like a machine rewrite of another story.",
    Label.TOO_SHORT: "the article has too little text to judge.",
    Label.NOT_ENGLISH: "unspin reads English only, so it does not judge this article.",
}
_BY_MARKS = {Label.SUSPECT: " Read the marked words before you act.", Label.SPUN: " The marked words show why."}
_BY_MEASURES = {Label.SUSPECT: " Read the reasons for and against before you act."}


def count(number: int, noun: str, plural: str = "") -> str:
    """Returns a number with its noun.

    >>> count(1, "story", "stories"), count(1200, "story", "stories"), count(2, "outlet")
    ('1 story', '1,200 stories', '2 outlets')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def capital(sentence: str) -> str:
    """Returns the sentence with a capital first letter and the rest unchanged."""
    return sentence[0].upper() + sentence[1:]


def kind_of(feature: str) -> Kind:
    """Returns the family of a feature's marks; a neutral one for an unknown feature.

    >>> kind_of("odd_synonyms").title
    'odd word choice'
    """
    return _FEATURES.get(feature, (OTHER, ""))[0]


def statement(verdict: Verdict) -> str:
    """Returns the label in one or two plain sentences that follow its title."""
    pointer = _BY_MEASURES if rests_on_measures(verdict) else _BY_MARKS
    return _STATEMENT[verdict.label] + pointer.get(verdict.label, "")


_REWRITING = {
    "synonyms": "words replaced by synonyms",
    "dictionary": "words and phrases replaced from the list that most synonym spinners share",
    "language_model": "a rewrite by a language model",
    "translation": "a translation into another language and back",
    "rule_based": "a rough, word-for-word translation into another language and back",
}
_OTHER_TRIP = {"translation": "a smoother one", "rule_based": "a rough, word-for-word one"}
"""The names of the two translations when one follows the other in a sentence."""

SWAPS = frozenset({"synonyms", "dictionary"})
"""These two kinds of rewriting differ only in their word list, so the sentence names the first only."""

WHOLE_TEXT = frozenset({"language_model", "translation", "rule_based"})
"""Kinds of rewriting that change whole sentences. Most of their words fit, so marks say little about them."""

CLEAR_SHARE = 0.7
"""At or above this share, the sentence names only the most likely kind of rewriting."""


def rewriting_words(name: str) -> str:
    """Returns a kind of rewriting in plain words; an unknown kind by its own name.

    >>> rewriting_words("translation"), rewriting_words("house_style")
    ('a translation into another language and back', 'house style')
    """
    return _REWRITING.get(name) or name.replace("_", " ")


def rewriting_statement(verdict: Verdict) -> str:
    """Returns a sentence on the most likely kind of rewriting, and on the next if the first is not clear.

    It is "" if the article is not flagged, or the model knows only one kind.
    """
    if not verdict.flagged or len(verdict.kinds) < 2:
        return ""
    first, second = verdict.kinds[:2]
    like = f"it looks most like {first.title}"
    if first.share < CLEAR_SHARE and {first.name, second.name} != SWAPS:
        trips = {first.name, second.name} == _OTHER_TRIP.keys()
        like += f", and next most like {_OTHER_TRIP[second.name] if trips else second.title}"
    known = "of the kinds of rewriting that unspin knows"
    said = f"{capital(known)}, {like}."
    if verdict.label is Label.SUSPECT:
        said = f"If it was rewritten at all, then {known} {like}."
    if rests_on_measures(verdict):
        said += " Such a rewrite changes whole sentences, and few single words stand out. The verdict rests on measurements of the whole article."
    return said


def rests_on_measures(verdict: Verdict) -> bool:
    """Whether the article as a whole is flagged and looks most like a kind of :data:`WHOLE_TEXT`."""
    return (
        verdict.flagged and not verdict.only_a_part and len(verdict.kinds) > 1 and verdict.kinds[0].name in WHOLE_TEXT
    )


def probability_words(probability: float) -> str:
    """Returns a probability with two digits, never rounded to 0 or 1.

    >>> [probability_words(p) for p in (0.9999, 0.984, 0.5, 0.0004, math.nan)]
    ['over 0.99', '0.98', '0.50', 'under 0.01', 'not given']
    """
    if math.isnan(probability):
        return "not given"
    if probability > 0.99:
        return "over 0.99"
    if probability < 0.01:
        return "under 0.01"
    return f"{probability:.2f}"


def threshold_words(threshold: float) -> str:
    """Returns a threshold with two digits, or with more if two digits would round it to 1.

    >>> [threshold_words(t) for t in (0.5, 0.934, 0.9966, 0.99996)]
    ['0.50', '0.93', '0.997', '0.99996']
    """
    return next(said for digits in range(2, 18) if float(said := f"{threshold:.{digits}f}") < 1 or threshold >= 1)


def rate_words(rate: float) -> str:
    """Returns a share of articles as "1 in N".

    >>> [rate_words(r) for r in (0.005, 0.0213, 0.3)]
    ['1 in 200', '1 in 47', '1 in 3']
    """
    return f"1 in {round(1 / rate):,}"


def error_rate(verdict: Verdict) -> tuple[str, str]:
    """Returns how many human stories score as high as this one: the number, and the rest of the sentence.

    Both are empty if the article was not judged, only a part of it is flagged, or the model states no rate.
    """
    rate = verdict.spun_rate if verdict.label is Label.SPUN else verdict.suspect_rate
    if math.isnan(verdict.probability) or verdict.only_a_part or not rate > 0:
        return "", ""
    if verdict.flagged or verdict.probability >= verdict.suspect_threshold:
        return f"At most {rate_words(rate)}", "human stories scores this high"
    return f"More than {rate_words(rate)}", "human stories score this high"


SECOND_LANGUAGE = "People who write in a second language can leave some of the same traces."


def what_marks_explain(verdict: Verdict) -> str:
    """Returns a sentence on how far the marked words explain the label; "" if the article as a whole is not flagged."""
    if not verdict.flagged or verdict.only_a_part:
        return ""
    marked = len(with_originals(verdict))
    few = marked < FEWEST_MARKS
    shown = f"Only {count(marked, 'odd word')}" if marked else "No odd words"
    shown = f"{shown} {'is' if marked == 1 else 'are'} marked."
    before, after = probability_words(verdict.probability), probability_words(verdict.mended_probability)
    if verdict.mended_probability < verdict.suspect_threshold:
        instead = "instead" if few else f"instead of the {marked:,} marked ones"
        said = f"With the suggested {'word' if marked == 1 else 'words'} {instead}, the probability falls from {before} to {after}."
        return f"{shown} {said}" if few else said
    if few:
        return f"{shown} The verdict rests on the pattern of the whole text."
    if math.isnan(verdict.mended_probability):
        return ""
    return (
        f"The {marked:,} marked wordings explain only a part of it: with the suggested words instead, the probability "
        f"is still {after}."
    )


def caution(verdict: Verdict) -> str:
    """Returns what to bear in mind before acting on the label; "" if the article is not flagged."""
    if not verdict.flagged:
        return ""
    said = (
        what_marks_explain(verdict),
        "Before you act on this, compare the article with its likely source.",
        SECOND_LANGUAGE,
    )
    return " ".join(filter(None, said))


def skipped_words(verdict: Verdict, shown: str = "They are shown in grey") -> str:
    """Returns a sentence on the lines that were not judged; "" if there are none."""
    if not verdict.skipped:
        return ""
    lines = count(len(verdict.skipped), "line")
    one = len(verdict.skipped) == 1
    how = shown.replace("They are", "It is") if one else shown
    return (
        f"{lines} {'looks' if one else 'look'} like part of the page and not of the article (menu, link, list of topics, "
        f"caption or credit). {how} and {'was' if one else 'were'} not judged."
    )


def summary(verdict: Verdict) -> str:
    """Returns the label in a few sentences, for programs that show a verdict. How often it is wrong comes first."""
    rate = " ".join(error_rate(verdict)).strip()
    sentences = (rate and f"{rate}.", capital(statement(verdict)), what_marks_explain(verdict))
    return " ".join(filter(None, (*sentences, SECOND_LANGUAGE if verdict.flagged else "")))


def probability_meaning(verdict: Verdict) -> str:
    """Returns what the probability means and does not mean; "" if there is none."""
    p = verdict.probability
    if math.isnan(p):
        return ""
    share = "more than 99" if p > 0.99 else "fewer than 1" if p < 0.01 else f"about {round(100 * p)}"
    return (
        f"If half of all stories were machine rewrites, {share} in 100 stories with this score would be rewrites. "
        "This is not the share of changed words."
    )


def threshold_meaning(verdict: Verdict) -> str:
    """Returns the threshold and the human error rate of each label; "" if the article was not judged."""
    if math.isnan(verdict.probability):
        return ""
    suspect, spun = (rate_words(rate) if rate > 0 else "" for rate in (verdict.suspect_rate, verdict.spun_rate))
    number = verdict.calibration_articles
    return (
        f"unspin calls a story suspect from {threshold_words(verdict.suspect_threshold)}"
        f"{f' ({suspect} human articles scores that high)' if suspect else ''} and spun from "
        f"{threshold_words(verdict.threshold)}{f' ({spun})' if spun else ''}."
        f"{f' Measured on {number:,} human articles that the model had not seen.' if number else ''}"
    )


def quality_meaning(quality: Quality) -> str:
    """Returns what the quality score means."""
    if math.isnan(quality.score):
        return "Quality could not be measured here."
    return "50 is the middle of the published news we compare with. Quality says how well an article is written, not who wrote it."


def value_words(value: float, unit: str) -> str:
    """Returns a measured value with its unit, in at most three significant digits.

    >>> [value_words(12.3456, "per 1,000 words"), value_words(0.1234, "share"), value_words(math.nan, "nats")]
    ['12.3 per 1,000 words', '12.3%', 'not measured']
    >>> [value_words(1234567.0, "words"), value_words(-0.5, ""), value_words(math.inf, "nats")]
    ['1,234,567 words', '-0.5', 'not measured']
    >>> [value_words(0.95, "share of attributions"), value_words(1.0, "kinds")]
    ['95% of attributions', '1 kind']
    """
    if not math.isfinite(value):
        return "not measured"
    if unit == "share" or unit.startswith("share of "):
        return f"{100 * value:.3g}%{unit.removeprefix('share')}"
    number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if number == "1":
        unit = re.sub(r"^(kind|error|word)s\b", r"\1", unit)
    return f"{number} {unit}".rstrip()


def plain_value(value: float, unit: str) -> str:
    """Returns a value as :func:`value_words` does, or "" if its unit is a technical one.

    >>> plain_value(239.0, "per 1,000 words"), plain_value(3.68, "log-odds")
    ('239 per 1,000 words', '')
    """
    technical = math.isfinite(value) and re.search(r"log-odds|nats|bits|probability", unit)
    return "" if technical else value_words(value, unit)


def quality_part(name: str) -> str:
    """Returns the on-screen name of a part of the quality score."""
    return _QUALITY.get(name) or name.replace("_", " ")


def percentile_words(percentile: float) -> str:
    """Returns how a part of the quality score compares with published news; "" if unknown.

    >>> [percentile_words(p) for p in (31.4, 0.2, 99.8, math.nan)]
    ['better than 31% of published news', 'better than under 1% of published news', 'better than over 99% of published news', '']
    """
    if math.isnan(percentile):
        return ""
    share = "over 99" if percentile > 99 else "under 1" if percentile < 1 else f"{round(percentile)}"
    return f"better than {share}% of published news"


def strength(weight: float) -> str:
    """Returns the strength of a mark in a word, from its weight of 0 to 1.

    >>> [strength(weight) for weight in (0.97, 0.8, 0.4)]
    ['strong', 'medium', 'weak']
    """
    return "strong" if weight >= 0.9 else "medium" if weight >= 0.75 else "weak"


@dataclass(frozen=True)
class Row:
    """All places where one wording is marked for one reason.

    Parameters
    ----------
    number : int
        Counts from 1. The marked text and the tables share the numbers. Substitutions come first, strongest first.
    wording : str
        As in the text, with white space collapsed.
    expected : tuple of str
        Likely originals of the strongest mark, or corrections, best first.
    message : str
        The message of the strongest mark.
    weight : float
        Of the strongest mark, 0 to 1.
    places : tuple of Span
        In text order.
    """

    number: int
    kind: Kind
    wording: str
    expected: tuple[str, ...]
    message: str
    weight: float
    places: tuple[Span, ...]

    @property
    def substitution(self) -> bool:
        """Whether the expected wordings are likely originals."""
        return self.kind.swapped and bool(self.expected)

    @property
    def strength(self) -> str:
        """The strength in a word."""
        return strength(self.weight)


def rows(verdict: Verdict) -> tuple[Row, ...]:
    """Returns the marks as rows, with repeats grouped, substitutions first, then the strongest first."""
    groups: dict[tuple[str, str, str], list[Evidence]] = {}
    for evidence in verdict.evidence:
        # Marks without an expected wording are grouped by their message.
        reason = evidence.expected[0].casefold() if evidence.expected else evidence.message
        key = (kind_of(evidence.feature).key, squeeze(quoted(verdict, evidence.span)).casefold(), reason)
        groups.setdefault(key, []).append(evidence)
    unnumbered = [_row(verdict, group) for group in groups.values()]
    unnumbered.sort(key=lambda row: (not row.substitution, -row.weight, -len(row.places), row.places[0]))
    return tuple(replace(row, number=number) for number, row in enumerate(unnumbered, start=1))


def _row(verdict: Verdict, group: Sequence[Evidence]) -> Row:
    heaviest = max(group, key=lambda e: (e.weight, -e.span.start))
    # The reverse order puts lower case first among equally common spellings.
    spellings = Counter(sorted((squeeze(quoted(verdict, e.span)) for e in group), reverse=True))
    return Row(
        number=0,
        kind=kind_of(heaviest.feature),
        wording=spellings.most_common(1)[0][0],
        expected=heaviest.expected,
        message=heaviest.message,
        weight=heaviest.weight,
        places=tuple(sorted({e.span for e in group})),  # two features may mark the same place
    )


def quoted(verdict: Verdict, span: Span) -> str:
    """Returns the text of a span."""
    return verdict.text[span.start : span.end]


def squeeze(text: str) -> str:
    r"""Returns the text on one line.

    >>> squeeze(" well \r\n being ")
    'well being'
    """
    return " ".join(text.split())


class Mark(NamedTuple):
    """A span to mark, with the numbers of its rows, strongest first."""

    span: Span
    kind: Kind
    numbers: tuple[int, ...]


def marks(table: Iterable[Row], length: int) -> tuple[Mark, ...]:
    """Returns the marks of a text of ``length`` code points, in order and without overlaps.

    Of overlapping places, the one with the smallest row number is drawn. It also gets the numbers of the others.
    """
    placed: list[Mark] = []
    owner: dict[int, int] = {}  # code point -> index in placed
    for row in table:
        for place in row.places:
            span = Span(max(0, place.start), min(length, place.end))
            if span.start >= span.end:
                continue
            taken = {owner[at] for at in range(*span) if at in owner}
            if not taken:
                owner.update(dict.fromkeys(range(*span), len(placed)))
                placed.append(Mark(span, row.kind, (row.number,)))
            for index in taken:
                mark = placed[index]
                if row.number not in mark.numbers:
                    placed[index] = mark._replace(numbers=(*mark.numbers, row.number))
    return tuple(sorted(placed))


class Reason(NamedTuple):
    """The joint effect of one feature's columns on the score.

    ``log_odds`` is their sum, ``strongest`` the column with the largest effect in that direction.
    """

    title: str
    log_odds: float
    strongest: Contribution

    @property
    def strength(self) -> str:
        """The effect on the odds in a word: medium from a factor of 2, strong from a factor of 10."""
        size = abs(self.log_odds)
        return "strong" if size >= math.log(10) else "medium" if size >= math.log(2) else "weak"

    @property
    def meaning(self) -> str:
        """What the strongest column measures, with its value if the unit is not technical."""
        value = plain_value(self.strongest.value, self.strongest.unit)
        return f"{self.strongest.meaning} Here: {value}.".lstrip() if value else self.strongest.meaning


def reasons(contributions: Iterable[Contribution]) -> tuple[Reason, ...]:
    """Returns the contributions summed by feature, strongest first.

    Columns of one feature are correlated, and a linear model may give them weights of opposite sign. Listed one by one
    they would seem to contradict each other, so readers see only the sum.

    >>> [(r.title, r.log_odds, r.strength, r.meaning) for r in reasons([
    ...     Contribution("tell_tales_per_1000_words", 30.0, "per 1,000 words", "", -3.5, "tell_tales"),
    ...     Contribution("tell_tale_kinds", 5.0, "kinds", "", 4.5, "tell_tales"),
    ... ])]
    [('known spinner phrases', 1.0, 'medium', 'Here: 5 kinds.')]
    """
    groups: dict[str, list[Contribution]] = {}
    for number, contribution in enumerate(contributions):
        if contribution.log_odds:
            groups.setdefault(contribution.feature or str(number), []).append(contribution)
    found = []
    for group in groups.values():
        total = math.fsum(c.log_odds for c in group)
        strongest = max(group, key=lambda c: math.copysign(1.0, total) * c.log_odds)
        title = _title(strongest) if strongest.feature in _FEATURES or len(group) == 1 else strongest.feature
        found.append(Reason(title.replace("_", " "), total, strongest))
    return tuple(sorted(found, key=lambda r: -abs(r.log_odds)))


def _title(contribution: Contribution) -> str:
    if pattern := _PHRASING.get(contribution.column):
        return f"phrase patterns typical of {pattern}"
    if contribution.feature == "news_register":
        # The column is in log-odds: above 0, the text resembles news more than other writing.
        return "written like news" if contribution.value > 0 else "not written like news"
    return _FEATURES[contribution.feature][1] if contribution.feature in _FEATURES else column_words(contribution)


def reasons_for(contributions: Iterable[Contribution]) -> tuple[Reason, ...]:
    """Returns the reasons for a machine rewrite, strongest first."""
    return tuple(reason for reason in reasons(contributions) if reason.log_odds > 0)


def reasons_against(contributions: Iterable[Contribution]) -> tuple[Reason, ...]:
    """Returns the reasons against a machine rewrite, strongest first."""
    return tuple(reason for reason in reasons(contributions) if reason.log_odds < 0)


def column_words(contribution: Contribution) -> str:
    """Returns a column's name for people, without the unit, which is shown with the value.

    >>> column_words(Contribution("odd_synonyms_per_1000_words", 9.0, "per 1,000 words", "", 1.0))
    'odd synonyms'
    >>> column_words(Contribution("odd_synonyms_mean_log_odds", -3.0, "log-odds", "", 1.0))
    'odd synonyms mean'
    """
    name = contribution.column
    unit = contribution.unit.replace(" ", "_").replace("-", "_")
    for tail in ("_per_1000_words", "_share", f"_{unit}"):
        name = name.removesuffix(tail) or name
    return name.replace("_", " ")
