"""Texts of records and feeds that were packed more often than the format asks for."""

import re
from html import unescape

TAG = re.compile(r"<[^<>]{0,2000}>")
_CDATA = "<![CDATA["
_MOST_PACKINGS = 3


def plainly(text: str) -> str:
    """A text with the packings taken off that it was put in twice: CDATA, escaped tags.

    Examples
    --------
    >>> plainly("<![CDATA[<p>Talks ended.</p>]]>"), plainly("&lt;p&gt;Talks ended.&lt;/p&gt;")
    ('<p>Talks ended.</p>', '<p>Talks ended.</p>')
    """
    for _ in range(_MOST_PACKINGS):
        bare = text.strip()
        if bare.startswith(_CDATA):
            text = bare.removeprefix(_CDATA).removesuffix("]]>")
        elif "&" not in text or TAG.search(text):
            break
        else:
            text = unescape(text)
    return text
