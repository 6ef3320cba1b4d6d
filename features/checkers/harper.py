"""Harper, the embedded grammar checker: a Rust library that needs no other installation and no server.

Three choices make it fast enough for thousands of articles (measured in docs/grammar.md):

*Few rules.* Harper has some 900 rules, most of them for single set phrases (`bated breath`), trade names and matters of
taste. :data:`RULES` keeps those that fired clearly more often on text by learners, machine translation and spinners
than on professional news.

*Few sentences.* Harper spends most of its time on parsing. Each rule here has a trigger, a pattern without which the
rule cannot fire. Only sentences with a trigger are parsed. The trigger only saves time: Harper decides.

*Each word once.* Spelling takes time because Harper looks for suggestions for unknown words. Only lower-case words are
looked up, each once per checker. A word counts as misspelt if neither the British nor the American dictionary has it.
Words that the n-gram model knows are looked up only if the same text also has them with a capital, to find `ukraine`.
Only the first 60 words in doubt of an article are looked up.
"""

import contextlib
import re
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any

from features.document import Document, Span
from features.grammar import Category, CheckerUnavailable, Finding, knows_nothing, whole
from features.memory import give_back_memory, share_one_heap

if TYPE_CHECKING:
    import harper

_MODAL = r"(?:can(?:not)?|could|may|might|must|shall|should|will|won['’]t|would)"
_OWNER = r"(?:my|your|his|her|its|our|their)"

# After `a`: spellings that begin with a vowel sound. After `an`: spellings that do not. `a union` is correct.
_YOO = r"u[skn]\b|uae|u\.|uni|us[aeiu]|ut[ei]|ukr|ug|ur|eu|on[ce]\b"
_AFTER_A = rf"a\s+[\"'“‘]?(?!{_YOO})(?:[aeiou8]|1[18]\b|ho(?:ur|ne|no)|hei)\w*"
_AFTER_AN = rf"an\s+[\"'“‘]?(?:{_YOO}|[b-df-hj-np-tv-z0-79])\w*"

_PAST = (
    "ate|became|began|bit|blew|broke|came|chose|did|drank|drove|fell|flew|forgot|froze|gave|grew|hid|knew|ran|rang|rode"
    "|rose|sang|sank|saw|shook|showed|spoke|stole|swam|swore|threw|took|tore|went|woke|wore|wrote"
)
# Verbs that usually follow a pronoun in news and need no check: `he said`, `she would`.
_SURE = (
    "said|told|had|would|will|could|can|may|might|must|should|shall|did|also|then|never|ever|not|just|only|now|even"
    "|fell|hit|paid|met|set|put|won|does|went|made|took|came|got|knew|thought|felt|saw|found|gave|became|began|left|lost|spoke|wrote|ran|kept|held"
    "|and|or|but|to|in|on|at|of|for|with|by|from|that|the|a|an|when|if|who|because|so|up|out|back|off|down|over"
)

