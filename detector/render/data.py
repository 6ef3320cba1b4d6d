"""A verdict as JSON, schema ``unspin.verdict/1``. docs/json-schema.md documents it."""

import json
import re
from typing import Any

from detector.render import words
from detector.render.plain import finite
from detector.render.words import caution
from detector.verdict import Verdict

SCHEMA = "unspin.verdict/1"
ERROR_SCHEMA = "unspin.error/1"

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def as_dict(verdict: Verdict, *, include_text: bool = False) -> dict[str, Any]:
    """Returns the verdict as plain values. A value that could not be measured is None, never NaN.

    Parameters
    ----------
    include_text : bool
        Add ``text``, the whole article that the offsets refer to. Off by default, because results are often stored and
        shared more widely than unpublished copy.
    """
    answer: dict[str, Any] = {
        "schema": SCHEMA,
        "source": verdict.source,
        "label": verdict.label.value,
        "headline": words.headline(verdict),
        "summary": words.summary(verdict),
        "probability": finite(verdict.probability),
        "mended_probability": finite(verdict.mended_probability),
        "threshold": finite(verdict.threshold),
        "suspect_threshold": finite(verdict.suspect_threshold),
        "false_positive_rate": finite(verdict.spun_rate),
        "suspect_false_positive_rate": finite(verdict.suspect_rate),
        "words": int(verdict.words),
        "quality": {
            "score": finite(verdict.quality.score),
            "parts": [
                {
                    "name": part.name,
                    "value": finite(part.value),
                    "unit": part.unit,
                    "percentile": finite(part.percentile),
                    "meaning": part.meaning,
                }
                for part in verdict.quality.parts
            ],
        },
        "note": verdict.note,
        "disguise": verdict.disguise,
        "caution": caution(verdict),
        "skipped": [
            {"start": int(span.start), "end": int(span.end), "text": verdict.text[span.start : span.end]}
            for span in verdict.skipped
        ],
        "signature": verdict.signature,
        "sentences": [
            {
                "start": int(sentence.span.start),
                "end": int(sentence.span.end),
                "probability": finite(sentence.probability),
            }
            for sentence in verdict.sentences
        ],
        "evidence": [
            {
                "feature": evidence.feature,
                "start": int(evidence.span.start),
                "end": int(evidence.span.end),
                "text": verdict.text[evidence.span.start : evidence.span.end],
                "message": evidence.message,
                "expected": list(evidence.expected),
                "weight": finite(evidence.weight),
            }
            for evidence in verdict.evidence
        ],
        "contributions": [
            {
                "column": contribution.column,
                "feature": contribution.feature,
                "value": finite(contribution.value),
                "unit": contribution.unit,
                "meaning": contribution.meaning,
                "log_odds": finite(contribution.log_odds),
            }
            for contribution in verdict.contributions
        ],
        "kinds": [{"name": kind.name, "title": kind.title, "share": finite(kind.share)} for kind in verdict.kinds],
    }
    if include_text:
        answer["text"] = verdict.text
    return answer


def error_as_dict(source: str, message: str) -> dict[str, Any]:
    """Returns the record that replaces the verdict of an article that could not be checked."""
    return {"schema": ERROR_SCHEMA, "source": source, "error": message}


def as_json(verdict: Verdict, *, include_text: bool = False, indent: int | None = 2) -> str:
    """Returns the verdict as JSON text without a final line break; ``indent=None`` puts it on one line."""
    return dump(as_dict(verdict, include_text=include_text), indent=indent)


def dump(answer: dict[str, Any], *, indent: int | None = 2) -> str:
    r"""Returns plain values as JSON text that can always be encoded as UTF-8.

    >>> dump({"wording": "café \ud83d"}, indent=None)
    '{"wording": "café \\ud83d"}'
    """
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=indent)
    return _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
