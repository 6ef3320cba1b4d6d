"""Rows of a store as tests write them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

SIGNATURE = "unspin 0.1.0 | model 3f9c2a71 | grammar none"
TEXT = "Officials stated on Monday that the talks had been tardy. Nobody was murdered."
MARKS = [
    {"feature": "odd_synonyms", "start": 10, "end": 16, "text": "stated", "message": "", "expected": ["said"], "weight": 0.9},
    {"feature": "odd_synonyms", "start": 50, "end": 55, "text": "tardy", "message": "", "expected": ["late"], "weight": 0.8},
]  # fmt: skip

PLAIN: dict[str, Any] = {
    "source": "feed.jsonl", "url": None, "outlet": None, "origin": "The Example", "date": "2026-11-02", "title": None,
    "label": "clean", "probability": 0.03, "threshold": 0.97, "suspect_threshold": 0.77, "quality": 50.0, "words": 400,
    "marks": 2, "note": None, "model": 1, "error": None, "error_kind": None, "run": 1,
    "added": "2026-11-10T03:00:00Z", "scored": "2026-11-10T03:00:00Z",
}  # fmt: skip
Fill = Callable[..., Path]


def failed(kind: str, sentence: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any column
    """A row with an error."""
    judged = ("label", "probability", "threshold", "suspect_threshold", "quality", "words", "marks", "model")
    return {**dict.fromkeys(judged), "error": sentence, "error_kind": kind, "story": None, **more}
