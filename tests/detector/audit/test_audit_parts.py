"""The small parts of an audit: near-duplicates, reading ahead, counting, progress, watching."""

import bz2
import gzip
import io
import json
import lzma
import queue
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from audit_fakes import SIGNATURE, FakeMaker, records, verdict

from detector.audit import audit
from detector.audit.addresses import Addresses
from detector.audit.counting import count, count_beside
from detector.audit.identity import key_of, origin_of, storable, text_hash
from detector.audit.near_duplicates import SAME, bands, similarity, sketch
from detector.audit.progress import Progress
from detector.audit.reading import End, Found, Gate, read_ahead
from detector.audit.row import AuditRow, summarise
from detector.audit.sources import RawItem
from detector.audit.store import Store
from detector.audit.tally import Tally
from detector.audit.watch import repeat, seconds_of
from detector.audit.writing import Entry, Writer
from detector.errors import UnspinError
from detector.verdict import Label

FIRST_SKETCH = "8975215a8085b12cbc7a6115529c1e06d13a41044e77e402"


def words(count: int, seed: int) -> list[str]:
    """Random words."""
    chance = random.Random(seed)
    return [f"w{chance.randrange(4000)}" for _ in range(count)]


def jaccard(one: list[str], other: list[str]) -> float:
    """The true similarity that sketches estimate."""
    runs = [{tuple(text[i : i + 4]) for i in range(len(text) - 3)} for text in (one, other)]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


class TestNearDuplicates:
    """Sketches of texts."""

    @pytest.mark.parametrize("kept", [100, 300, 400, 500, 600])
    def test_the_estimate_is_near_the_truth(self, kept: int) -> None:
        """On average over fifty pairs, the estimated similarity is within three points of the true one."""
        truth, estimate = 0.0, 0.0
        for seed in range(50):
            one = words(600, seed)
            other = one[:kept] + words(600 - kept, seed + 1000)
            truth += jaccard(one, other) / 50
            estimate += similarity(sketch(" ".join(one)), sketch(" ".join(other))) / 50
        assert abs(truth - estimate) < 0.03

    def test_near_duplicates_share_a_band(self) -> None:
        """Of copies with one word in forty changed, nearly all are found; of different texts, none."""
        found, wrong = 0, 0
        for seed in range(100):
            one = words(400, seed)
            other = [word if place % 40 else "changed" for place, word in enumerate(one)]
            assert jaccard(one, other) > SAME
            found += bool(set(bands(sketch(" ".join(one)))) & set(bands(sketch(" ".join(other)))))
            wrong += bool(set(bands(sketch(" ".join(one)))) & set(bands(sketch(" ".join(words(400, seed + 500))))))
        assert found >= 99
        assert wrong == 0

    def test_sketches_never_change(self) -> None:
        """Stores hold them for years: a sketch of today is compared with those of the first version."""
        assert sketch("Talks on water rights ended without an agreement late on Friday, officials said.").hex()[
            :48
        ] == (FIRST_SKETCH)

    @pytest.mark.parametrize("text", ["", "  ...", "\ud800", "a", "🔥", "x" * 1_000_000, "a " * 300_000])
    def test_any_text_has_a_sketch(self, text: str) -> None:
        """Nothing raises, and a text with words is like itself."""
        made = sketch(text)
        assert len(made) in {0, 320}
        assert similarity(made, made) == float(bool(made))
        assert len(bands(made)) == (20 if made else 0)


class TestIdentity:
    """Which article is which."""

    def test_place_and_text_make_the_key(self) -> None:
        """Neither can pretend to be the other."""
        keys = {key_of("a", None), key_of("a", "b"), key_of("b", "a"), key_of("b", None), key_of("\ud800", None)}
        assert len(keys) == 5

    @pytest.mark.parametrize(
        ("source", "url", "outlet", "origin"),
        [
            ("x", "http://[broken", None, "x"),
            ("https://www.example.org/feed.xml!guid", None, None, "example.org"),
            ("a/b/c.txt", None, "  ", "a/b"),
            ("https://user@example.org:8080/a", None, None, "example.org"),
        ],
    )
    def test_whom_an_article_counts_for(self, source: str, url: str | None, outlet: str | None, origin: str) -> None:
        """Addresses that are broken do not stop anything."""
        assert origin_of(source, url, outlet) == origin

    def test_spans_stay_where_they_are(self) -> None:
        """What cannot be stored is replaced one for one."""
        assert storable("a\0b\udfffc🔥", None) == "a\ufffdb\ufffdc🔥"


