"""How an article relates to a story of the archive."""

from enum import StrEnum


class Relation(StrEnum):
    """The four answers.

    ``COPY``
        The same words.
    ``REWRITE``
        The same story in other words.
    ``SHARED_SOURCE``
        Quotes, figures or an event in common, told independently.
    ``NONE``
        Nothing that matters in common.
    """

    COPY = "copy"
    REWRITE = "rewrite"
    SHARED_SOURCE = "shared_source"
    NONE = "none"


DERIVED = frozenset({Relation.COPY, Relation.REWRITE})
"""The article was made from the story."""

COPY, REWRITE, SHARED, NONE = Relation.COPY, Relation.REWRITE, Relation.SHARED_SOURCE, Relation.NONE
