"""Grammar and spelling errors in the writer's own words, counted alike for every checker.

A checker (Harper, LanguageTool) returns :class:`Finding` values in shared categories, and :class:`Grammar` decides
which of them count. A person can ignore a false alarm, but a verdict cannot. So names, words that the n-gram model
knows, matters of style and everything inside quotation marks do not count against the writer. Errors are rare even in
spun copy, because most spinners keep the grammar of the sentence. These columns only add to the odd word choices and
never decide a verdict alone.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, Protocol

from features.document import Document, Span
from features.feature import NAN, Column, Evidence, Measurement, per_1000, rate_column, unmeasured


class CheckerUnavailable(Exception):  # noqa: N818 (a state, not a failure)
    """A requested grammar checker is missing or stopped answering. The message says what to do."""


class Category(StrEnum):
    """The kind of error, in categories that both checkers share."""

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
    """Taste, layout and regional usage, which are never errors."""


@dataclass(frozen=True)
class Finding:
    """One place that a checker objects to.

    Parameters
    ----------
    span : Span
        Its place, in code points of the text that was checked.
    message : str
        One sentence for people, in the checker's words.
    replacements : tuple of str
        Proposed replacements, best first; empty if there are none.
    rule : str
        The checker's own name of the rule.
    """

    span: Span
    category: Category
    message: str
    replacements: tuple[str, ...] = ()
    rule: str = ""


def whole(text: str) -> str:
    r"""Replace lone surrogates, which no checker accepts. The text keeps its length.

    >>> whole("a\ud800b") == "a\ufffdb"
    True
    """
    return _SURROGATE.sub("\ufffd", text)


_SURROGATE = re.compile(r"[\ud800-\udfff]")


class GrammarChecker(Protocol):
    """A checker of English text. It is cheap to create, because it loads its engine at the first check.

    A checker that has not checked yet can be pickled and used in another process.
    """

    @property
    def name(self) -> str:
        """Identifier as in the verdict's signature: ``"harper"`` or ``"languagetool"``."""

    def check(self, text: str) -> list[Finding]:
        """Find errors, in order of position. Raises :class:`CheckerUnavailable` if the checker cannot answer."""

    def close(self) -> None:
        """Release the engine or server. Closing twice does no harm, and a later check starts it again."""


# Longer texts are checked up to here: the time grows with the text, but its error rates do not.
MOST_CHARACTERS = 200_000

# Rates over fewer quoted words mean nothing.
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

# Strength of one mark. A replaced noun leaves the wrong article before it; anybody makes a typing error.
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

_TOTAL = "grammar_errors_per_1000_words"
_QUOTED = "quoted_grammar_errors_per_1000_words"
_SENTENCES = "sentences_with_grammar_errors_share"
_BY_CATEGORY = {
    Category.AGREEMENT: rate_column(
        "agreement_errors_per_1000_words", "Verbs and nouns that do not agree in number or person."
    ),
    Category.ARTICLE: rate_column("article_errors_per_1000_words", "Wrong or needless articles, as in “a assurance”."),
    Category.VERB_FORM: rate_column("verb_form_errors_per_1000_words", "Verbs in a wrong form, as in “did went”."),
    Category.WORD_CHOICE: rate_column(
        "wrong_words_per_1000_words", "Words confused with others, or with the wrong preposition."
    ),
    Category.WORD_ORDER_OR_MISSING: rate_column(
        "missing_or_misplaced_words_per_1000_words", "Missing or misplaced words."
    ),
    Category.REPETITION: rate_column(
        "repeated_words_per_1000_words", "Words doubled by mistake, as in “the the” or “our the”."
    ),
    Category.SPELLING: rate_column("spelling_errors_per_1000_words", "Misspelt words other than names."),
    Category.CAPITALISATION: rate_column(
        "capitalisation_errors_per_1000_words", "Names and “I” without their capital letter."
    ),
    Category.PUNCTUATION: rate_column("punctuation_errors_per_1000_words", "Wrong or missing apostrophes and commas."),
}
_COLUMNS = (
    rate_column(_TOTAL, "Grammar errors outside quotes, without spelling, capitals and punctuation."),
    *_BY_CATEGORY.values(),
    Column(_SENTENCES, "share", 0.0, 1.0, "Sentences with a grammar error outside quotes."),
    rate_column(
        _QUOTED,
        f"Grammar errors inside quotes, per 1,000 quoted words. Not measured under {_LEAST_QUOTED_WORDS} quoted words.",
    ),
)

_PARTS = re.compile(r"[-‐‑/]")

# Short lower-case words between capitalised ones belong to a name: `Ursula von der Leyen`.
_PARTICLES = re.compile(r"\b[^\W\d_a-z][\w’'-]*\s+(?=((?:[a-z]{1,4}\s+){1,2})[^\W\d_a-z])")


def knows_nothing(_word: str) -> bool:
    """Return False for any word: the default if there is no n-gram model."""
    return False


@dataclass(frozen=True)
class Grammar:
    """The grammar feature.

    Parameters
    ----------
    checker : GrammarChecker or None
        Finds the errors. The caller closes it. Without one, every column is NaN.
    known : callable
        Says whether the n-gram model knows a lower-case word, which then is no spelling error. By default it knows
        none.

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
        """Measure the first 200,000 characters of a document.

        Raises
        ------
        CheckerUnavailable
            If the checker cannot answer. No text causes it.
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
    """Where checking ends: the end of the text, or of the last sentence within the limit."""
    if len(document.text) <= MOST_CHARACTERS:
        return len(document.text)
    return max((s.end for s in document.sentences if s.end <= MOST_CHARACTERS), default=MOST_CHARACTERS)


def _as_slip_of_capitals(document: Document) -> Callable[[Finding], Finding]:
    """Turn a “misspelling” that a capital corrects (`ukraine`) into an error of capitals, even for a known word."""

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
    # One capitalised word inside a sentence is a name, whatever a rule says: `Simone Biles` > `Bile`.
    one_word = flagged.isalpha()
    named = one_word and flagged != "I" and flagged[0].isupper() and finding.span.start not in starts
    return not named or finding.category is Category.CAPITALISATION


def _is_misspelling(flagged: str, known: Callable[[str], bool]) -> bool:
    """Whether a word the checker does not know is misspelt: lower case, letters only, and unknown to the model.

    Words with a capital are never counted, not even at the start of a sentence, because they may be names.
    """
    parts = [part for part in _PARTS.split(flagged.replace("’", "'")) if part]
    if not parts or not all(part.replace("'", "").isalpha() and part == part.lower() for part in parts):
        return False
    return not known(flagged) and not all(known(part) for part in parts)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings by position and keep the first of those that overlap, so that one mistake is one error."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: f.span):
        if not kept or finding.span.start >= kept[-1].span.end:
            kept.append(finding)
    return kept


def _touches(span: Span, stretches: Sequence[Span]) -> bool:
    return any(span.start < stretch.end and span.end > stretch.start for stretch in stretches)


def _inside(words: Sequence[Span], stretches: Sequence[Span]) -> int:
    """Count the words inside the ranges. Both must be sorted."""
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