class TestReadingAhead:
    """As far as there is room and no further."""

    def test_the_reader_waits_for_room(self) -> None:
        """With room for three, a fourth record is read only when one has left."""
        given: list[Found | End] = []
        gate, three = Gate(3, 1_000_000), threading.Event()

        def give(found: Found | End) -> None:
            given.append(found)
            if len(given) == 3:
                three.set()

        thread = read_ahead(records(*"abcde"), gate, give)
        assert three.wait(10)
        thread.join(0.2)
        assert len(given) == 3
        for _ in range(5):
            gate.leave(1)
        thread.join(10)
        assert [type(found) for found in given] == [Found] * 5 + [End]

    def test_one_heavy_record_passes_alone(self) -> None:
        """A record heavier than all that may be inside is let in when nothing else is."""
        gate = Gate(10, 100)
        assert gate.enter(1000)
        entered = threading.Event()

        def enter() -> None:
            gate.enter(1)
            entered.set()

        threading.Thread(target=enter, daemon=True).start()
        assert not entered.wait(0.1)
        gate.leave(1000)
        assert entered.wait(10)

    def test_a_closed_gate_ends_the_reading(self) -> None:
        """When the audit is over nobody waits at the gate for ever."""
        gate = Gate(1, 100)
        given: list[Found | End] = []
        thread = read_ahead(records(*"abc"), gate, given.append)
        gate.close()
        thread.join(10)
        assert not thread.is_alive()

    def test_an_error_of_the_reader_is_given_last(self) -> None:
        """It is handed over like everything else, and raised where somebody can deal with it."""

        def breaking() -> Iterator[RawItem]:
            yield from records("a")
            raise UnspinError("gone.")

        given: list[Found | End] = []
        read_ahead(breaking(), Gate(), given.append).join(10)
        last = given[-1]
        assert isinstance(last, End)
        assert str(last.error) == "gone."


