"""Attribution verbs: who said it, and with what verb.

News writers repeat `said`. A spinner writes `stated` or `mentioned`, and addresses reporters with the wrong verb
(`instructed Reuters`, `stated reporters`). A single `stated` is honest English, and so is the formal `stated that` of
police reports and many newsrooms, so neither counts. The measure is how far odd verbs *replace* the plain ones in an
article. Of articles by the common spinner, 44% reach a share of .25. None of 800 Reuters and BBC stories does, 0.4% of
4,900 stories from 15 countries do, and 2-3% of those from Nigeria and Vanuatu.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from features.document import Document, Span
from features.feature import NAN, Column, Evidence, Measurement, per_1000, rate_column, unmeasured

NAME = "attribution"

ODD_SHARE = Column(
    "odd_saying_verb_share",
    "share of attributions",
    0.0,
    1.0,
    "Attributions with a repeated “stated” or “mentioned”, where news has “said”, “says” or “told”.",
)
MISADDRESSED = rate_column(
    "misaddressed_reporters_per_1000_words",
    "Reporters who were “instructed”, “advised” or “stated” something, where news has “told”.",
)
BROKEN_SOURCING = rate_column(
    "broken_sourcing_phrases_per_1000_words",
    "Fixed sourcing phrases with a wrong word, as in “on situation of anonymity”.",
)

# Fewer attributions than this show no habit.
_FEWEST = 3
# Fewer odd verbs than this are chance and count as zero.
_HABIT_COUNT = 2
# From this share on, the odd verb is a habit and every use is marked.
_HABIT = 0.25

_PLAIN = re.compile(r"\b(?:said|says|told)\b")
# `its stated aim`, `as stated above` and `the rules stated in` are not attributions.
_STATED = re.compile(r"\bstated\b(?! (?:goals?|aims?|objectives?|intentions?|purposes?|policy|above|below|earlier))")
_NOT_SAYING = re.compile(
    r"(?:\b(?:as|the|an?|its|his|her|their|our|my|your|is|are|was|were|be|been|otherwise|unless|previously|publicly)"
    r"|['’]s) $",
    re.IGNORECASE,
)
_WHEN = (
    r"(?:on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|in (?:a|an|its|his|her|their) (?:\w+ )?"
    r"(?:statement|interview|release|report|note|e-?mail|filing|letter|speech|press release|assertion))"
)
# Other verbs count only where nothing but an attribution verb fits: next to a quotation, or with a day or place.
_ODD_VERBS = (
    *("mentioned", "pronounced", "remarked", "recounted", "opined", "uttered", "voiced", "talked about"),
    *(
        "appended",
        "averred",
        "enunciated",
        "articulated",
        "verbalised",
        "verbalized",
        "asseverated",
        "phrased",
        "worded",
    ),
    *("expressed", "instructed", "informed", "included", "supplied", "subjoined", "enounced", "knowledgeable"),
)
_ODD = rf"(?:{'|'.join(_ODD_VERBS)})"
_PLACED = re.compile(
    rf"[,.?!][\"”] (?:[\w.’'-]+ ){{1,4}}(?P<after>{_ODD})\b(?=[.,:]| {_WHEN})"
    rf"|[\"”] (?P<next>{_ODD}) (?=[A-Z])"
    rf"|, (?:he|she|they|officials?|sources?|analysts?|police|the \w+) (?P<late>{_ODD})(?=\.(?:\s|$))"
    rf"|\b(?P<day>mentioned) (?={_WHEN})"
)
_REPORTERS = r"(?:(?:the )?(?:reporters|journalists)|Reuters|AFP|Bloomberg|CNBC|CNN|Fox News|(?:the )?BBC|[Tt]he Associated Press)"
_MISADDRESSED = re.compile(
    rf"\b(?:(?P<odd>instructed|informed|advised|notified|knowledgeable|mentioned|stated) {_REPORTERS}\b(?! (?:to|not)\b)"
    r"|(?P<said>said) (?:reporters|journalists|Reuters) (?=that |he |she |it |they |his |her |their ))"
)
_VERBS_WITH_REPORTERS = (
    *("instructed ", "informed ", "advised ", "notified ", "knowledgeable ", "mentioned ", "stated "),
    *("said reporters", "said journalists", "said Reuters"),
)
_MISADDRESSED_WEIGHT = {"informed": 0.3, "advised": 0.5}

_SOURCE_NOUNS = (
    r"(?:(?:an?|the|two|three|several|senior|local|U\.S\.|government|company|police|state|security) ){0,3}"
    r"(?:officials?|officers?|sources?|spokes(?:man|woman|person)|analysts?|police|media|Reuters|people|diplomats?|"
    r"witnesses|residents|traders|economists)\b"
)
# Each row: literals, one of which the text must have (a fast test); a pattern whose group `wrong` is the wrong word;
# the expected word. The fixed words around the group make the match certain.
_SOURCING = (
    (
        ("anonym", "of being a"),
        re.compile(
            r"\b(?:on|under) (?:the |a )?(?P<wrong>(?!conditions?\b|promise|guarantee|grounds|veil|cloak|cover|guise|"
            r"pledge|assurances?|basis|terms|protection|mask|shield|agreement|request|offer|right)[a-z]+)"
            r" of (?:anonymity|being anonymous)\b"
        ),
        "condition",
    ),
    (
        ("accordance", "keeping with", "ased on ", "line with"),
        re.compile(
            rf"(?P<wrong>[Ii]n accordance (?:with|to)|[Ii]n keeping with|[Bb]ased on|[Ii]n line with) {_SOURCE_NOUNS}"
            r"(?= (?:and|who|in|at|from|with|familiar|briefed|close)\b|[.,])(?!,? (?:and|or) [a-z]+ (?:from|of))"
        ),
        "according to",
    ),
    (
        ("known with", "acquainted with", "accustomed with", "conversant with"),
        re.compile(
            r"\b(?:[Ss]ources?|[Pp]erson|[Pp]eople|[Ii]ndividuals?|[Oo]fficials?|[Oo]fficers?|banker|executive) (?:who (?:is|are|was|were) )?"
            r"(?P<wrong>known|acquainted|accustomed|conversant) with (?=the\b|its\b|their\b)"
        ),
        "familiar",
    ),
    (
        ("know-how", "know how", "knowhow", " with information", " with data", " expertise of", "understanding of the"),
        re.compile(
            r"\b(?:[Ss]ources?|[Pp]erson|[Pp]eople|[Ii]ndividuals?|[Oo]fficials?) with (?:direct |first-hand )?"
            r"(?P<wrong>know-?how|know how|information|data|expertise|understanding) of the (?:matter|situation|talks|plans?"
            r"|deal|discussions|issue|topic|subject|negotiations)\b"
        ),
        "knowledge",
    ),
    (
        ("eclined to ",),
        re.compile(
            r"\b[Dd]eclined to (?P<wrong>remark|discuss it|statement|feedback|say something|touch upon)(?=[.,]| (?:on|for|additional)\b)"
        ),
        "comment",
    ),
    (
        ("for remark", "for feedback", "for touch", "for a remark"),
        re.compile(r"\brequests? for (?P<wrong>remarks?|feedback|touch upon|a remark)(?=[.,]| (?:on|from|by)\b)"),
        "comment",
    ),
)


def _odd_verbs(text: str) -> tuple[list[Span], list[Span]]:
    """Find odd attribution verbs, and apart from them `stated that`, which is formal English."""
    odd: set[Span] = set()
    formal: set[Span] = set()
    if "stated" in text:
        for match in _STATED.finditer(text):
            if not _NOT_SAYING.search(text, max(0, match.start() - 12), match.start()):
                (formal if text.startswith(" that ", match.end()) else odd).add(Span(*match.span()))
    if any(verb in text for verb in _ODD_VERBS):
        for match in _PLACED.finditer(text):
            if match.lastgroup is not None:
                odd.add(Span(*match.span(match.lastgroup)))
    return sorted(odd), sorted(formal)


def _misaddressed(text: str) -> list[Evidence]:
    if not any(literal in text for literal in _VERBS_WITH_REPORTERS):
        return []
    found = []
    for match in _MISADDRESSED.finditer(text):
        group = match.lastgroup
        if group is None:
            continue
        verb = match[group]
        found.append(
            Evidence(
                NAME,
                Span(*match.span(group)),
                f"“{match.group().strip()}”: news says that reporters are told something.",
                ("told",),
                _MISADDRESSED_WEIGHT.get(verb, 0.8),
            )
        )
    return found


def _broken_sourcing(text: str) -> list[Evidence]:
    return [
        Evidence(
            NAME,
            Span(*match.span("wrong")),
            f"“{match.group().strip()}”: the usual phrase has “{expected}” here.",
            (expected.capitalize() if match["wrong"][0].isupper() else expected,),
            0.6,
        )
        for literals, pattern, expected in _SOURCING
        if any(literal in text for literal in literals)
        for match in pattern.finditer(text)
    ]


@dataclass(frozen=True)
class Attribution:
    """Attribution verbs, verbs that address reporters, and fixed sourcing phrases.

    >>> text = "He stated that. She stated this. They stated it. Sources said so, on situation of anonymity."
    >>> measured = Attribution().measure(Document(text))
    >>> measured.values["odd_saying_verb_share"]
    0.75
    >>> [(text[e.span.start : e.span.end], e.expected[0]) for e in measured.evidence][-2:]
    [('stated', 'said'), ('situation', 'condition')]
    """

    marks: ClassVar[str] = "wording"
    title: ClassVar[str] = "attribution verbs"
    name: str = field(default=NAME, init=False)
    columns: tuple[Column, ...] = field(default=(ODD_SHARE, MISADDRESSED, BROKEN_SOURCING), init=False)

    def measure(self, document: Document) -> Measurement:
        """Return the share of odd verbs (0 for one, NaN under three attributions) and rates (NaN without words)."""
        text, words = document.text, len(document.words)
        if not words:
            return unmeasured(self.columns)
        odd, formal = _odd_verbs(text)
        misaddressed = _misaddressed(text)
        sourcing = _broken_sourcing(text)
        attributions = len(odd) + len(formal) + sum(1 for _ in _PLAIN.finditer(text))
        replaced = len(odd) if len(odd) >= _HABIT_COUNT else 0
        share = replaced / attributions if attributions >= _FEWEST else NAN
        evidence = [*misaddressed, *sourcing]
        if share >= _HABIT:
            taken = {e.span for e in misaddressed}
            evidence += [
                Evidence(
                    NAME,
                    span,
                    f"“{document[span]}”: this article keeps avoiding “said”, the usual verb of news.",
                    ("said",),
                    round(0.3 + 0.5 * share, 3),
                )
                for span in (*odd, *formal)
                if span not in taken
            ]
        return Measurement(
            {
                ODD_SHARE.name: share,
                MISADDRESSED.name: per_1000(len(misaddressed), words),
                BROKEN_SOURCING.name: per_1000(len(sourcing), words),
            },
            sorted(evidence, key=lambda e: e.span),
        )