RULES: dict[str, tuple[Category, str]] = {
    "IDo": (Category.AGREEMENT, r"i\s+does"),
    "PronounInflectionBe": (
        Category.AGREEMENT,
        r"(?:we|they|you)\s+(?:is|was|am)|i\s+(?:is|are|were)|(?:he|she|it)\s+(?:are|were|am)",
    ),
    "PronounVerbAgreement": (
        Category.AGREEMENT,
        (
            rf"(?:i|we|they|you)\s+(?!was\b)(?:[a-z]+[^\Wsu]s|does(?:n['’]t)?)|(?:he|she|it)\s+(?!(?:{_SURE})\b)"
            r"(?:don['’]t|[a-z]*(?!ed\b)[a-z][^\Ws])"
        ),
    ),
    "AnA": (Category.ARTICLE, rf"{_AFTER_A}|{_AFTER_AN}"),
    "AnAnother": (Category.ARTICLE, r"an?\s+another"),
    "TheAnother": (Category.ARTICLE, r"the\s+another"),
    "TheProperNounPossessive": (Category.ARTICLE, r"[Tt]he\s+[A-Z][^\W\d_]+['’]s"),
    "DidPast": (
        Category.VERB_FORM,
        rf"did(?:n['’]t|\s+not)?\s+(?:\w+\s+)?(?:\w+ed|{_PAST}|led|thought|said|had|got|made)",
    ),
    "DoubleModal": (Category.VERB_FORM, rf"{_MODAL}(?:n['’]t)?\s+{_MODAL}"),
    "InflectedVerbAfterTo": (Category.VERB_FORM, r"to\s+(?!(?:its|his|this)\b)[a-z]+(?:ed|[^\Wsu]s)"),
    "IsBeenAuxSequence": (Category.VERB_FORM, r"(?:is|are|was|were)\s+been"),
    "ModalOf": (Category.VERB_FORM, rf"{_MODAL}(?:n['’]t)?\s+of"),
    "ProgressiveNeedsBe": (Category.VERB_FORM, r"(?:i|you|we|they)(?:\s+have|['’]ve)\s+\w+ing"),
    "SimplePastToPastParticiple": (Category.VERB_FORM, rf"(?:have|has|had|having)\s+(?:\w+\s+)?(?:{_PAST})"),
    "WillNonLemma": (Category.VERB_FORM, r"(?:will|shall)\s+(?:not\s+)?\w+(?:ing|ed|s)"),
    "AccuseOf": (Category.WORD_CHOICE, r"accus\w+\s+(?:\S+\s+){1,3}for"),
    "AdjectiveDoubleDegree": (Category.WORD_CHOICE, r"(?:more|most)\s+\w+(?:er|est)"),
    "AwareOf": (Category.WORD_CHOICE, r"aware\s+about"),
    "CommitmentTo": (Category.WORD_CHOICE, r"commitments?\s+towards?"),
    "Discuss": (Category.WORD_CHOICE, r"discuss\w*\s+about"),
    "FascinatedBy": (Category.WORD_CHOICE, r"fascinated\s+(?:in|on|of|about|at|for)"),
    "InterestedIn": (Category.WORD_CHOICE, r"interested\s+(?:on|of|about|at|for|into)"),
    "LetToDo": (Category.WORD_CHOICE, r"let(?:s|ting)?\s+(?:\w+\s+){1,3}to"),
    "ResponsibilityFor": (Category.WORD_CHOICE, r"responsibility\s+of"),
    "ResponsibleFor": (Category.WORD_CHOICE, r"responsible\s+(?:about|of)"),
    "TheirToThere": (Category.WORD_CHOICE, r"their\s+(?:is|are|was|were|will|has|have|be)"),
    "ThenThan": (Category.WORD_CHOICE, r"(?:\w+er|more|less|worse)\s+(?:\w+\s+)?then"),
    "ModalBeAdjective": (
        Category.WORD_ORDER_OR_MISSING,
        rf"{_MODAL}\s+\w*(?:ed|en|al|ful|ive|ous|ble|ary|ic|less|ent|ant|ready|done|made)",
    ),
    "MultipleSequentialPronouns": (Category.REPETITION, rf"{_OWNER}\s+{_OWNER}"),
    "RepeatedWords": (Category.REPETITION, r"(?P<word>[^\W\d_]+)\s+(?P=word)"),
    "TheMy": (Category.REPETITION, rf"the\s+{_OWNER}|{_OWNER}\s+the"),
    "ToTo": (Category.REPETITION, r"to\s+to"),
    "Everybody": (Category.WORD_CHOICE, r"every\s+body"),
    "Myself": (Category.WORD_CHOICE, r"my\s+self"),
    "Without": (Category.WORD_CHOICE, r"with\s+out"),
    "Yourself": (Category.WORD_CHOICE, r"your\s+self"),
    "CapitalizePersonalPronouns": (Category.CAPITALISATION, r"i(?!\.)"),
    "Cant": (Category.PUNCTUATION, r"cant"),
    "NominalWants": (Category.PUNCTUATION, r"wont"),
}
"""Each rule's category, and the pattern of whole words without which it cannot fire. No other rule runs.

Patterns are matched in lower-cased text, except those of the rules in :data:`_CASED`."""

