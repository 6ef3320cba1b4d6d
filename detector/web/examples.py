"""Examples for the OpenAPI document. The numbers are invented; tests check the shapes against the schemas."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from detector.web.problems import Problem

TEXT = "Officials stated on Monday that both sides had accepted to proceed the discussions in spring."

REQUEST: Mapping[str, Any] = {"text": TEXT, "source": "story-17"}

_WHOLE = {
    "schema": "unspin.verdict/1",
    "source": "story-17",
    "label": "spun",
    "headline": "Spun",
    "summary": "At most 1 in 200 human stories scores this high. The wording looks like a machine rewrite of another "
    "story. The marked words show why. People who write in a second language can leave some of the same traces.",
    "probability": 0.98,
    "mended_probability": 0.04,
    "threshold": 0.95,
    "suspect_threshold": 0.75,
    "false_positive_rate": 0.005,
    "suspect_false_positive_rate": 0.02,
    "words": 412,
    "quality": {
        "score": 12.0,
        "parts": [
            {
                "name": "odd_wordings",
                "value": 21.5,
                "unit": "per 1,000 words",
                "percentile": 3.0,
                "meaning": "Words that fit their place worse than one of their synonyms.",
            }
        ],
    },
    "note": "",
    "disguise": "",
    "caution": "Before you act on this, compare the article with its likely source. People who write in a second language can "
    "leave some of the same traces.",
    "skipped": [],
    "signature": "unspin 0.1.0 | model 1a2b3c4d | grammar harper",
    "sentences": [{"start": 0, "end": len(TEXT), "probability": 0.97}],
    "evidence": [
        {
            "feature": "odd_synonyms",
            "start": TEXT.index("accepted to"),
            "end": TEXT.index("accepted to") + len("accepted to"),
            "text": "accepted to",
            "message": "“accepted to” is odd here; “agreed to” would be usual.",
            "expected": ["agreed to"],
            "weight": 0.96,
        }
    ],
    "contributions": [
        {
            "column": "odd_synonyms_over_70_per_1000_words",
            "feature": "odd_synonyms",
            "value": 21.5,
            "unit": "per 1,000 words",
            "meaning": "Words that fit their place worse than one of their synonyms.",
            "log_odds": 2.4,
        }
    ],
    "kinds": [
        {"name": "synonyms", "title": "words replaced by synonyms", "share": 0.91},
        {"name": "language_model", "title": "a rewrite by a language model", "share": 0.09},
    ],
}
VERDICT: Mapping[str, Any] = _WHOLE

_CHANGE = {
    "article": {"start": TEXT.index("accepted"), "end": TEXT.index("accepted") + len("accepted"), "text": "accepted"},
    "source": {"start": 45, "end": 51, "text": "agreed"},
}

TRACE: Mapping[str, Any] = {
    "schema": "unspin.trace/1",
    "source": "story-17",
    "date": "2026-11-24",
    "outlet": "Daily Example",
    "words": 412,
    "rewrite": True,
    "summary": "This is a rewrite of “Talks go on in spring” (Example Agency, 2026-11-23): 92% of the article comes from it, "
    "in other words.",
    "note": "",
    "signature": "unspin 0.1.0 | relation 1a2b3c4d",
    "sources": [
        {
            "id": "agency-4711",
            "title": "Talks go on in spring",
            "outlet": "Example Agency",
            "date": "2026-11-23T08:00:00Z",
            "url": "",
            "author": "",
            "relation": "rewrite",
            "probability": 0.99,
            "coverage": 0.92,
            "counts": True,
            "younger": False,
            "same_outlet": False,
            "same_text": False,
            "licensed": False,
            "duplicates": [],
            "summary": "This is a rewrite of “Talks go on in spring” (Example Agency, 2026-11-23): 92% of the article comes "
            "from it, in other words.",
            "note": "",
            "pairs": [
                {
                    "article": {"start": 0, "end": len(TEXT), "text": TEXT},
                    "source": {
                        "start": 0,
                        "end": 84,
                        "text": "Officials said on Monday that both sides had agreed to continue the talks in spring.",
                    },
                    "similarity": 0.81,
                    "kept": 0.73,
                    "changes": [{"kind": "replaced", **_CHANGE}],
                    "facts": [],
                }
            ],
            "columns": [
                {
                    "name": "coverage",
                    "value": 0.92,
                    "unit": "share",
                    "meaning": "Share of the article's words in sentences with a counterpart of similarity 0.3 or more.",
                }
            ],
        }
    ],
}

LINES_IN: tuple[Mapping[str, Any], ...] = (
    {"id": 17, "source": "story-17", "text": TEXT},
    {"id": 18, "text": ""},
)
LINES_OUT: tuple[Mapping[str, Any], ...] = (
    {"line": 1, "id": 17, **_WHOLE},
    {
        "schema": "unspin.error/1",
        "source": "line 2",
        "error": "The text is empty: give an article.",
        "line": 2,
        "id": 18,
    },
)

_DETAILS: Mapping[str, str] = {
    "bad-request": "The body is no valid JSON in UTF-8.",
    "bad-host": "The Host header holds no name of this server: start it with --name.",
    "no-token": "Send the server's token in the header: Authorization: Bearer TOKEN.",
    "other-site": "A page of another site asked for this: open unspin's own page instead.",
    "too-slow": "The request did not arrive within 30 s: send it again.",
    "too-large": "The article is larger than 10 MB: give one article.",
    "unsupported-type": "This Content-Type is not read: send application/json.",
    "unreadable-article": "story.pdf is a scanned PDF, a picture of text: run text recognition (OCR) on it and give the result, or get the text itself.",
    "unfetched": "http://192.168.0.1/ is an address inside a private network: it is not fetched.",
    "part-missing": "LanguageTool does not answer.",
    "busy": "Too many articles are waiting to be checked. Try again in 2 s.",
    "too-many-requests": "More than 20 requests a second came from this address: slow down.",
    "fault": "This is a fault in unspin, not in your text. Please report it.",
    "not-here": "This server fetches no addresses: copy the article's text.",
    "no-archive": "This server has no archive to look in: start it with --archive.",
    "time-limit": "The article took longer than 20 s to check. Is it one article?",
    "stopping": "The server is stopping.",
}


def problem(kind: str) -> dict[str, Any]:
    """Returns an example of a problem.

    >>> problem("busy")["status"]
    429
    """
    return Problem(kind, _DETAILS[kind]).as_dict("urn:unspin:request:5f0c2d9a1b7e")


def lines(values: Iterable[Mapping[str, Any]]) -> str:
    """Returns the values as JSON Lines."""
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