class TestCounting:
    """How many articles there are, where that is cheap to know."""

    LINES = b"".join(json.dumps({"text": str(n)}).encode() + b"\n" for n in range(1000))

    @pytest.mark.parametrize(
        ("name", "pack"),
        [
            ("a.jsonl", bytes),
            ("a.jsonl", lambda data: data.rstrip(b"\n")),
            ("a.jsonl.xz", lzma.compress),
            ("a.jsonl.gz", gzip.compress),
            ("a.jsonl.bz2", bz2.compress),
        ],
    )
    def test_lines_are_counted(self, tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
        """JSON Lines, packed or not, with or without a last line break."""
        (tmp_path / name).write_bytes(pack(self.LINES))
        assert count([str(tmp_path / name)]) == 1000

    def test_files_of_a_folder_are_counted(self, tmp_path: Path) -> None:
        """Single articles, one a file, and JSON Lines among them."""
        (tmp_path / "in").mkdir()
        for name in ("a.txt", "in/b.html", "in/c.md"):
            (tmp_path / name).write_text("x")
        (tmp_path / "in" / "d.jsonl").write_bytes(self.LINES)
        assert count([str(tmp_path)]) == 1003

    @pytest.mark.parametrize("content", [b"", b"<rss/>", b"a,b\n1,2\n", b"[1]\n", b"\x1f\x8bbroken", b"{\n"])
    def test_what_would_cost_is_not_counted(self, tmp_path: Path, content: bytes) -> None:
        """Feeds, tables, broken files and addresses are not counted; nothing is raised."""
        (tmp_path / "a").write_bytes(content)
        assert count([str(tmp_path / "a")]) is None
        assert count(["https://example.org/feed.xml"]) is None

    def test_counting_does_not_keep_anybody_waiting(self, tmp_path: Path) -> None:
        """It happens beside the audit, and the number is told when it is there."""
        (tmp_path / "a.jsonl").write_bytes(self.LINES)
        told: queue.SimpleQueue[int] = queue.SimpleQueue()
        count_beside([str(tmp_path / "a.jsonl")], told.put)
        assert told.get(timeout=10) == 1000


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class TestProgress:
    """What a person sees."""

    def test_plain_lines_where_there_is_no_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A line now and then, rarer as time goes by, without control characters."""
        now = 0.0
        monkeypatch.setattr("detector.audit.progress.time.monotonic", lambda: now)
        stream, tally = io.StringIO(), Tally(total=10_000, labels=Counter({Label.SPUN: 7}))
        with Progress(tally, stream) as progress:
            for second in range(601):
                now = float(second)
                tally.judged = 10 * second
                progress.tick()
        lines = stream.getvalue().splitlines()
        assert lines[0] == "unspin: 100 of 10,000 articles, 10 a second, 16 min left; 7 spun, 0 suspect, 0 errors"
        assert 5 < len(lines) < 30
        assert "\x1b" not in stream.getvalue()

    def test_a_bar_on_a_terminal(self) -> None:
        """One line that changes, and goes away at the end."""
        stream = Terminal()
        with Progress(Tally(judged=5, total=10), stream) as progress:
            progress.tick()
        assert "5 of 10 articles" in stream.getvalue()

    def test_a_total_that_turned_out_too_small_is_not_told(self) -> None:
        """Nobody reads `12 of 10`."""
        stream = Terminal()
        with Progress(Tally(judged=12, total=10), stream) as progress:
            progress.tick()
        assert "12 articles" in stream.getvalue()


class TestWatching:
    """Again and again."""

    @pytest.mark.parametrize("said", ["", "15", "m", "15x", "-5m", "0s", "15m nonsense", "367d", f"{'9' * 400}h"])
    def test_what_is_no_time_is_refused(self, said: str) -> None:
        """Mistyped, or too short or too long to be meant, or to be waited."""
        with pytest.raises(UnspinError, match="“"):
            seconds_of(said)

    def test_looks_begin_at_equal_distances(self) -> None:
        """Time that a look took is taken off the wait; a long one is followed at once."""
        now, looks, rests = 0.0, [5.0, 70.0, 0.0], list[float]()

        def look() -> None:
            nonlocal now
            now += looks[len(rests)]

        def rest(seconds: float) -> None:
            nonlocal now
            now += seconds
            rests.append(seconds)
            if len(rests) == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            repeat(look, 60.0, tell=print, rest=rest, clock=lambda: now)
        assert rests == [55.0, 0.0, 60.0]

    def test_a_later_look_may_fail(self) -> None:
        """A full disk is told and tried again; what never worked is raised."""
        told, looks = list[str](), 0

        def look() -> None:
            nonlocal looks
            looks += 1
            if looks == 2:
                raise UnspinError("the disk is full.")
            if looks == 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            repeat(look, 60.0, tell=told.append, rest=lambda _: None)
        assert (told, looks) == (["the disk is full."], 4)

        def never() -> None:
            raise UnspinError("no model.")

        with pytest.raises(UnspinError):
            repeat(never, 60.0, tell=told.append)


class TestAddresses:
    """What need not be fetched again."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """A store with an article of each sort; its file."""
        path = tmp_path / "audit.sqlite"
        with Store.open(path) as store:
            writer = Writer(store, [], {})
            for word in ("SPUN", "TOO_SHORT"):
                row = AuditRow(word, text_hash(word), f"https://e.org/{word}", verdict=summarise(verdict(word)))
                writer.put(Entry(row))
            for kind in ("fetch", "no_text"):
                writer.put(Entry(AuditRow(kind, url=f"https://e.org/{kind}", error="x.", error_kind=kind)))
            writer.close()
        return path

    @pytest.mark.parametrize(
        ("address", "signature", "retry", "known"),
        [
            ("SPUN", "", False, True),
            ("SPUN", SIGNATURE, False, True),
            ("SPUN", "another model", False, False),
            ("TOO_SHORT", "", False, False),
            ("fetch", "", False, True),
            ("fetch", "", True, False),
            ("no_text", "", False, False),
            ("never seen", "", False, False),
        ],
    )
    def test_what_is_known(self, path: Path, address: str, signature: str, retry: bool, known: bool) -> None:
        """Only what was judged, or failed and is not to be tried again; each is counted."""
        counted: list[Label | None] = []
        addresses = Addresses(
            path, signature=lambda: signature, retry_errors=retry, count=lambda label, *_: counted.append(label)
        )
        assert addresses.known(f"https://e.org/{address}") is known
        assert counted == ([Label.SPUN if address == "SPUN" else None] if known else [])
        addresses.close()

    def test_the_readers_ask(self, path: Path, tmp_path: Path) -> None:
        """A list of addresses that are all known fetches none, and they count in the answer."""
        (tmp_path / "list.txt").write_text("https://e.org/SPUN\nhttps://e.org/fetch\n")
        tally = Tally()
        assert list(audit([str(tmp_path / "list.txt")], store=path, jobs=0, checker=FakeMaker(), tally=tally)) == []
        assert (tally.known, tally.failed_before, tally.labels[Label.SPUN]) == (1, 1, 1)