_CASED = ("TheProperNounPossessive", "CapitalizePersonalPronouns")

_TRIGGER = re.compile(rf"\b(?:{'|'.join(pattern for rule, (_, pattern) in RULES.items() if rule not in _CASED)})\b")
_CASED_TRIGGER = re.compile(rf"\b(?:{'|'.join(RULES[rule][1] for rule in _CASED)})\b")
_SPELLING = "SpellCheck"

# A paragraph break keeps the selected sentences apart.
_GAP = "\n\n"

# A lower-case word that is not part of a hyphenated word, address, handle, number or initialism.
_LOWER_WORD = re.compile(r"(?<![\w'’@#./\\-])[a-zà-öø-ÿ]+(?:['’][a-z]+)?(?![\w'’@\\-]|[./:]\w)")

_CAPITALISED_WORD = re.compile(r"\b[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+\b")

# Bounds the memory of a process that audits for a month.
_MOST_REMEMBERED = 200_000

# Harper needs 300 kB of memory per letter to find suggestions, and aborts the process if it gets none. No English word
# is longer than this.
_LONGEST_WORD = 45
# A word that resembles no other takes Harper 50 ms. Of 12,000 articles, two had more words to look up than this. A page
# of random letters has thousands.
_MOST_LOOKED_UP = 60


class Harper:
    """Harper as a :class:`~features.grammar.GrammarChecker`.

    Safe to share between threads, but one checks at a time. Pickled without its engine.

    Parameters
    ----------
    known : callable
        Says whether the n-gram model knows a lower-case word, which then needs no look-up.

    Examples
    --------
    >>> [(f.category.value, f.replacements) for f in Harper().check("They has agreed to an truce, acepted kyiv.")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('agreement', ('have',)), ('article', ('a',)), ('spelling', ('accepted', 'abetted', 'accented')),
     ('spelling', ('Kyiv', 'kid', 'kin'))]
    """

    name = "harper"

    def __init__(self, known: Callable[[str], bool] = knows_nothing) -> None:
        self._known = known
        self._engine: _Engine | None = None
        self._lock = threading.Lock()

    def check(self, text: str) -> list[Finding]:
        """Find errors, in order of position.

        Raises CheckerUnavailable if the library cannot be loaded on this machine.
        """
        with self._lock:
            if self._engine is None:
                self._engine = _Engine(self._known)
            return sorted(self._engine.findings(whole(text)), key=lambda finding: finding.span)

    def prepare(self) -> None:
        """Start to load the engine in the background, which takes half a second. Return at once."""
        share_one_heap()
        # Not a daemon thread: Python would end it inside Rust code, and the process would abort at exit.
        threading.Thread(target=self._load).start()

    def _load(self) -> None:
        with contextlib.suppress(CheckerUnavailable):  # the first check will report it
            self.check("")

    def close(self) -> None:
        """Release the engine."""
        with self._lock:
            self._engine = None

    def __getstate__(self) -> dict[str, Any]:
        return {"known": self._known}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["known"])  # type: ignore[misc]


