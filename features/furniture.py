"""Recognise page furniture: the lines around an article on its page that nobody wrote as part of it.

These are menus, share buttons, lists of topics and links, credits, captions, "read more" lines and lines in capitals. They
have no sentences, so they look odd to a model of news. :mod:`features.as_seen` leaves them out of the text that is
measured.

A rewrite must not be able to hide as furniture. So a line is left out only if it is short, stands apart from the prose,
and has one of the forms below. Lines of free wording may be :data:`MOST_SHARE` of the text at most. Only lines that consist
of the words of buttons and menus have no limit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from features.document import Span

MOST_SHARE = 0.25
"""Largest share of the text's words that may be left out, apart from buttons and menus. The shortest lines go first."""

_LONGEST = 400
"""Code points from which a line is prose without a look."""

_MOST_WORDS = 45
_MOST_LINK_WORDS = 25
_MOST_ITEM_WORDS = 4
_MOST_TITLE_WORDS = 16
_MOST_CAPITALS = 20
_MOST_LISTED = 12
_LONG_LINE = 50
_CREDIT_LENGTH = 120

_ENDS = (".", "!", "?", "…", ",", ";", ":", "-", "–", "—")
_QUOTES = ("“", "”", '"', "‘", "’", "'", "«", "»")

_BUTTONS = frozenset(
    "share tweet pin print email e-mail mail facebook twitter x whatsapp linkedin reddit pinterest telegram messenger "
    "instagram youtube tiktok threads bluesky flipboard copy link save bookmark comment comments like likes reply retweet "
    "retweets views shares subscribe login log register menu search skip content navigation newsletter newsletters "
    "rss podcasts advertisement advert ad sponsored close cookies cookie privacy terms careers sitemap back top "
    "loading".split()
)
_SECTIONS = frozenset(
    "home news sport sports business politics world opinion culture weather travel health science technology tech "
    "entertainment lifestyle life arts education environment climate money markets finance economy video videos photos live "
    "local national international uk us africa asia europe americas football food fashion magazine more latest about contact "
    "help jobs shop events games puzzles obituaries classifieds".split()
)
_FILLERS = frozenset("this article story page us on via to in up sign out the and or with for by it your all".split())
_MENU = _BUTTONS | _SECTIONS | _FILLERS
_ITEM_BREAK = re.compile(r"[\s|•·>›»/,&+:()\[\]…]+|(?<!\w)[-–—]+|[-–—]+(?!\w)")

_HEADS = frozenset(
    "topic topics tag tags tagged filed posted category categories keyword keywords people places related recommended "
    "trending top most latest more you see read what up editor editors don from around share explore watch listen learn find "
    "view also must in photo photos picture pictures video videos gallery click tap continue story article scroll skip back "
    "to sign subscribe follow join download get like support register log enter receive stay image images photograph "
    "photographs illustration graphic file credit credits source sources copyright c first published updated last caption "
    "toggle hide show enlarge".split()
)
"""The first words of the forms below. Most lines begin with none of them and are not looked at again."""

_WORD = re.compile(r"[^\W_]+")
_STOP = re.compile(r"[.!?…][\"'”’)\]]*$")
_LEAD = r"^[^\w\s(@#]{0,3}\s?\W?\s?"

_TOPICS = re.compile(
    _LEAD
    + r"(?:topics?|tags?|tagged|filed under|posted in|categor(?:y|ies)|keywords?|related (?:topics?|tags?|subjects?)|"
    r"(?:topics|tags|people|places) in this (?:story|article))\s?[:|–—-]\s?(?P<items>\S.*)$",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"\s?[,;|•·]\s?|\s(?=#)")
_COLUMNS = re.compile(r"\s[|•·›]\s")

