"""A newsroom's own thresholds in a file, which ``unspin calibrate`` writes and ``unspin check --thresholds`` reads.

The JSON file holds only numbers, and no words of the copy. It is valid only for the model and grammar checker it was
made with, because other models' probabilities mean something else. It does not change the news floor, which stays the
model's.
"""

import hashlib
import json
import math
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

from detector.errors import ModelError
from detector.verdict import Thresholds

SCHEMA = "unspin.thresholds"
VERSION = 1
"""Increase it when a field changes its meaning. Files of other versions are refused."""

_MOST_BYTES = 1024 * 1024
_MOST_ARTICLES = 10**12
_MODEL = re.compile(r"[0-9a-f]{8}")
_WORD = re.compile(r"[\w.+-]{1,40}")
_AGAIN = "make it again with: unspin calibrate"


class OutletThresholds(NamedTuple):
    """Thresholds of one outlet, set on ``articles`` of its articles."""

    outlet: str
    suspect: float
    spun: float
    articles: int


@dataclass(frozen=True)
class OwnThresholds:
    """Thresholds set on a newsroom's own articles.

    Parameters
    ----------
    model : str
        The first eight digits of the model's hash.
    suspect, spun : float
        Smallest probability for the label, 0 to 1, ``suspect <= spun``.
    suspect_rate, spun_rate : float
        The false positive rates that they were set for, above 0 and below 1.
    articles : int
        Number of the newsroom's articles that they were set on.
    created : str
        ISO date.
    outlets : tuple of OutletThresholds
        Outlets with thresholds of their own, for the same rates. All others have the general ones.
    reader : bool
        Whether the reader takes part in the probabilities.
    """

    model: str
    grammar: str
    suspect: float
    spun: float
    suspect_rate: float
    spun_rate: float
    articles: int
    created: str = ""
    outlets: tuple[OutletThresholds, ...] = ()
    reader: bool = False

    @property
    def hash(self) -> str:
        """Eight hexadecimal digits that identify these thresholds in signatures."""
        fields = {name: value for name, value in asdict(self).items() if name not in {"outlets", "reader"} or value}
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:8]

    @classmethod
    def of(
        cls,
        thresholds: Thresholds,
        *,
        model: str,
        grammar: str,
        outlets: tuple[OutletThresholds, ...] = (),
        reader: bool = False,
    ) -> Self:
        """Make thresholds for a model and a grammar checker, with or without the reader, with today's date."""
        t, today = thresholds, datetime.now(UTC).date().isoformat()
        return cls(model, grammar, t.suspect, t.spun, t.suspect_rate, t.spun_rate, t.articles, today, outlets, reader)

    def over(
        self, shipped: Thresholds, *, model: str, grammar: str, reader: bool = False, name: str = "own thresholds"
    ) -> Thresholds:
        """Return the shipped thresholds with these values and the shipped news floor. Errors call them ``name``.

        Raises
        ------
        ModelError
            If they were made for another model or grammar checker, or the reader takes part in only one of both.
        """
        if self.model != model:
            raise ModelError(
                f"{name}: made for model {self.model}, and this is model {model}, whose probabilities mean something else: "
                + _AGAIN
            )
        if self.grammar != grammar:
            raise ModelError(
                f"{name}: made for the grammar checker {self.grammar}, and this check uses {grammar}: "
                f"use --grammar {self.grammar}, or {_AGAIN}"
            )
        if self.reader != reader:
            use = "--reader always" if self.reader else "--reader never"
            raise ModelError(f"{name}: made with another use of the reader: use {use}, or {_AGAIN}")
        return replace(
            shipped,
            suspect=self.suspect,
            spun=self.spun,
            suspect_rate=self.suspect_rate,
            spun_rate=self.spun_rate,
            articles=self.articles,
        )


def as_json(thresholds: OwnThresholds) -> str:
    """Return the text of the file."""
    t = thresholds
    fields = {
        "schema": f"{SCHEMA}/{VERSION}",
        "model": t.model,
        "grammar": t.grammar,
        "thresholds": {"spun": t.spun, "suspect": t.suspect},
        "rates": {"spun": t.spun_rate, "suspect": t.suspect_rate},
        "articles": t.articles,
        "created": t.created,
        **({"reader": True} if t.reader else {}),
    }
    if t.outlets:
        fields["outlets"] = [each._asdict() for each in t.outlets]
    return json.dumps(fields, indent=1, allow_nan=False) + "\n"


def read_thresholds(path: Path | str) -> OwnThresholds:
    """Read a thresholds file.

    Raises
    ------
    ModelError
        If it is missing, damaged, not a thresholds file or of another version.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "no such name"
        raise ModelError(f"{path}: the thresholds cannot be read ({why}): name a file of unspin calibrate") from error
    try:
        fields = None if len(data) > _MOST_BYTES else json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        fields = None
    schema = fields.get("schema") if isinstance(fields, dict) else None
    name, _, number = schema.partition("/") if isinstance(schema, str) else ("", "", "")
    if not isinstance(fields, dict) or name != SCHEMA:
        raise ModelError(f"{path}: holds no thresholds of unspin, or is damaged: {_AGAIN}")
    if number != str(VERSION):
        raise ModelError(
            f"{path}: was written by another unspin (thresholds of version {number[:8]!r}, this one reads {VERSION}): "
            f"update unspin, or {_AGAIN}"
        )
    try:
        return _checked(fields)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: the thresholds are damaged: {_AGAIN}") from error


def _checked(fields: dict[str, Any]) -> OwnThresholds:
    limits, rates, articles = fields["thresholds"], fields["rates"], fields["articles"]
    made = OwnThresholds(
        model=_text(fields["model"], _MODEL),
        grammar=_text(fields["grammar"], _WORD),
        suspect=_number(limits["suspect"]),
        spun=_number(limits["spun"]),
        suspect_rate=_number(rates["suspect"]),
        spun_rate=_number(rates["spun"]),
        articles=articles,
        created=_text(fields["created"], _WORD),
        reader=fields.get("reader", False) is True,
        outlets=tuple(map(_outlet, fields.get("outlets", []))),
    )
    # A threshold of 0 would accuse everything.
    if not all(
        0.0 < suspect <= spun <= 1.0 for _, suspect, spun, _ in (("", made.suspect, made.spun, 0), *made.outlets)
    ):
        raise ValueError("thresholds")
    if not (0.0 < made.spun_rate < 1.0 and 0.0 < made.suspect_rate < 1.0):
        raise ValueError("rates")
    if not all(
        type(n) is int and 0 < n < _MOST_ARTICLES for n in (articles, *(each.articles for each in made.outlets))
    ):
        raise ValueError("articles")
    return made


def _outlet(fields: dict[str, Any]) -> OutletThresholds:
    name = fields["outlet"]
    if not isinstance(name, str) or not name:
        raise ValueError("an outlet")
    return OutletThresholds(name, _number(fields["suspect"]), _number(fields["spun"]), fields["articles"])


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1 or not math.isfinite(value):
        raise ValueError("a number")
    return float(value)


def _text(value: object, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError("a text")
    return value
