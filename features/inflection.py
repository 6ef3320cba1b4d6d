"""Words in the wrong form for their neighbours: `people was`, `didn't believed`, `was write`, `many problem`.

The grammar checkers miss most of these. Each rule looks at two or three neighbours, and every word on which it acts is
in a list below, so it says nothing about words that it does not know. docs/grammar.md has the figures on learners'
sentences and on published news.

There is no column, because the shipped model was not fitted on these errors. They are marked, and they count in the
quality score.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import contains
from typing import ClassVar

from features.document import Document, Span
from features.feature import Column, Evidence, Measurement

NAME = "inflection"
_WEIGHT = 0.5


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Base, past and participle.
_IRREGULAR = [
    row.split()
    for row in (
        "become became become|begin began begun|bite bit bitten|break broke broken|bring brought brought|build built built|buy bought bought"
        "|catch caught caught|choose chose chosen|come came come|do did done|draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen"
        "|feel felt felt|fight fought fought|fly flew flown|forget forgot forgotten|forgive forgave forgiven|get got got|give gave given"
        "|go went gone|grow grew grown|have had had|hear heard heard|hide hid hidden|hold held held|keep kept kept|know knew known"
        "|lead led led|lend lent lent|lose lost lost|make made made|mean meant meant|meet met met|pay paid paid|ride rode ridden|run ran run|say said said|see saw seen"
        "|sell sold sold|send sent sent|sing sang sung|shake shook shaken|sit sat sat|sleep slept slept|speak spoke spoken|spend spent spent|stand stood stood"
        "|steal stole stolen|swim swam swum|take took taken|teach taught taught|tell told told|think thought thought"
        "|throw threw thrown|understand understood understood|wake woke woken|wear wore worn|win won won|write wrote written"
    ).split("|")
]
# Regular verbs whose base is hardly ever a noun or an adjective.
_REGULAR = _set(
    "accept achieve adopt afford agree allow announce appear apply argue arrive ask assume attend attract avoid behave believe "
    "belong borrow celebrate communicate compare complain concentrate consider contain continue contribute convince create "
    "decide defend define deliver deny depend describe deserve destroy develop die disagree disappear discover divide earn "
    "educate eliminate emphasize employ enable encourage enjoy ensure enter entertain establish examine exist expect explain "
    "explore fail generate happen hate identify ignore imagine imply improve include influence inform introduce invent invite "
    "involve join learn listen maintain mention obtain observe occur organise organize participate perform pollute possess prefer "
    "prepare preserve pretend prevent produce propose protect prove provide publish pursue realise realize receive recommend "
    "reduce refuse relax rely remain remember remove replace represent require seem select solve specialise specialize "
    "succeed suffer suggest support suppose survive tend transmit travel treat utilize wait want "
    "watch wish worry"
)
# Regular verbs whose base is often a noun. They are judged only where a noun cannot stand.
_NOUNS_TOO = _set(
    "answer benefit call care cause change check claim clean cook cover damage dance design dream end face focus force handle "
    "help hope increase interview laugh like limit link live look love miss move need notice offer open order pass pick place "
    "plan play practice push raise reach rest result return save share show sign smile start state stay stop study talk taste "
    "test touch trust try turn use visit vote walk wash waste work"
)
_COUNTED = _set(
    "accident activity actor actress adult advantage advertisement airplane airport animal answer app apartment argument article "
    "artist athlete author bicycle bird boat bottle boy bridge brother building businessman camera car cat celebrity child "
    "citizen city classmate classroom colleague computer concept conversation country criminal culprit customer daughter decision "
    "device dictionary difference difficulty disadvantage disease doctor dog dollar drawback driver element employee employer "
    "engineer essay event exam example expert factor farmer festival film flower foreigner friend game gift girl goal habit "
    "hobby hotel house idea island journalist kid language laptop lawyer lecture lecturer lesson letter library machine "
    "magazine man manager method mistake mountain museum neighbor neighbour newspaper nurse opinion organ owner paragraph parent "
    "passenger patient person phone photo picture player poem politician prize problem professor program programme question "
    "reader reason researcher restaurant river robot roommate school scientist sentence shop singer sister skill soldier "
    "solution son speaker story street student subject suggestion supermarket symptom teacher teenager theory thing tool topic "
    "tourist town tradition tree university user vegetable vehicle viewer village visitor website woman worker writer youngster"
)
# After `a lot of`, these are mass nouns, too.
_MASS = _set(
    "activity advantage argument building conversation country difference difficulty disease film language opinion reason school skill tradition"
)
_UNCOUNTED = {word: word[:-1] for word in _set("informations furnitures homeworks knowledges luggages softwares")} | {
    "childs": "children",
    "sceneries": "scenery",
}
_ADVERBS = _set(
    "not never also always really just only even still already often usually actually probably completely totally strongly recently finally "
    "simply easily mostly"
)

_DO = _set("do does did")
_DONT = _set("don't doesn't didn't")
_BE = _set("is are was were am be been being isn't aren't wasn't weren't")
_HAVE = _set("have has had having haven't hasn't hadn't")
_PRONOUNS = _set("i you we they he she it who which that people there")
_WISH = _set(
    "want wants wanted need needs try tries tried trying decide decides decided able order hope hopes hoped plan plans "
    "ought manage managed learn forget remember afraid prefer prefers ready help helps"
)
_NUMBERS = _set("two three four five six seven eight nine ten many several")
_FUNCTION = _set(
    '. ! ? : ; , — – ) ” " in on at of for to from with by about into over after before during and or but that which who '
    "whom where when because if is are was were has have had do does did can could will would should must may might it "
    "they he she we you i as so than also not"
)
_STARTS = _set('. ! ? : ; , — – ( “ ” " but because when while although since')
_ASKS = _STARTS | _set("why how what where when who nor neither never")
_CLAUSES = _STARTS | _set("if as so where which what how why")
_DETERMINERS = _set("the these many some most several all few our their my his her your its other both young old")
# `What he did was take a train`: here a base form after `was` is right.
_CLEFT = _set("what all do does did doing done to thing things whatever that")


def _third(base: str) -> str:
    return {"have": "has"}.get(base) or _plural(base) if base not in {"do", "go"} else f"{base}es"


def _plural(noun: str) -> str:
    if noun in {"child", "man", "woman", "person", "businessman"}:
        return {"child": "children", "person": "people"}.get(noun) or noun.replace("man", "men")
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(?:s|x|z|ch|sh)$", noun) else f"{noun}s"


def _past(base: str) -> str:
    if base in {"occur", "plan", "prefer", "stop", "transmit"}:
        return f"{base}{base[-1]}ed"
    if base.endswith("e"):
        return f"{base}d"
    return f"{base[:-1]}ied" if re.search(r"[^aeiou]y$", base) else f"{base}ed"


def _ing(base: str) -> str:
    if base in {"begin", "forget", "get", "occur", "plan", "prefer", "run", "sit", "stop", "swim", "transmit", "win"}:
        return f"{base}{base[-1]}ing"
    if base == "die":
        return "dying"
    return f"{base[:-1]}ing" if base.endswith("e") and not base.endswith("ee") else f"{base}ing"


# Each table maps a wrong form to the right one.
_BASES = frozenset(base for base, _, _ in _IRREGULAR) | _REGULAR
_FROM_PAST = {form: base for base, *forms in _IRREGULAR for form in forms if form != base}
_FROM_PAST |= {_past(base): base for base in _REGULAR | _NOUNS_TOO}
_FROM_THIRD = {_third(base): base for base in _BASES}
_FROM_ANY_THIRD = _FROM_THIRD | {_third(base): base for base in _NOUNS_TOO}
_FROM_ING = {_ing(base): base for base in _BASES | _NOUNS_TOO}
_TO_BASE = _FROM_PAST | _FROM_ANY_THIRD
_TO_THIRD = {base: _third(base) for base in _BASES}
_TO_ANY_THIRD = _TO_THIRD | {base: _third(base) for base in _NOUNS_TOO if base not in {"need", "like"}}
_TO_ING = {
    base: _ing(base)
    for base in _REGULAR - _set("support influence want watch wish worry travel select fail hate mention")
}
_TO_PARTICIPLE = {past: participle for _, past, participle in _IRREGULAR if past != participle}
_BASE_TO_PARTICIPLE = {
    base: participle
    for base, past, participle in _IRREGULAR
    if base in _set("begin build choose eat forget forgive give know sell send speak steal teach tell throw write")
} | {
    base: _past(base)
    for base in _REGULAR
    - _set(
        "support influence want watch wish worry travel include involve require remain seem contain depend exist happen tend wait"
    )
}
_TO_PLURAL = {noun: _plural(noun) for noun in _COUNTED}
_TO_SINGULAR = {plural: noun for noun, plural in _TO_PLURAL.items() if plural != "people"}
_PLURALS = frozenset(_TO_PLURAL.values())
_PLURAL_VERB = {"is": "are", "was": "were", "has": "have", "isn't": "aren't", "wasn't": "weren't", "hasn't": "haven't"}
_PLURAL_VERB |= {"does": "do", "doesn't": "don't"}
_COMPARED = _set(
    "better easier bigger cheaper higher faster harder stronger happier safer older younger smaller larger worse healthier "
    "cleaner closer richer poorer"
)

_VERB = "The verb has the wrong form here."
_AGREE = "The verb does not agree with its subject."
_NUMBER = "Singular and plural do not go together here."
_DOUBLE = "The comparison is doubled."


@dataclass(frozen=True)
class _Rule:
    """A word, and the forms that are wrong right after it or after some adverbs.

    ``before`` must stand before the word, ``after`` follow. ``starts`` must precede everything, or a paragraph start it.
    ``unless`` are words that stand nowhere earlier in the sentence. ``alone`` drops the first word in the correction.
    """

    heads: frozenset[str]
    right: Mapping[str, str]
    message: str
    before: Sequence[frozenset[str]] = ()
    after: frozenset[str] | None = None
    starts: frozenset[str] | None = None
    unless: frozenset[str] = frozenset()
    alone: bool = False


_NEED_BASE = {
    form: base for form, base in (_TO_BASE | _FROM_ING).items() if form not in _set("fell felt given led saw")
}
_AFTER_NOT = {form: base for form, base in _TO_BASE.items() if form != "means"}
_AFTER_TO = {form: base for form, base in (_FROM_PAST | _FROM_THIRD).items() if form not in _set("felt saw led is was")}
_RULES = (
    _Rule(_DONT, _AFTER_NOT, _VERB),
    _Rule(_set("not"), _AFTER_NOT, _VERB, before=[_DO]),
    _Rule(_set("i you we they he she it people"), _FROM_PAST, _VERB, before=[_DO], starts=_ASKS),
    _Rule(
        _set("could would should can will must might may"), _NEED_BASE, _VERB, before=[_PRONOUNS | _PLURALS | _COUNTED]
    ),
    _Rule(_set("can't cannot won't couldn't wouldn't shouldn't"), _TO_BASE, _VERB),
    _Rule(_set("to"), _AFTER_TO, _VERB, before=[_WISH]),
    _Rule(
        _set("to"),
        _FROM_ING,
        _VERB,
        before=[_set("want wants wanted able order tries tried trying decide decided hopes hoped")],
    ),
    _Rule(_HAVE, _TO_PARTICIPLE | _BASE_TO_PARTICIPLE, _VERB),
    _Rule(
        _BE,
        _BASE_TO_PARTICIPLE | {past: right for past, right in _TO_PARTICIPLE.items() if past not in {"broke", "saw"}},
        _VERB,
        unless=_CLEFT,
    ),
    _Rule(_set("for without"), _TO_ING, _VERB),
    _Rule(
        _set("he she it"),
        _TO_ANY_THIRD | {"don't": "doesn't", "haven't": "hasn't", "are": "is"},
        _AGREE,
        starts=_CLAUSES | {"and"},
    ),
    _Rule(
        _set("this"),
        {base: _third(base) for base in _TO_ING} | {"are": "is", "have": "has", "don't": "doesn't"},
        _AGREE,
        starts=_STARTS,
    ),
    _Rule(_set("they we"), _PLURAL_VERB | _FROM_ANY_THIRD, _AGREE),
    _Rule(
        _set("who"),
        _PLURAL_VERB | _FROM_ANY_THIRD,
        _AGREE,
        before=[_set("those people")],
        unless=_set("one only group each every none"),
    ),
    _Rule(
        _set("everyone everybody someone somebody anyone nobody"),
        {base: _third(base) for base in _set("have know think want need believe agree")}
        | {"are": "is", "don't": "doesn't"},
        _AGREE,
        starts=_STARTS,
    ),
    _Rule(_set("you"), _PLURAL_VERB, _AGREE, starts=_STARTS - {"but"}),
    _Rule(
        _set("people children men women students teachers parents kids"),
        _PLURAL_VERB | _FROM_THIRD,
        _AGREE,
        starts=_STARTS | {"that"},
    ),
    _Rule(_PLURALS, _PLURAL_VERB | _FROM_THIRD, _AGREE, before=[_DETERMINERS], starts=_STARTS | {"that"}),
    _Rule(
        _COUNTED,
        {base: form for base, form in _TO_THIRD.items() if base not in {"become", "come", "run"}}
        | {"don't": "doesn't", "are": "is"},
        _AGREE,
        before=[_set("a an the this every each another")],
        starts=_STARTS,
    ),
    _Rule(_set("there"), {"is": "are", "was": "were"}, _AGREE, after=_PLURALS | {"many", "several"}),
    _Rule(
        _NUMBERS | {"these"},
        _TO_PLURAL | {unit: _plural(unit) for unit in _set("day week month year hour minute time way")},
        _NUMBER,
        after=_FUNCTION - {"and", "or"},
    ),
    _Rule(
        _set("of"),
        {noun: _TO_PLURAL[noun] for noun in _COUNTED - _MASS},
        _NUMBER,
        before=[_set("lot lots number")],
        after=_FUNCTION,
    ),
    _Rule(
        _set("the these my your his her our their"),
        _TO_PLURAL,
        _NUMBER,
        before=[_set("one"), _set("of")],
        after=_FUNCTION,
    ),
    _Rule(_set("a an every each another"), _TO_SINGULAR, _NUMBER, after=_FUNCTION),
    _Rule(
        _set("a an many several"),
        {word: word for word in _set("information advice homework furniture luggage equipment software traffic")},
        _NUMBER,
        after=_FUNCTION - {"and", "or", "to"},
        alone=True,
    ),
    _Rule(_set("more"), {word: word for word in _COMPARED}, _DOUBLE, after=_set("than . , and ; ! ?"), alone=True),
    _Rule(
        _set("most"),
        {f"{word[:-1]}st": f"{word[:-1]}st" for word in _COMPARED - {"better", "worse"}},
        _DOUBLE,
        alone=True,
    ),
)
_BY_HEAD: dict[str, list[_Rule]] = {}
for _rule in _RULES:
    for _head in _rule.heads:
        _BY_HEAD.setdefault(_head, []).append(_rule)


@dataclass(frozen=True)
class Inflection:
    """Words in the wrong form for their neighbours, outside quotes.

    >>> text = "People was waiting. It didn't believed him. The hall was build by many worker."
    >>> [(text[e.span.start : e.span.end], e.expected[0]) for e in Inflection().measure(Document(text)).evidence]
    [('People was', 'People were'), ("didn't believed", "didn't believe"), ('was build', 'was built'), ('many worker', 'many workers')]
    """

    marks: ClassVar[str] = "grammar"
    title: ClassVar[str] = "wrong forms"
    name: str = field(default=NAME, init=False)
    columns: tuple[Column, ...] = field(default=(), init=False)

    def measure(self, document: Document) -> Measurement:
        """Mark the errors. There is no column."""
        found: list[Evidence] = []
        for mark in _marks(document):
            overlaps = found and mark.span.start < found[-1].span.end
            if not overlaps and not any(mark.span.start < q.end and mark.span.end > q.start for q in document.quotes):
                found.append(mark)
        return Measurement({}, found)


def _marks(document: Document) -> Iterator[Evidence]:
    text, tokens = document.text, document.tokens
    lowered = document.lowered.replace("’", "'")
    words = [lowered[start:end] for start, end in tokens]
    for i, word in enumerate(words):
        if word in _UNCOUNTED and text[tokens[i].start].islower():
            yield Evidence(NAME, tokens[i], _NUMBER, (_UNCOUNTED[word],), _WEIGHT)
        for rule in _BY_HEAD.get(word, ()):
            j = next((j for j in range(i + 1, len(words)) if words[j] not in _ADVERBS), len(words) - 1)
            if words[j] in rule.right and _fits(rule, document, words, i, j):
                first, last = tokens[i], tokens[j]
                right = rule.right[words[j]]
                kept = "" if rule.alone else text[first.start : last.start]
                yield Evidence(NAME, Span(first.start, last.end), rule.message, (kept + right,), _WEIGHT)


def _fits(rule: _Rule, document: Document, words: Sequence[str], i: int, j: int) -> bool:
    """Whether the surroundings of words ``i`` and ``j`` are those of the rule."""
    text, tokens = document.text, document.tokens
    first = i - len(rule.before)
    if i == j or first < 0 or not all(map(contains, rule.before, words[first:i])):
        return False
    if rule.after is not None and j + 1 < len(words) and words[j + 1] not in rule.after:
        return False
    opens = first == 0 or words[first - 1] in _STARTS or "\n" in text[tokens[first - 1].end : tokens[first].start]
    if rule.starts is not None and not opens and words[first - 1] not in rule.starts:
        return False
    # Names are capitalised: `Strep A cases`, `Pan Am was`.
    if not text[tokens[j].start].islower() or not (opens or text[tokens[i].start].islower()):
        return False
    if rule.unless:
        stop = next((k for k in range(i, 0, -1) if words[k - 1] in ".!?"), 0)
        if not rule.unless.isdisjoint(words[stop:i]):
            return False
    return "\n" not in text[tokens[first].start : tokens[j].end]
