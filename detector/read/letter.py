"""The article in the text of an e-mail, without greeting, signature, disclaimer and quoted mail."""

import re

_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|morning|afternoon)\b[^.?]{0,60}[,:!.–—-]?",
    re.IGNORECASE,
)
_MOST_GREETING_WORDS = 7
_CLOSING = re.compile(
    r"(?:(?:kind|best|warm|warmest|many|with (?:kind|best))\s+(?:regards|wishes|thanks)|regards|best|all the best|cheers|"
    r"thanks(?: again| so much| very much)?|many thanks|thank you|(?:yours\s+)?(?:sincerely|faithfully|truly)|sincerely yours|"
    r"with thanks|kindest|br|rgds)\s*[,.!–—-]?",
    re.IGNORECASE,
)
_MOST_SIGNATURE_LINES = 12
_MOST_SIGNATURE_WORDS = 60
_DEVICE = re.compile(
    r"sent from (?:my|outlook|mail|yahoo|gmail|proton|the)\b.{0,60}|get outlook for .{0,40}", re.IGNORECASE
)
_DISCLAIMER = re.compile(
    r"(?:this (?:e-?mail|message|communication)\b.{0,200}\b(?:confidential|privileged|intended)|"
    r"if you (?:are not the intended|have received this)|confidentiality notice|disclaimer\s*:|"
    r"(?:you (?:are receiving|received) this|to unsubscribe|unsubscribe\b|view (?:this|it) (?:e-?mail )?in your browser))",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"on .{6,200}\bwrote:|.{1,120}<[^<>@\s]+@[^<>\s]+>\s*(?:wrote|a écrit|schrieb)\s*:|-{2,}\s*original message\s*-{2,}|"
    r"-{2,}\s*reply (?:above|message).{0,60}|_{20,}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"-{2,}\s*forwarded message\s*-{2,}|begin forwarded message:|-{2,}\s*original message\s*-{2,}|_{20,}|fwd?:",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"\W{0,3}(?:from|sent|date|to|cc|bcc|subject|reply-to|importance|attachments?)\s?:\W{0,3}(?:\s.{0,500})?",
    re.IGNORECASE,
)
_FEWEST_WORDS = 60
_TAG = re.compile(
    r"<(?:style|script|head)\b.{0,100000}?</(?:style|script|head)\s*>|<[^<>]{0,3000}>", re.IGNORECASE | re.DOTALL
)
# What mail programs of Google, Apple, Mozilla, Yahoo and Microsoft put around quoted mail.
_QUOTED_PAGE = re.compile(
    r"<(?:div|blockquote|hr)\b[^<>]{0,500}(?:gmail_quote|moz-cite-prefix|yahoo_quoted|divRplyFwdMsg|appendonsend|"
    r"stopSpelling|type=[\"']?cite)",
    re.IGNORECASE,
)


def letter_text(text: str) -> str:
    r"""Return the part of a mail's text that its sender wrote as the article.

    If little text stands above a forwarded mail, that mail is the article. If nothing would remain, the text is
    unchanged.

    >>> letter_text("Hi Ann,\n\nTalks on grain ended on Monday.\n\nBest regards,\nJo\n-- \nJo Poe, Desk")
    'Talks on grain ended on Monday.'
    """
    lines = text.split("\n")
    above, below = _parted(lines)
    if below is not None and _words(above) < _FEWEST_WORDS <= _words(below):
        above = _parted(_without_headers(below))[0]
    kept = _without_end(_without_greeting([line for line in above if not line.lstrip().startswith(">")]))
    return "\n".join(kept).strip("\r\n") or text


def page_of_letter(page: str) -> str:
    """Cut a mail's page before the mail that it quotes, if an article stands above that."""
    quoted = _QUOTED_PAGE.search(page)
    if quoted is None or len(_TAG.sub(" ", page[: quoted.start()]).split()) < _FEWEST_WORDS:
        return page
    return page[: quoted.start()]


def _words(lines: list[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _parted(lines: list[str]) -> tuple[list[str], list[str] | None]:
    """Split the lines into those above the quoted or forwarded mail, and that mail."""
    for at, line in enumerate(lines):
        bare = line.strip().lstrip("> ").strip("*")
        # Some programs break the line that says who wrote.
        joined = f"{bare} {lines[at + 1].strip()}" if at + 1 < len(lines) and bare.lower().startswith("on ") else bare
        if (
            _ANSWERED.fullmatch(bare)
            or _ANSWERED.fullmatch(joined)
            or _FORWARDED.fullmatch(bare)
            or _is_head(lines, at)
        ):
            return lines[:at], lines[at:]
    return lines, None


def _is_head(lines: list[str], at: int) -> bool:
    """Whether the headers of a quoted mail begin here."""
    if not re.match(r"\W{0,3}from\s?:", lines[at], re.IGNORECASE):
        return False
    following = [line for line in lines[at + 1 : at + 8] if line.strip()]
    return sum(1 for line in following if _HEADER.fullmatch(line.strip())) >= 2


def _without_headers(lines: list[str]) -> list[str]:
    """Return a quoted mail without its announcing line, headers and quotation marks."""
    bare = [line[1:].removeprefix(" ") if line.startswith(">") else line for line in lines]
    at = 1
    while at < len(bare) and (not bare[at].strip() or _HEADER.fullmatch(bare[at].strip())):
        at += 1
    return bare[at:]


def _without_greeting(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        bare = line.strip()
        if bare:
            is_greeting = _GREETING.fullmatch(bare) and len(bare.split()) <= _MOST_GREETING_WORDS
            return lines[at + 1 :] if is_greeting else lines
    return lines


def _without_end(lines: list[str]) -> list[str]:
    """Return the lines above the signature and any footer that a server adds."""
    for at, line in enumerate(lines):
        if line.rstrip("\r\n") in {"-- ", "--", "—"} and _words(lines[:at]):
            lines = lines[:at]
            break
    while lines:
        last = _last_block(lines)
        bare = " ".join(" ".join(lines[last:]).split())
        if not bare or _DEVICE.fullmatch(bare) or _DISCLAIMER.match(bare):
            lines = lines[:last]
        else:
            break
        if not last:
            break
    begin = max(0, len(lines) - _MOST_SIGNATURE_LINES)
    for at in range(begin, len(lines)):
        if _CLOSING.fullmatch(lines[at].strip()) and _words(lines[at:]) <= _MOST_SIGNATURE_WORDS:
            return lines[:at]
    return lines


def _last_block(lines: list[str]) -> int:
    """The line where the last paragraph begins."""
    at = len(lines)
    while at and not lines[at - 1].strip():
        at -= 1
    while at and lines[at - 1].strip():
        at -= 1
    return at
