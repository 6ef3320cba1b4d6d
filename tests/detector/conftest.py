"""Verdicts made by hand, so that what people see can be tested without a model."""

import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import MappingProxyType

import pytest

import features
from detector.checker import Checker
from detector.verdict import Contribution, Label, Quality, QualityPart, RewritingKind, SentenceScore, Verdict
from features.document import Span
from features.feature import Evidence

# What several folders of tests make their inputs with, found by path: there are no packages below tests/.
sys.path.insert(0, str(Path(__file__).parent / "fakes"))

NAN = math.nan
SIGNATURE = "unspin 0.1.0|model:3f9c2a71|grammar:harper"

SPUN = """\
Harbour Town Rallies Following Bridge Breakdown

PORT ALDEN (Example) - Rescue groups stated on Monday they had accepted to halt the search for two missing ferry \
workers, following a bridge breakdown which murdered three individuals.

The mayor, Ines Calloway, stated the town would never forget. “We lost our neighbours,” she said at a vigil by the \
quay.

A government person, communicating on situation of privacy, stated the bridge's well being had been in doubt since \
the final inspection. Shares in the operator dropped on Wall Road.
"""

CLEAN = """\
Council Approves Night Bus After Two-Year Trial

PORT ALDEN (Example) - The town council agreed on Tuesday to keep the night bus running, two years after a trial \
that officials said had cut drink-driving arrests by a fifth.

“It pays for itself,” said Tom Reyes, who chairs the transport committee. The service will cost 410,000 pounds a year.
"""

SUSPECT = """\
Fishermen in the northern villages said on Thursday that the season had started late. The catch was lower than the \
preceding year, the harbour office stated, and costs had increased. “We manage,” said one captain. The ministry did \
not instantly respond to a request for comment.
"""


def places(text: str, wording: str) -> list[Span]:
    """Every whole-word place of a wording."""
    found = [Span(*m.span()) for m in re.finditer(rf"(?<!\w){re.escape(wording)}(?!\w)", text)]
    assert found, f"no {wording!r} in the text"
    return found


def marked(
    text: str, wording: str, *expected: str, feature: str = "odd_synonyms", weight: float = 0.9, message: str = ""
) -> list[Evidence]:
    """Evidence at every place of a wording."""
    said = message or f"“{wording}” is odd here; “{expected[0]}” would be usual." if expected else message
    return [Evidence(feature, span, said, expected, weight) for span in places(text, wording)]


def verdict_of(
    text: str,
    label: Label,
    probability: float,
    evidence: Iterable[Evidence] = (),
    *,
    source: str = "story.txt",
    note: str = "",
    quality: float = 50.0,
    kinds: Mapping[str, float] = MappingProxyType({}),
) -> Verdict:
    """A whole verdict around a text; sentences score near the article's probability."""
    # Cut by hand: these outputs must not change with the tokeniser.
    cut = [Span(*m.span()) for m in re.finditer(r"\S.*?(?:[.!?][”\"]?(?=\s)|$)", text, re.MULTILINE)]
    judged = not math.isnan(probability)
    marks = tuple(sorted(evidence, key=lambda e: e.span))
    sentences = tuple(
        SentenceScore(
            span,
            round(min(0.99, probability * (0.4 + 0.3 * sum(span.start <= e.span.start < span.end for e in marks))), 3)
            if judged and span.end - span.start > 20
            else NAN,
        )
        for span in cut
    )
    lean = probability - 0.5
    contributions = (
        Contribution("odd_synonyms_per_1000_words", 240 * probability, "per 1,000 words",
                     "Words that fit their place worse than one of their synonyms.", 6 * lean, "odd_synonyms"),
        Contribution("said_share", 1 - probability, "share",
                     "Share of attributions that use “said”.", 2.5 * lean, "attribution"),
        Contribution("quote_contrast", 0.31, "nats",
                     "How much more usual the quotes are than the prose around them.", 0.4, "odd_synonyms"),
        Contribution("grammar_errors_per_1000_words", NAN, "per 1,000 words",
                     "Grammar errors outside quotes.", -0.1, "grammar"),
        Contribution("place_names_share", 0.04, "share", "Share of words that are names of places.", -0.6),
    ) if judged else ()  # fmt: skip
    parts = (
        QualityPart("odd_wordings", 240 * probability, "per 1,000 words", quality - 10, "Odd wordings."),
        QualityPart("fluency", -7.21, "nats", quality + 10, "How usual the word sequences are."),
        QualityPart("grammar", NAN, "per 1,000 words", NAN, "Grammar errors outside quotes."),
    ) if judged else ()  # fmt: skip
    return Verdict(
        label=label,
        probability=probability,
        threshold=0.93,
        suspect_threshold=0.6,
        quality=Quality(quality if judged else NAN, parts),
        contributions=tuple(sorted(contributions, key=lambda c: -abs(c.log_odds))),
        evidence=marks,
        sentences=sentences,
        words=len(re.findall(r"\w+", text)),
        signature=SIGNATURE,
        text=text,
        source=source,
        note=note,
        spun_rate=0.005,
        suspect_rate=0.02,
        calibration_articles=4120,
        kinds=tuple(RewritingKind(name, share) for name, share in kinds.items()),
    )


