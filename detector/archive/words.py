"""The words of a search query."""

import re

COMMON_SHARE = 0.05
"""Words in a larger share of the stories are left out of a query: they cost the most and help the least. With a tenth of
the stories, 163 hard rewrites had their source first as often, and a query took half as long again."""

COMMON_FROM = 1_000
"""A word in at most this many stories is never common, so a query to a small archive keeps all words."""

MOST_WORDS = 1_000
"""Most distinct words in a query, which an article of about 3,000 words has. OpenSearch allows 1,024 clauses."""

LONGEST_WORD = 40
"""Longer runs of letters are not words and are not indexed."""

_WORD = re.compile(r"[^\W_]+")


def query_words(text: str) -> list[str]:
    """Returns the first distinct words of a text in lower case, split as in the index, at most :data:`MOST_WORDS`.

    The words are in text order, because a story states its facts at the top. Choosing the rarest words instead would
    fill the query with a spinner's substitutions.

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
    """Returns the largest number of stories that may contain a query word, for an archive of ``stories`` stories.

    >>> most_stories(300), most_stories(130_000)
    (1000, 6500)
    """
    return max(COMMON_FROM, int(stories * COMMON_SHARE))
