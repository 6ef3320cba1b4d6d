"""Errors of grammar and spelling in the writer's own words, counted alike whichever checker found them.

A checker (Harper, LanguageTool) turns a text into :class:`Finding` values in shared categories; :class:`Grammar` decides
which of them count. Checkers are made for people who can shrug at a false alarm, a verdict cannot: so names, words that
the n-gram model knows, matters of style and whatever stands inside quotation marks do not count against the writer.
Errors are rare even in spun copy (most spinners leave the grammar of the sentence standing), so these columns are a
second opinion beside the odd wordings and never carry a verdict alone.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import TracebackType
from typing import ClassVar, Protocol, Self

from features.document import Document, Span
from features.feature import NAN, Column, Evidence, Measurement, per_1000, unmeasured


class CheckerUnavailable(Exception):  # noqa: N818 (it says what is the case, not that something broke)
    """A grammar checker that was asked for cannot be had or stopped answering; the message says what to do."""


class Category(StrEnum):
    """What kind of error a finding is, in words that both checkers share."""

    AGREEMENT = "agreement"
    ARTICLE = "article"
    VERB_FORM = "verb_form"
    WORD_CHOICE = "word_choice"
    WORD_ORDER_OR_MISSING = "word_order_or_missing"
    REPETITION = "repetition"
    SPELLING = "spelling"
    CAPITALISATION = "capitalisation"
    PUNCTUATION = "punctuation"
    OTHER = "other"
    STYLE = "style"
    """Taste, layout, regional usage: never an error."""


@dataclass(frozen=True)
class Finding:
    """One place that a checker objects to.

    Parameters
    ----------
    span : Span
        Where, in code points of the text that was checked.
    category : Category
        The kind of error.
    message : str
        One sentence for people, as the checker words it.
    replacements : tuple of str
        What could stand there instead, best first; empty where nothing is proposed.
    rule : str
        The checker's own name for the rule, for looking it up.
    """

    span: Span
    category: Category
    message: str
    replacements: tuple[str, ...] = ()
    rule: str = ""


def whole(text: str) -> str:
    r"""The text with lone surrogates, which no checker can be given, replaced; as long as before.

    >>> whole("a\ud800b") == "a\ufffdb"
    True
    """
    return _SURROGATE.sub("\ufffd", text)


_SURROGATE = re.compile(r"[\ud800-\udfff]")


class GrammarChecker(Protocol):
    """Something that finds errors in English text. Cheap to create; the engine is built at the first check.

    A checker that has not checked yet can be pickled and used in another process.
    """

    @property
    def name(self) -> str:
        """Identifier as in the verdict's signature: ``"harper"`` or ``"languagetool"``."""

    def check(self, text: str) -> list[Finding]:
        """Find errors, in order of position. Raises :class:`CheckerUnavailable` if the checker cannot answer."""

    def close(self) -> None:
        """Let go of engine or server. Closing twice is fine; a check afterwards starts anew."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


# Longer texts are judged by their beginning: a checker's time grows with the text, its rates do not.
MOST_CHARACTERS = 200_000

# Fewer quoted words than this say nothing about how the quotes read.
_LEAST_QUOTED_WORDS = 30

_GRAMMAR = frozenset(
    {
        Category.AGREEMENT,
        Category.ARTICLE,
        Category.VERB_FORM,
        Category.WORD_CHOICE,
        Category.WORD_ORDER_OR_MISSING,
        Category.REPETITION,
        Category.OTHER,
    }
)

# How telling one mark is. An article before the wrong noun is what a swapped noun leaves behind; a slip of the pen is
# anybody's.
_WEIGHTS = {
    Category.AGREEMENT: 0.5,
    Category.ARTICLE: 0.6,
    Category.VERB_FORM: 0.5,
    Category.WORD_CHOICE: 0.5,
    Category.WORD_ORDER_OR_MISSING: 0.5,
    Category.REPETITION: 0.4,
    Category.SPELLING: 0.3,
    Category.CAPITALISATION: 0.3,
    Category.PUNCTUATION: 0.3,
    Category.OTHER: 0.3,
}

_PER_1000 = "per 1,000 words"
_TOP = 1000.0
_TOTAL = "grammar_errors_per_1000_words"
_QUOTED = "quoted_grammar_errors_per_1000_words"
_SENTENCES = "sentences_with_grammar_errors_share"
_BY_CATEGORY = {
    Category.AGREEMENT: Column(
        "agreement_errors_per_1000_words",
        _PER_1000,
        0.0,
        _TOP,
        "Verbs and nouns that do not agree in number or person.",
    ),
    Category.ARTICLE: Column(
        "article_errors_per_1000_words", _PER_1000, 0.0, _TOP, "Wrong or needless articles, as in “a assurance”."
    ),
    Category.VERB_FORM: Column(
        "verb_form_errors_per_1000_words", _PER_1000, 0.0, _TOP, "Verbs in a wrong form, as in “did went”."
    ),
    Category.WORD_CHOICE: Column(
        "wrong_words_per_1000_words", _PER_1000, 0.0, _TOP, "Words confused with others, or with the wrong preposition."
    ),
    Category.WORD_ORDER_OR_MISSING: Column(
        "missing_or_misplaced_words_per_1000_words", _PER_1000, 0.0, _TOP, "Missing or misplaced words."
    ),
    Category.REPETITION: Column(
        "repeated_words_per_1000_words", _PER_1000, 0.0, _TOP, "Words doubled by mistake, as in “the the” or “our the”."
    ),
    Category.SPELLING: Column(
        "spelling_errors_per_1000_words", _PER_1000, 0.0, _TOP, "Misspelt words other than names."
    ),
    Category.CAPITALISATION: Column(
        "capitalisation_errors_per_1000_words", _PER_1000, 0.0, _TOP, "Names and “I” without their capital letter."
    ),
    Category.PUNCTUATION: Column(
        "punctuation_errors_per_1000_words", _PER_1000, 0.0, _TOP, "Wrong or missing apostrophes and commas."
    ),
}
_COLUMNS = (
    Column(
        _TOTAL,
        _PER_1000,
        0.0,
        _TOP,
        "Grammar errors outside quotes, without spelling, capitals and punctuation.",
    ),
    *_BY_CATEGORY.values(),
    Column(_SENTENCES, "share", 0.0, 1.0, "Sentences with a grammar error outside quotes."),
    Column(
        _QUOTED,
        _PER_1000,
        0.0,
        _TOP,
        f"Grammar errors inside quotes, per 1,000 quoted words. Not measured under {_LEAST_QUOTED_WORDS} quoted words.",
    ),
)

_PARTS = re.compile(r"[-‐‑/]")

# `Ursula von der Leyen`: short lower-case words between capitalised ones belong to the name.
_PARTICLES = re.compile(r"\b[^\W\d_a-z][\w’'-]*\s+(?=((?:[a-z]{1,4}\s+){1,2})[^\W\d_a-z])")


def knows_nothing(_word: str) -> bool:
    """Say of any word that it is not known: what stands in for the n-gram model where there is none."""
    return False


@dataclass(frozen=True)
class Grammar:
    """The grammar feature.

    Parameters
    ----------
    checker : GrammarChecker or None
        Who finds the errors; the caller closes it. Without one every column is NaN.
    known : callable
        Says whether a lower-case word is known to the n-gram model and so no spelling error. By default none is.

    Examples
    --------
    >>> from features.checkers.harper import Harper
    >>> measured = Grammar(Harper()).measure(Document("Kyiv is looking for a assurance, he said."))
    >>> measured.values["article_errors_per_1000_words"]
    125.0
    >>> [mark.expected for mark in measured.evidence]
    [('an',)]
    """

    checker: GrammarChecker | None
    known: Callable[[str], bool] = knows_nothing
    name: str = field(default="grammar", init=False)
    columns: tuple[Column, ...] = field(default=_COLUMNS, init=False)
    marks: ClassVar[str] = "grammar"
    title: ClassVar[str] = "grammar"

    def measure(self, document: Document) -> Measurement:
        """Measure one document: its first 200,000 characters.

        Raises
        ------
        CheckerUnavailable
            If the checker cannot answer. A text never makes it raise.
        """
        end = _last_boundary(document)
        words = [word for word in document.words if word.end <= end]
        quotes = [quote for quote in document.quotes if quote.start < end]
        quoted = _inside(words, quotes)
        own = len(words) - quoted
        if self.checker is None or own == 0:
            return unmeasured(_COLUMNS)
        starts = {sentence.start for sentence in document.sentences}
        particles = [Span(*match.span(1)) for match in _PARTICLES.finditer(document.text, 0, end)]
        found = [
            finding
            for finding in map(_as_slip_of_capitals(document), self.checker.check(document.text[:end]))
            if _is_error(finding, document, starts, self.known)
            and not (finding.category is Category.SPELLING and _touches(finding.span, particles))
        ]
        found = _once(found)
        ours = [finding for finding in found if not _touches(finding.span, quotes)]
        values = {
            column.name: per_1000(sum(f.category is category for f in ours), own)
            for category, column in _BY_CATEGORY.items()
        }
        grammar = [finding.span for finding in ours if finding.category in _GRAMMAR]
        values[_TOTAL] = per_1000(len(grammar), own)
        values[_SENTENCES] = _share_of_sentences(document.sentences, grammar, end)
        values[_QUOTED] = (
            per_1000(sum(f.category in _GRAMMAR for f in found) - len(grammar), quoted)
            if quoted >= _LEAST_QUOTED_WORDS
            else NAN
        )
        values = {column.name: values[column.name] for column in _COLUMNS}
        return Measurement(values, tuple(_evidence(finding) for finding in ours))


def _evidence(finding: Finding) -> Evidence:
    expected = tuple(dict.fromkeys(text for text in finding.replacements if text))[:3]
    return Evidence("grammar", finding.span, finding.message, expected, _WEIGHTS[finding.category])


def _last_boundary(document: Document) -> int:
    """Where checking ends: the end of the text, or of the last sentence that fits."""
    if len(document.text) <= MOST_CHARACTERS:
        return len(document.text)
    return max((s.end for s in document.sentences if s.end <= MOST_CHARACTERS), default=MOST_CHARACTERS)


def _as_slip_of_capitals(document: Document) -> Callable[[Finding], Finding]:
    """A “misspelling” whose cure is a capital letter (`ukraine`) is one of capitals, however well the word is known."""

    def retold(finding: Finding) -> Finding:
        flagged = document[finding.span]
        if finding.category is not Category.SPELLING or not flagged.islower():
            return finding
        capitalised = tuple(text for text in finding.replacements if text != flagged and text.lower() == flagged)
        if capitalised:
            message = f"“{flagged}” is written with a capital letter."
            return replace(finding, category=Category.CAPITALISATION, message=message, replacements=capitalised)
        return finding

    return retold


def _is_error(finding: Finding, document: Document, starts: set[int], known: Callable[[str], bool]) -> bool:
    flagged = document[finding.span].strip()
    if finding.category is Category.STYLE or not flagged:
        return False
    if finding.category is Category.SPELLING:
        return _is_misspelling(flagged, known)
    if finding.category is Category.REPETITION and not any(word[0].islower() for word in flagged.split()):
        return False  # `Pago Pago`, `7-6 7-6`
    # A single capitalised word within a sentence is a name, whatever a rule takes it for: `Simone Biles` > `Bile`.
    one_word = flagged.isalpha()
    named = one_word and flagged != "I" and flagged[0].isupper() and finding.span.start not in starts
    return not named or finding.category is Category.CAPITALISATION


def _is_misspelling(flagged: str, known: Callable[[str], bool]) -> bool:
    """Whether a word the checker does not know is a slip: all lower case, letters only, and unknown to the model.

    A word with a capital is left alone even where a sentence begins: there nothing tells a name from a slip.
    """
    parts = [part for part in _PARTS.split(flagged.replace("’", "'")) if part]
    if not parts or not all(part.replace("'", "").isalpha() and part == part.lower() for part in parts):
        return False
    return not known(flagged) and not all(known(part) for part in parts)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """In order of position, and of findings that overlap only the first: one slip is one error."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: f.span):
        if not kept or finding.span.start >= kept[-1].span.end:
            kept.append(finding)
    return kept


def _touches(span: Span, stretches: Sequence[Span]) -> bool:
    return any(span.start < stretch.end and span.end > stretch.start for stretch in stretches)


def _inside(words: Sequence[Span], stretches: Sequence[Span]) -> int:
    """How many of the words lie inside the stretches; both in order."""
    count = 0
    rest = iter(stretches)
    stretch = next(rest, None)
    for word in words:
        while stretch is not None and stretch.end <= word.start:
            stretch = next(rest, None)
        if stretch is None:
            break
        count += word.start >= stretch.start
    return count


def _share_of_sentences(sentences: Sequence[Span], errors: Sequence[Span], end: int) -> float:
    read = [sentence for sentence in sentences if sentence.end <= end]
    if not read:
        return NAN
    return sum(_touches(sentence, errors) for sentence in read) / len(read)
