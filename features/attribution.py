"""Who said it, and with what verb: the most regular habit of wire copy.

A news writer says `said` again and again; a spinner puts `stated` or `mentioned` in its place, and addresses reporters
with the wrong verb (`instructed Reuters`, `stated reporters`). A lone `stated` is honest English, and press releases
and police reports use it: the share counts how far odd verbs have *replaced* the plain ones in this article.
"""

import re
from dataclasses import dataclass, field

from features.document import Document, Span
from features.feature import NAN, Column, Evidence, Measurement, per_1000, unmeasured

NAME = "attribution"

ODD_SHARE = Column(
    "odd_saying_verb_share",
    "share of attributions",
    0.0,
    1.0,
    "Share of attributions with “stated” or “mentioned” where news copy has “said”, “says” or “told”.",
)
MISADDRESSED = Column(
    "misaddressed_reporters_per_1000_words",
    "per 1,000 words",
    0.0,
    1000.0,
    "How often reporters were “instructed”, “advised” or “stated” something where news copy has “told”.",
)
BROKEN_SOURCING = Column(
    "broken_sourcing_phrases_per_1000_words",
    "per 1,000 words",
    0.0,
    1000.0,
    "How often a fixed sourcing phrase has a wrong word in it, as in “on situation of anonymity”.",
)

# Fewer attributions than this say nothing about a habit.
_FEWEST = 3
# From this share on, and this many times, the odd verb is the article's habit and each one is worth showing.
_HABIT = 0.25
_HABIT_COUNT = 2

_PLAIN = re.compile(r"\b(?:said|says|told)\b")
# `its stated aim`, `as stated above`, `the rules stated in` are no attributions.
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
# Other verbs count only where nothing but a verb of saying can stand: beside a quotation or with day and place.
_ODD = r"(?:mentioned|pronounced|remarked|recounted|opined|uttered|voiced|talked about)"
_PLACED = re.compile(
    rf"[,.?!][\"”] (?:[\w.’'-]+ ){{1,4}}(?P<after>{_ODD})\b(?=[.,:]| {_WHEN})"
    rf"|[\"”] (?P<next>{_ODD}) (?=[A-Z])"
    rf"|, (?:he|she|they|officials?|sources?|analysts?|police|the \w+) (?P<late>{_ODD})(?=\.(?:\s|$))"
    rf"|\b(?P<day>mentioned) (?={_WHEN})"
)
_REPORTERS = r"(?:(?:the )?(?:reporters|journalists)|Reuters|AFP|Bloomberg|CNBC|CNN|Fox News|(?:the )?BBC|[Tt]he Associated Press)"
_MISADDRESSED = re.compile(
    rf"\b(?:(?P<odd>instructed|informed|advised|notified|knowledgeable|mentioned|stated) {_REPORTERS}\b(?! (?:to|not)\b)"
    rf"|(?P<said>said) (?:reporters|journalists|Reuters) (?=that |he |she |it |they |his |her |their ))"
)
_MISADDRESSED_WEIGHT = {"informed": 0.3, "advised": 0.5}

_SOURCE_NOUNS = (
    r"(?:(?:an?|the|two|three|several|senior|local|U\.S\.|government|company|police|state|security) ){0,3}"
    r"(?:officials?|officers?|sources?|spokes(?:man|woman|person)|analysts?|police|media|Reuters|people|diplomats?|"
    r"witnesses|residents|traders|economists)\b"
)
# (pattern whose group `wrong` is out of place, expected). The fixed words around it make the place certain.
_SOURCING = (
    (
        re.compile(
            r"\b(?:on|under) (?:the |a )?(?P<wrong>(?!conditions?\b|promise|guarantee|grounds|veil|cloak|cover|guise|"
            r"pledge|assurances?|basis|terms|protection|mask|shield|agreement|request|offer|right)[a-z]+)"
            r" of (?:anonymity|being anonymous)\b"
        ),
        "condition",
    ),
    (
        re.compile(
            rf"(?P<wrong>[Ii]n accordance (?:with|to)|[Ii]n keeping with|[Bb]ased on|[Ii]n line with) {_SOURCE_NOUNS}"
            r"(?= (?:and|who|in|at|from|with|familiar|briefed|close)\b|[.,])(?!,? (?:and|or) [a-z]+ (?:from|of))"
        ),
        "according to",
    ),
    (
        re.compile(
            r"\b(?:sources?|person|people|individuals?|officials?|officers?|banker|executive) (?:who (?:is|are|was|were) )?"
            r"(?P<wrong>known|acquainted|accustomed|conversant) with (?=the\b|its\b|their\b)"
        ),
        "familiar",
    ),
    (
        re.compile(
            r"\b(?:sources?|person|people|individuals?|officials?) with (?:direct |first-hand )?"
            r"(?P<wrong>know-?how|know how|information|data|expertise|understanding) of the (?:matter|situation|talks|plans?"
            r"|deal|discussions|issue|topic|subject|negotiations)\b"
        ),
        "knowledge",
    ),
    (
        re.compile(
            r"\b[Dd]eclined to (?P<wrong>remark|discuss it|statement|feedback|say something|touch upon)(?=[.,]| (?:on|for|additional)\b)"
        ),
        "comment",
    ),
    (
        re.compile(r"\brequests? for (?P<wrong>remarks?|feedback|touch upon|a remark)(?=[.,]| (?:on|from|by)\b)"),
        "comment",
    ),
)


def _odd_verbs(text: str) -> list[Span]:
    spans = {
        Span(*match.span())
        for match in _STATED.finditer(text)
        if not _NOT_SAYING.search(text, max(0, match.start() - 12), match.start())
    }
    for match in _PLACED.finditer(text):
        group = match.lastgroup
        if group is not None:
            spans.add(Span(*match.span(group)))
    return sorted(spans)


def _misaddressed(text: str) -> list[Evidence]:
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
                f"“{match.group().strip()}”: news copy says that reporters are told something.",
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
        for pattern, expected in _SOURCING
        for match in pattern.finditer(text)
    ]


@dataclass(frozen=True)
class Attribution:
    """Verbs of saying, reporters as addressees, and fixed sourcing phrases.

    Examples
    --------
    >>> text = "He stated that. She stated this. They stated it. Sources said so, on situation of anonymity."
    >>> measured = Attribution().measure(Document(text))
    >>> measured.values["odd_saying_verb_share"]
    0.75
    >>> [(text[e.span.start : e.span.end], e.expected[0]) for e in measured.evidence][-2:]
    [('stated', 'said'), ('situation', 'condition')]
    """

    name: str = field(default=NAME, init=False)
    columns: tuple[Column, ...] = field(default=(ODD_SHARE, MISADDRESSED, BROKEN_SOURCING), init=False)

    def measure(self, document: Document) -> Measurement:
        """Share of odd verbs (NaN below three attributions) and rates (NaN for a text without words)."""
        text, words = document.text, len(document.words)
        if not words:
            return unmeasured(self.columns)
        odd = _odd_verbs(text)
        misaddressed = _misaddressed(text)
        sourcing = _broken_sourcing(text)
        attributions = len(odd) + sum(1 for _ in _PLAIN.finditer(text))
        share = len(odd) / attributions if attributions >= _FEWEST else NAN
        evidence = [*misaddressed, *sourcing]
        if share >= _HABIT and len(odd) >= _HABIT_COUNT:
            taken = {e.span for e in misaddressed}
            evidence += [
                Evidence(
                    NAME,
                    span,
                    f"“{document[span]}” again and again, where news copy has “said”.",
                    ("said",),
                    round(0.3 + 0.5 * share, 3),
                )
                for span in odd
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