_HEADING = re.compile(
    _LEAD + r"(?:related(?: \w+)?|recommended(?: \w+){0,2}|trending(?: now)?|top stories|"
    r"most (?:read|popular|viewed|shared|commented|recent)(?: \w+){0,2}|latest (?:\w+ )?(?:news|stories|articles|videos)|"
    r"more (?:top |latest )?(?:stories|news|headlines|coverage)|more (?:from|on|in) (?:(?-i:[A-Z])[\w’' ]{1,40}|this \w+)|"
    r"you (?:may|might) (?:also )?(?:like|be interested in)|(?:see|read) (?:also|next)|what to read next|up next|"
    r"editor[’']?s[’']? (?:picks?|choice)|don[’']t miss|(?:from )?around the web|tags|topics|filed under|keywords|"
    r"explore more)\s?[:>→»]?$",
    re.IGNORECASE,
)
_LINK = re.compile(
    _LEAD + r"(?:(?:read|see|watch|listen|learn|find out|view) (?:more|also|next)|also read|read|related(?: \w+)?|"
    r"recommended|must[- ]read|don[’']t miss|watch(?: now| live)?|listen(?: now)?|(?:in )?(?:photos|pictures)|videos?|gallery|"
    r"more(?: on this(?: story)?| from \w+)?)\s?(?:[:|>→»]|[–—]\s|$)",
    re.IGNORECASE,
)
_LINK_WITHOUT_MARK = re.compile(
    _LEAD
    + r"(?:(?:read|see|learn|find out|view) more (?:about|on|at|from|here|in)|also read|read also|(?:click|tap) here|"
    r"continue reading|(?:story|article) continues|scroll (?:down|to)|skip to|back to)\b",
    re.IGNORECASE,
)
_PROMOTION = re.compile(
    _LEAD
    + r"(?:(?:to )?(?:click|tap) here|sign[- ]up|subscribe|follow|join|download|get|like us|support|register|log in|"
    r"enter|receive|stay up to date)\b.*\b(?:newsletters?|apps?|channels?|whatsapp|telegram|facebook|twitter|instagram|youtube|"
    r"podcasts?|inbox|email alerts?|news alerts?|push notifications?|email address|google news|our journalism)\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    _LEAD
    + r"(?:[(\[]?(?:file )?(?:photo(?:graph)?s?|pictures?|images?|video|illustration|graphic)(?: credits?| courtesy| source| copyright"
    r"| by| via)*\s?[:/©]|(?:credits?|sources?)\s?:|image copyright|copyright\s?(?:©|\(c\)|\d)|(?:©|\(c\)\s?\d)|"
    r"(?:first )?(?:published|updated|last (?:updated|modified)|posted)(?: on| at)?\s?:?\s(?:\d|an hour|today|yesterday|"
    r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)day\b|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s\d)"
    r"(?:[^.!?]|\.(?=\d|m\b))*(?:[ap]\.m\.)?(?:\s[A-Z]{2,4})?$|"
    r"\d+ (?:hours?|h|min(?:ute)?s?|days?) (?:ago|read)$|[\d,.]+k? (?:comments?|shares?|views?|likes?|retweets?)$)",
    re.IGNORECASE,
)
_STAFF = re.compile(
    r"^[(\[]?(?:(?:additional |with )?(?:reporting|writing|editing)|compiled|translated|edited|reported|produced)"
    r"(?: and (?:writing|editing|reporting))? by (?:(?-i:[A-Z])[\w’'-]*+|(?:and|in|for|with|by|reporting|editing|"
    r"writing|additional|compiled|from|the|of|newsroom|bureau)\b|[\s,;.:)\]])++$",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"^(?:By|BY)(?:\s(?:and|AND|&|[A-Z][\w.’'-]*,?)){2,7}$")
_CAPTION = re.compile(
    _LEAD + r"(?:(?:image|photo|picture|video|file) caption\b|caption\s?:|(?:toggle|hide|show) caption$|"
    r"enlarge this image|view gallery)",
    re.IGNORECASE,
)
_SIGNS = ("/", "hoto", "Getty", "Image", "Picture", "Credit", "Source", "Shutterstock", "iStock", "Alamy")
_PHOTOGRAPHER = re.compile(
    r"(?:\bPhoto(?:graph)?s?(?: by|:|/)|\b(?:Picture|Image|Credit|Source)s?:|\bFile [Pp]hoto\b|\bAP Photo\b|\bGetty(?: Images)?\b|"
    r"\bShutterstock\b|\biStock\b|\bAlamy\b|/(?:AFP|AP|Reuters|REUTERS|EPA|EFE|Bloomberg|PA|Anadolu|Xinhua)\b|\bREUTERS/)"
    r"[^.!?]{0,60}[).\]]{0,2}$"
)
_HASHTAGS = re.compile(r"^(?:#\w+[\s,]*){2,}$")
_ADDRESS = re.compile(r"^(?:https?://|www\.)\S+$|^\S+@\S+\.\w+$")


@dataclass(frozen=True)
class _Line:
    """A line that is not blank. ``end`` includes its line break."""

    start: int
    end: int
    bare: str
    words: int
    blank_before: bool
    head: str

    @property
    def short(self) -> bool:
        return len(self.bare) < _LONGEST and self.words <= _MOST_WORDS and not self.bare.startswith(_QUOTES)

    @property
    def is_title(self) -> bool:
        """Whether it may be the title of a link: short, and no sentence."""
        return self.short and self.words <= _MOST_TITLE_WORDS and not _STOP.search(self.bare)


def find(text: str) -> tuple[Span, ...]:
    r"""Return the lines of page furniture with their line breaks, in order. They never overlap.

    >>> text = "The talks ended on Friday. " * 4 + "\nTopics: belgium, europe, trade\nShare on Facebook\n"
    >>> [text[start:end] for start, end in find(text)]
    ['Topics: belgium, europe, trade\n', 'Share on Facebook\n']
    """
    lines = list(_lines(text))
    if len(lines) < 2:
        return ()
    fixed = _buttons(lines)
    free = {at for at, line in enumerate(lines) if at not in fixed and line.short and _is_furniture(lines, at)}
    free |= _listed(lines, fixed | free) | _capitals(lines) - fixed
    free = {at for at in free if _stands_apart(lines, at)}
    left = sum(lines[at].words for at in free)
    most = MOST_SHARE * sum(line.words for line in lines)
    for at in sorted(free, key=lambda at: -lines[at].words):
        if left <= most:
            break
        free.remove(at)
        left -= lines[at].words
    found = fixed | free
    # A text of furniture alone is no article; unspin says so of the whole text.
    return tuple(Span(lines[at].start, lines[at].end) for at in sorted(found)) if len(found) < len(lines) else ()


