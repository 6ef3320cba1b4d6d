"""The words that a search asks for."""

import re

COMMON_SHARE = 0.1
"""Words that stand in a larger share of the stories are left out of a query: they cost most and tell least."""

COMMON_FROM = 1_000
"""A word in at most this many stories is never common: in a small archive all words are asked for."""

MOST_WORDS = 1_000
"""Distinct words in a query. OpenSearch takes 1,024 clauses; an article of 1,000 distinct words has about 3,000 words."""

LONGEST_WORD = 40
"""Longer runs of letters are not indexed: they are no words."""

_WORD = re.compile(r"[^\W_]+")


def query_words(text: str) -> list[str]:
    """The first distinct words of a text in lower case, as an index splits them, at most :data:`MOST_WORDS`.

    The words come in the order of the text, because the facts of a story stand at its top. Choosing the rarest words
    instead would fill the query with the words that a spinner put in.

    >>> query_words("Talks in Geneva: the talks ended on 3.5 points, envoys said.")
    ['talks', 'in', 'geneva', 'the', 'ended', 'on', '3', '5', 'points', 'envoys', 'said']
    """
    distinct: dict[str, None] = {}
    for match in _WORD.finditer(text.lower()):
        word = match[0]
        if len(word) < LONGEST_WORD:
            distinct[word] = None
            if len(distinct) == MOST_WORDS:
                break
    return list(distinct)


def most_stories(stories: int) -> int:
    """In how many of so many stories a word may stand and still be asked for.

    >>> most_stories(300), most_stories(130_000)
    (1000, 13000)
    """
    return max(COMMON_FROM, int(stories * COMMON_SHARE))
