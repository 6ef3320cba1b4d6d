"""A judge that does what the article tells it to, in any process."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from detector.audit.sources import RawItem
from detector.errors import GrammarError, ModelError, UnreadableError
from detector.verdict import Contribution, Label, Quality, QualityPart, Verdict
from features.document import Document, Span
from features.feature import NAN, Evidence

SIGNATURE = "unspin 0 | model aaaaaaaa | grammar none"


@dataclass(frozen=True)
class FakeMaker:
    """Makes a :class:`FakeJudge`.

    Parameters
    ----------
    signature : str
    log : str
        A file to which every judged text is appended, one a line; "" for none.
    seconds : float
        How long judging takes.
    """

    signature: str = SIGNATURE
    log: str = ""
    seconds: float = 0.0

    def __call__(self) -> "FakeJudge":
        """A judge; or the error of a model that is not there."""
        if self.signature == "no model":
            raise ModelError("the model is not there: install unspin again.")
        return FakeJudge(self)


@dataclass(frozen=True)
class FakeJudge:
    """Reads its verdict, its error or its death from the article."""

    maker: FakeMaker

    @property
    def signature(self) -> str:
        """As the maker says."""
        return self.maker.signature

    def check(self, document: Document) -> Verdict:
        """Do as the text says."""
        text = document.text
        if self.maker.log:
            with Path(self.maker.log).open("a", encoding="utf-8") as log:
                log.write(text.splitlines()[0] + "\n")
        time.sleep(self.maker.seconds)
        if "KILL ONCE" in text and not Path(text.split()[-1]).exists():
            Path(text.split()[-1]).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if "KILL ALWAYS" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "HANG" in text:
            time.sleep(600)
        if "FAULT" in text:
            raise ValueError(text)
        if "TOO LONG" in text:
            raise UnreadableError("too long: give one article.")
        if "GRAMMAR" in text:
            raise GrammarError("the server does not answer.")
        return verdict(text, signature=self.signature, source=document.source)


@dataclass(frozen=True)
class OutletMaker(FakeMaker):
    """Makes a judge to which every article of the outlet Mill is clean."""

    by_outlet: bool = True

    def __call__(self) -> "OutletJudge":
        """A judge."""
        return OutletJudge(self)


@dataclass(frozen=True)
class OutletJudge(FakeJudge):
    """Judges with the thresholds of the article's outlet."""

    outlet: str = ""

    def of_outlet(self, outlet: str) -> "OutletJudge":
        """The judge of an outlet."""
        return replace(self, outlet=outlet)

    def check(self, document: Document) -> Verdict:
        """Whatever Mill writes is clean."""
        found = super().check(document)
        return replace(found, label=Label.CLEAN) if self.outlet == "Mill" else found


def verdict(text: str, *, signature: str = SIGNATURE, source: str = "-") -> Verdict:
    """A verdict whose label stands in the text."""
    label = next((label for label in Label if label.value.upper() in text.split()), Label.CLEAN)
    probability = {Label.CLEAN: 0.01, Label.SUSPECT: 0.7, Label.SPUN: 0.99}.get(label, NAN)
    made = Verdict(
        label=label,
        probability=probability,
        threshold=0.9,
        suspect_threshold=0.6,
        quality=Quality(NAN if probability != probability else 50.0, (QualityPart("wording", 1.5, "x", 40.0, "m"),)),  # noqa: PLR0124 - NaN
        contributions=(
            Contribution("odd_words_share", 0.25, "share", "meaning", 1.0, "odd_synonyms"),
            Contribution("gaps_share", NAN, "share", "meaning", 0.0, "odd_synonyms"),
        ),
        evidence=(Evidence("odd_synonyms", Span(0, min(4, len(text))), "odd here", ("better",), 0.9),) if text else (),
        sentences=(),
        words=len(text.split()),
        signature=signature,
        text=text,
        source=source,
        spun_rate=0.005,
        suspect_rate=0.02,
        calibration_articles=4000,
    )
    return made if probability == probability else replace(made, contributions=())  # noqa: PLR0124 - as above


def records(*texts: str, name: str = "feed.jsonl") -> list[RawItem]:
    """One record for each text, at its own place."""
    return [RawItem(f"{name}:{number}", data=text) for number, text in enumerate(texts, 1)]


def different(count: int) -> Iterator[str]:
    """Texts that have nothing in common."""
    for number in range(count):
        yield " ".join(f"word{number}x{place}" for place in range(20))
