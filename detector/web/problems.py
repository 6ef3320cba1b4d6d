"""Errors as ``application/problem+json`` (RFC 9457)."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from detector.errors import UnspinError

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[str, tuple[int, str]] = {
    "bad-request": (400, "The request is not valid"),
    "bad-host": (400, "This server does not answer to that name"),
    "no-token": (401, "A token is needed"),
    "other-site": (403, "Requests from other sites are refused"),
    "not-here": (403, "This server does not offer that"),
    "no-archive": (404, "This server has no archive"),
    "not-found": (404, "There is nothing at this address"),
    "method-not-allowed": (405, "This address does not accept that method"),
    "too-slow": (408, "The request arrived too slowly"),
    "too-large": (413, "The request is too large"),
    "unsupported-type": (415, "This type of content is not supported"),
    "unreadable-article": (422, "The article cannot be read"),
    "unfetched": (422, "The address could not be fetched"),
    "busy": (429, "Too many articles are waiting"),
    "too-many-requests": (429, "Too many requests from one address"),
    "fault": (500, "An error in unspin"),
    "time-limit": (503, "The article took too long"),
    "part-missing": (503, "A part that the check needs does not answer"),
    "stopping": (503, "The server is stopping"),
}
"""Every problem by name: HTTP status and title."""


class Problem(UnspinError):  # noqa: N818 - RFC 9457 calls it a problem
    """A request that is answered with an error.

    Parameters
    ----------
    kind : str
        A name in :data:`TITLES`.
    detail : str
        What is wrong and what to do, in one sentence.
    """

    def __init__(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.status, self.title = TITLES[kind]
        self.headers = dict(headers or {})

    def as_dict(self, instance: str = "") -> dict[str, Any]:
        """Returns the members of the problem; ``instance`` is the identifier of the request in the log.

        >>> Problem("not-found", "There is no such page.").as_dict("urn:request:1")["type"]
        'urn:unspin:problem:not-found'
        """
        return {
            "type": f"urn:unspin:problem:{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": str(self),
            **({"instance": instance} if instance else {}),
        }

    def as_bytes(self, instance: str = "") -> bytes:
        """Returns the problem as JSON."""
        return json.dumps(self.as_dict(instance)).encode()


def of_status(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Problem:
    """Returns the problem for an HTTP status that the framework raised.

    >>> of_status(404, "").kind, of_status(418, "").kind
    ('not-found', 'bad-request')
    """
    kinds = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-type"}
    kind = kinds.get(status, "bad-request" if status < 500 else "fault")
    sentence = detail or HTTPStatus(TITLES[kind][0]).phrase
    return Problem(kind, sentence, headers)