def _lines(text: str) -> Iterator[_Line]:
    start, blank = 0, True
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if bare := line.strip():
            head = _WORD.search(bare, 0, 40)
            yield _Line(start, end, bare, bare.count(" ") + 1, blank, head.group().lower() if head else "")
        blank = not bare
        start = end


def _buttons(lines: list[_Line]) -> set[int]:
    """Lines of the words of buttons and menus alone. The name of a section is one only beside others."""
    only: dict[int, int] = {}
    for at, line in enumerate(lines):
        if line.head in _MENU and line.short and not line.bare.endswith(_ENDS[:3]):
            words = [w for w in _ITEM_BREAK.split(line.bare.lower()) if w and not w.isdigit()]
            strong = sum(word in _BUTTONS for word in words)
            named = sum(word in _SECTIONS for word in words)
            if strong + named and _MENU.issuperset(words):
                only[at] = 3 if strong >= 2 * named else named
    return {at for at, weight in only.items() if weight >= 3 or at - 1 in only or at + 1 in only}


def _is_furniture(lines: list[_Line], at: int) -> bool:
    line, last = lines[at], at == len(lines) - 1
    bare = line.bare
    end = bare[-_CREDIT_LENGTH:]
    if any(sign in end for sign in _SIGNS) and _PHOTOGRAPHER.search(end):
        return True
    if any(form.match(bare) for form in (_BYLINE, _STAFF, _HASHTAGS, _ADDRESS)):
        return True
    if bare.startswith("©") or bare.lower().endswith(("all rights reserved", "all rights reserved.")):
        return True
    if len(_COLUMNS.findall(bare)) >= 2 and _is_list(_COLUMNS.sub("|", bare), 3):
        return True
    return (line.head in _HEADS or line.head.isdigit() or last) and _has_form(line, last)


def _has_form(line: _Line, last: bool) -> bool:
    bare = line.bare
    if _CREDIT.match(bare) or _CAPTION.match(bare):
        return True
    if topics := _TOPICS.match(bare):
        return _is_list(topics["items"], 1)
    if line.words <= _MOST_LINK_WORDS:
        if _PROMOTION.match(bare) or _LINK.match(bare) or _HEADING.match(bare):
            return True
        if _LINK_WITHOUT_MARK.match(bare) and not _STOP.search(bare):
            return True
    # Topics without a heading. A line of facts has figures.
    return last and not any(map(str.isdigit, bare)) and _is_list(bare, 4)


def _is_list(items: str, least: int) -> bool:
    """Whether these are at least ``least`` items of a few words each and no sentence."""
    if _STOP.search(items):
        return False
    each = [item for item in _ITEMS.split(items) if item.strip()]
    return len(each) >= least and all(len(item.split()) <= _MOST_ITEM_WORDS for item in each)


def _listed(lines: list[_Line], found: set[int]) -> set[int]:
    """The titles of stories that follow the heading of a list of links."""
    listed: set[int] = set()
    for heading in (at for at in sorted(found) if _HEADING.match(lines[at].bare)):
        for at in range(heading + 1, min(heading + 1 + _MOST_LISTED, len(lines))):
            if not lines[at].is_title:
                break
            listed.add(at)
    return listed - found


def _capitals(lines: list[_Line]) -> set[int]:
    """Lines in capitals, except the headline, and except verse and lists."""
    upper = [_is_capitals(line) for line in lines]
    if sum(line.words for line in lines if line.bare.isupper()) > MOST_SHARE * sum(line.words for line in lines):
        return set()
    # The lines before the first paragraph may be the headline.
    first = next((at for at, line in enumerate(lines) if _STOP.search(line.bare)), len(lines))
    found = set()
    for at in range(first + 1, len(lines)):
        run = upper[max(0, at - 2) : at + 3]
        if upper[at] and sum(run) < 3:
            found.add(at)
    return found


def _is_capitals(line: _Line) -> bool:
    bare = line.bare
    if not (line.short and bare.isupper()) or line.words > _MOST_CAPITALS or bare.endswith((*_ENDS, *_QUOTES)):
        return False
    return sum(map(str.isalpha, bare)) > max(3, 3 * sum(map(str.isdigit, bare)))


def _stands_apart(lines: list[_Line], at: int) -> bool:
    """Whether a line is no part of a paragraph in short lines."""
    line = lines[at]
    if at and not line.blank_before and len(lines[at - 1].bare) >= _LONG_LINE and not _ends(lines[at - 1].bare):
        return False
    return at + 1 == len(lines) or lines[at + 1].blank_before or not lines[at + 1].bare[0].islower()


def _ends(line: str) -> bool:
    return line.rstrip("\"'”’)]").endswith((".", "!", "?", "…", ":")) or not line[-1].isalpha()