def spun() -> Verdict:
    """An article full of substitutions, with repeats, phrases, overlaps and marks of other kinds."""
    return verdict_of(
        SPUN,
        Label.SPUN,
        0.9973,
        [
            *marked(SPUN, "stated", "said", "announced", weight=0.97),
            *marked(SPUN, "accepted to", "agreed to", weight=0.99),
            *marked(SPUN, "Following", "After", weight=0.71),
            *marked(SPUN, "following", "after", weight=0.88),
            *marked(SPUN, "breakdown", "collapse", "failure", weight=0.9),
            *marked(SPUN, "murdered", "killed", weight=0.98),
            *marked(SPUN, "individuals", "people", weight=0.93),
            *marked(SPUN, "person", "official", "source", weight=0.8),
            *marked(SPUN, "communicating", "speaking", "talking", weight=0.92),
            *marked(SPUN, "situation of privacy", "condition of anonymity", weight=0.995),
            *marked(SPUN, "well being", "safety", "health", feature="tell_tales", weight=0.75),
            *marked(SPUN, "Wall Road", "Wall Street", feature="country_names", weight=1.0),
            *marked(SPUN, "a bridge breakdown which", feature="ngram_oddity", weight=0.4,
                    message="These words hardly ever stand together."),
            *marked(SPUN, "Monday they", "Monday that they", feature="grammar", weight=0.3,
                    message="A word seems to be missing."),
            *marked(SPUN, "final", "last", "latest", weight=0.61),
        ],
        quality=14.0,
        kinds={"synonyms": 0.88, "language_model": 0.09, "translation": 0.03},
    )  # fmt: skip


def clean() -> Verdict:
    """Honest copy without a mark."""
    return verdict_of(CLEAN, Label.CLEAN, 0.004, quality=81.0, kinds={"translation": 0.6, "synonyms": 0.4})


def suspect() -> Verdict:
    """Between the thresholds."""
    return verdict_of(
        SUSPECT,
        Label.SUSPECT,
        0.71,
        [
            *marked(SUSPECT, "stated", "said", weight=0.64),
            *marked(SUSPECT, "preceding", "previous", weight=0.52),
            *marked(SUSPECT, "instantly respond", "immediately respond", weight=0.81),
        ],
        source="incoming/fish catch.md",
        note="LanguageTool did not answer, so grammar was not measured.",
        quality=44.0,
        kinds={"language_model": 0.52, "synonyms": 0.33, "translation": 0.15},
    )


def too_short() -> Verdict:
    """Three words."""
    return verdict_of(
        "Mayor resigns today",
        Label.TOO_SHORT,
        NAN,
        source="brief.txt",
        note="3 words; at least 120 are needed.",
    )


def not_english() -> Verdict:
    """French."""
    text = "Le maire a démissionné mardi, a indiqué la préfecture. « Nous restons », a-t-il dit.\n"
    return verdict_of(text, Label.NOT_ENGLISH, NAN, source="dépêche.txt", note="2 of 16 words are English.")


def emoji() -> Verdict:
    """Code points beyond the basic plane, joined emoji, wide characters and CRLF before a mark."""
    text = "🚒👩‍🚒 Crews in 東京 put out the blaze\r\nby dawn 🔥, officials stated.\r\n\r\nNobody was murdered.\r\n"
    return verdict_of(
        text,
        Label.SUSPECT,
        0.66,
        [*marked(text, "stated", "said", weight=0.9), *marked(text, "murdered", "killed", weight=0.95)],
        source="🔥.txt",
    )


def right_to_left() -> Verdict:
    """Arabic and Hebrew names, a direction override, a zero-width space and a Cyrillic letter in a word."""
    text = "The spokesman (محمد العلي) stated\u202e that שלום was a greeting. The pаrty\u200b agreed.\n"
    return verdict_of(
        text,
        Label.CLEAN,
        0.2,
        [
            *marked(text, "stated", "قال", weight=0.5),
            *marked(text, "pаrty", "party", feature="hidden_characters", weight=0.9,
                    message="A Cyrillic letter stands inside an English word."),
        ],
        source="תיק/خبر.txt",
    )  # fmt: skip


CASES = {case.__name__: case for case in (spun, clean, suspect, too_short, not_english, emoji, right_to_left)}


@pytest.fixture
def verdicts() -> dict[str, Verdict]:
    """One verdict of each sort, by name."""
    return {name: case() for name, case in CASES.items()}


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> tuple[str, Verdict]:
    """Each of the verdicts in turn, with its name."""
    name: str = request.param
    return name, CASES[name]()


@pytest.fixture(scope="session")
def seeds() -> dict[str, str]:
    """The seed articles and their rewrites, by file name."""
    folder = Path(features.__file__).parents[1] / "seeds" / "texts"
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}


@pytest.fixture(scope="session")
def checker() -> Iterator[Checker]:
    """The embedded model without a grammar checker: what most tests of judging need, and quick."""
    with closing(Checker(grammar="none")) as made:
        yield made


class Site:
    """A web site of our own on loopback: what stands in ``pages`` is answered, all else is 404."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: bytes | str, content_type: str = "text/html; charset=utf-8") -> str:
        """Add a page; gives its address."""
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = (200, {"Content-Type": content_type}, data)
        return self.url(path)

    def move(self, path: str, location: str, status: int = 302) -> str:
        """Add a redirect; gives its address."""
        self.pages[path] = (status, {"Location": location}, b"")
        return self.url(path)


@pytest.fixture
def site() -> Iterator[Site]:
    """A server that answers until the test is over; whoever hangs in it is left behind."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            answer = made.pages.get(self.path, (404, {}, b"nothing"))
            if callable(answer):
                answer(self)
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests need no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    made = Site(server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
