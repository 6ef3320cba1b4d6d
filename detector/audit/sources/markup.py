"""Clean texts of records and feeds that were escaped too often."""

import re
from html import unescape

TAG = re.compile(r"<[^<>]{0,2000}>")
_CDATA = "<![CDATA["
_MOST_PACKINGS = 3
_CONTROL = re.compile("[\x80-\x84\x86-\x9f]")
_WINDOWS = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D}
}


def plainly(text: str) -> str:
    """A text without surplus layers of CDATA and escaped tags.

    >>> plainly("<![CDATA[<p>Talks ended.</p>]]>"), plainly("&lt;p&gt;Talks ended.&lt;/p&gt;")
    ('<p>Talks ended.</p>', '<p>Talks ended.</p>')
    """
    text = printed(text)
    for _ in range(_MOST_PACKINGS):
        bare = text.strip()
        if bare.startswith(_CDATA):
            text = bare.removeprefix(_CDATA).removesuffix("]]>")
        elif "&" not in text or TAG.search(text):
            break
        else:
            text = unescape(text)
    return printed(text)


def printed(text: str) -> str:
    r"""A text whose C1 control characters are replaced by the Windows-1252 characters that the agency meant.

    >>> printed("The mayor\x92s plan")
    'The mayor’s plan'
    """
    return text.translate(_WINDOWS) if _CONTROL.search(text) else text