class _Engine:
    """The loaded library: one linter for the rules, and one per dialect for the spelling of single words."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        try:
            import harper
        except ImportError as error:
            message = f"Harper cannot be loaded ({error}): install harper-py, or use another checker or none."
            raise CheckerUnavailable(message) from error
        # The first linter loads the dictionary and lets other threads run meanwhile. Asking for the rule names
        # first would also load it, but block the other threads.
        self._rules = harper.Linter(harper.Dialect.BRITISH)
        # Harper raises an error for a rule it does not know, so name only rules that this version has.
        every = self._rules.get_lint_config()
        self._rules.set_lint_config({rule: rule in RULES for rule in every})
        self._dictionaries = [harper.Linter(dialect) for dialect in (harper.Dialect.BRITISH, harper.Dialect.AMERICAN)]
        for linter in self._dictionaries:
            linter.set_lint_config({rule: rule == _SPELLING for rule in every})
        self._misspelt: dict[str, Finding | None] = {}
        give_back_memory()

    def findings(self, text: str) -> Iterator[Finding]:
        yield from self._grammar(text)
        yield from self._spelling(text)

    def _grammar(self, text: str) -> Iterator[Finding]:
        sentences = _with_trigger(text)
        starts = list(accumulate((end - start + len(_GAP) for start, end in sentences), initial=0))
        asked = _GAP.join(text[start:end] for start, end in sentences)
        for rule, lints in self._rules.organized_lints(asked, language="plaintext").items():
            for lint in lints:
                found = _finding(lint, rule)
                index = bisect_right(starts, found.span.start) - 1
                by = sentences[index].start - starts[index]
                yield replace(found, span=Span(found.span.start + by, min(found.span.end + by, sentences[index].end)))

    def _spelling(self, text: str) -> Iterator[Finding]:
        words = [(match.group(), Span(*match.span())) for match in _LOWER_WORD.finditer(text)]
        capitalised = set(_CAPITALISED_WORD.findall(text))
        # In order of position, so that earlier checks do not change which words are looked up.
        different = dict.fromkeys(w for w, _ in words if len(w) <= _LONGEST_WORD)
        doubts = (w for w in different if w.capitalize() in capitalised or not self._known(w))
        doubtful = set(islice(doubts, _MOST_LOOKED_UP))
        self._learn(doubtful)
        for word, span in words:
            found = self._misspelt[word] if word in doubtful else None
            if found is not None:
                yield replace(found, span=span)

    def _learn(self, words: set[str]) -> None:
        """Look up new words. Words that the British dictionary lacks are looked up in the American one."""
        if len(self._misspelt) > _MOST_REMEMBERED:
            self._misspelt.clear()
        missing = words - self._misspelt.keys()
        self._misspelt.update(dict.fromkeys(missing))
        found: dict[str, Finding] = {}
        for linter in self._dictionaries:
            found = _misspelt(linter, sorted(missing))
            missing &= found.keys()
        self._misspelt.update((word, found[word]) for word in missing)


def _with_trigger(text: str) -> list[Span]:
    """The sentences in which a rule can fire."""
    document = Document(text)
    sentences = document.sentences
    places = [m.start() for m in _TRIGGER.finditer(document.lowered)]
    places += [m.start() for m in _CASED_TRIGGER.finditer(text)]
    starts = [sentence.start for sentence in sentences]
    return [sentences[index] for index in sorted({bisect_right(starts, place) - 1 for place in places})]


def _misspelt(linter: "harper.Linter", words: Sequence[str]) -> dict[str, Finding]:
    """Find the words that a linter's dictionary lacks. Single calls per word would be 20 times slower."""
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    found: dict[str, Finding] = {}
    for lint in linter.lint("\n".join(words), language="plaintext"):
        found.setdefault(words[bisect_right(starts, lint.span.start) - 1], _finding(lint, _SPELLING))
    return found


def _finding(lint: "harper.Lint", rule: str) -> Finding:
    blank = len(lint.problem_text) - len(lint.problem_text.rstrip())
    return Finding(
        span=Span(lint.span.start, lint.span.end - blank),
        category=RULES[rule][0] if rule in RULES else Category.SPELLING,
        message=f"“{lint.problem_text}” is in no dictionary." if rule == _SPELLING else lint.message,
        replacements=tuple(_replacements(lint)),
        rule=rule,
    )


def _replacements(lint: "harper.Lint") -> Iterator[str]:
    from harper import SuggestionKind

    for suggestion in lint.suggestions:
        text = suggestion.replacement_text
        if suggestion.kind == SuggestionKind.INSERT_AFTER:
            text = lint.problem_text + text
        yield text.strip()
