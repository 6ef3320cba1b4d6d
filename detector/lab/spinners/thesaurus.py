"""A spinner that looks up each content word in a thesaurus by its lemma and swaps it for an alternative."""

import random
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal, NamedTuple, TypeAlias

from detector.lab.spinners import speech
from detector.lab.spinners.spun import Edit, Spun, write
from features.document import Document

Thesaurus: TypeAlias = Callable[[str, str], Sequence[str]]
"""``thesaurus(lemma, part)`` gives alternatives, best first; empty if unknown. Part is NOUN, VERB, ADJ or ADV."""

_SENTENCE_MARKS = frozenset(".!?:\"“”'‘’(")


class _Plan(NamedTuple):
    head: str
    forms: tuple[str, ...]
    cumulative: tuple[float, ...]


@dataclass(frozen=True)
class ThesaurusSpinner:
    """Swaps content words for their alternatives.

    Parameters
    ----------
    thesaurus : callable
        See :data:`Thesaurus`.
    inflect : bool
        Whether to inflect the alternative like the word it replaces. Otherwise the lemma is used.
    pick : {"uniform", "frequent"}
        ``frequent`` favours the alternatives that the thesaurus names first: probability proportional to 1 / rank.
    most : int or None
        Use only the first ``most`` alternatives.
    names : bool
        Whether to swap capitalised words inside sentences too (`Wall Road`).
    consistent : bool
        Whether to use one alternative for each lemma throughout the article. The rate is then the share of the lemmas.
    counts : mapping
        lemma -> part of speech -> count, used to guess the part of speech; may be empty.

    Examples
    --------
    >>> talks = from_table({"talk": ["discussion"], "say": ["state"]})
    >>> spinner = ThesaurusSpinner(talks, inflect=True)
    >>> spinner.spin("Talks failed, she said.", random.Random(0)).text
    'Discussions failed, she stated.'
    """

    thesaurus: Thesaurus
    inflect: bool
    pick: Literal["uniform", "frequent"] = "uniform"
    most: int | None = None
    phrases: bool = True
    names: bool = False
    consistent: bool = False
    counts: speech.Counts = field(default_factory=dict, repr=False, compare=False)
    _plans: dict[tuple[str, str, bool], _Plan | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article; ``rate`` is the share of words to swap among those with alternatives."""
        spans = Document(text).tokens
        tokens = [text[start:end] for start, end in spans]
        lowered = [token.lower() for token in tokens]
        lowered.append("")
        picks: dict[str, int | None] = {}
        edits: list[Edit] = []
        for i, (token, word) in enumerate(zip(tokens, lowered, strict=False)):
            if len(word) < 3 or word in speech.FUNCTION_WORDS or not word[0].isalpha():
                continue
            if token != word and not self.names and _is_name(text, tokens, spans, i):
                continue
            plan = self._plan(word, lowered[i - 1] if i else "", lowered[i + 1])
            if plan is None:
                continue
            if self.consistent and plan.head in picks:
                pick = picks[plan.head]
            else:
                pick = _draw(plan, rng) if rng.random() < rate else None
                picks[plan.head] = pick
            if pick is not None:
                edits.append(Edit(*spans[i], like(token, plan.forms[pick])))
        return write(text, edits)

    def _plan(self, word: str, before: str, after: str) -> _Plan | None:
        noun_follows = after[:1].isalpha() and after not in speech.FUNCTION_WORDS
        key = (word, speech.place(before), noun_follows)
        if key not in self._plans:
            self._plans[key] = self._new_plan(*key)
        return self._plans[key]

    def _new_plan(self, word: str, where: str, noun_follows: bool) -> _Plan | None:
        reading = speech.likeliest(word, where, self.counts, noun_follows=noun_follows)
        if reading is None or reading.lemma in speech.FUNCTION_WORDS:
            return None
        part, lemma, tag = reading
        found = [a for a in self.thesaurus(lemma, part) if a != lemma and (self.phrases or " " not in a)][: self.most]
        if not found:
            return None
        forms = tuple(speech.in_form(a, part, tag) if self.inflect else a for a in found)
        weights = (1.0 / rank if self.pick == "frequent" else 1.0 for rank in range(1, len(forms) + 1))
        return _Plan(f"{lemma}/{part}", forms, tuple(accumulate(weights)))


def _draw(plan: _Plan, rng: random.Random) -> int:
    return min(bisect_right(plan.cumulative, rng.random() * plan.cumulative[-1]), len(plan.forms) - 1)


def _is_name(text: str, tokens: Sequence[str], spans: Sequence[tuple[int, int]], i: int) -> bool:
    """Whether a capitalised word is probably a name and not merely the first word of a sentence."""
    token = tokens[i]
    if len(token) > 1 and not token[1:].islower():
        return True
    if i + 1 < len(tokens) and tokens[i + 1][0].isupper():
        return True
    return i > 0 and tokens[i - 1][-1] not in _SENTENCE_MARKS and "\n" not in text[spans[i - 1][1] : spans[i][0]]


def like(model: str, word: str) -> str:
    """The word, capitalised like the model.

    >>> like("Talks", "discussions"), like("TALKS", "discussions"), like("talks", "discussions")
    ('Discussions', 'DISCUSSIONS', 'discussions')
    """
    if model[:1].islower():
        return word
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:]


def from_table(table: Mapping[str, Sequence[str]]) -> Thesaurus:
    """A thesaurus from a mapping of lemma -> alternatives; it ignores parts of speech."""

    def alternatives(lemma: str, part: str) -> Sequence[str]:  # noqa: ARG001 - a thesaurus is asked for both
        return table.get(lemma, ())

    return alternatives


@dataclass(frozen=True)
class Agreed:
    """The alternatives that two thesauri both name, as in a careful writer's list."""

    first: Thesaurus
    second: Thesaurus

    def __call__(self, lemma: str, part: str) -> Sequence[str]:
        """Alternatives in the order of the first."""
        second = set(self.second(lemma, part))
        return [word for word in self.first(lemma, part) if word in second]


@dataclass(frozen=True)
class Commonest:
    """A thesaurus whose alternatives are sorted by frequency.

    Parameters
    ----------
    frequency : mapping
        Lower-case word -> count. A phrase is as frequent as its rarest word.
    most : int or None
        Sort the first ``most`` alternatives and drop the rest.
    """

    thesaurus: Thesaurus
    frequency: Mapping[str, int] = field(repr=False)
    most: int | None = None

    def __call__(self, lemma: str, part: str) -> Sequence[str]:
        """Alternatives, the most frequent first."""
        found = self.thesaurus(lemma, part)[: self.most]
        return sorted(found, key=lambda phrase: -min(self.frequency.get(word, 0) for word in phrase.split(" ")))
