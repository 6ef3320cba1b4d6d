"""The outbox: what a channel was told, after a crash as well."""

from collections.abc import Iterator

import pytest
from audit_fakes import verdict

from detector.audit import outbox
from detector.audit.identity import text_hash
from detector.audit.outbox import Message, Outbox
from detector.audit.place import Place
from detector.audit.row import AuditRow, summarise
from detector.audit.store import Store
from detector.audit.writing import Entry, Writer

LABELS = ("spun",)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """An open store without articles."""
    with Store.open(place) as opened:
        yield opened


@pytest.fixture
def box(store: Store) -> Outbox:
    """The outbox of a channel that was used before."""
    made = Outbox(store, "ours")
    made.begin()
    return made


def add(store: Store, *texts: str) -> None:
    """Judge texts, each at a place of its own."""
    writer = Writer(store, ["a test"], {})
    for text in texts:
        writer.put(Entry(AuditRow(text, text_hash(text), verdict=summarise(verdict(text)))))
    writer.close()


def made(box: Outbox, *labels: str) -> Message | None:
    """A message that lists the ids of its articles."""
    return box.make(labels or LABELS, lambda _, new: ",".join(str(each.id) for each in new))


def body(message: Message | None) -> str:
    """What a message says; "" for none."""
    return "" if message is None else message.body


def test_old_articles_are_not_new(store: Store) -> None:
    """A channel that joins an old store hears only of what comes next, even if that comes before its first message."""
    add(store, "SPUN 1")
    box = Outbox(store, "ours")
    box.begin()
    add(store, "SPUN 2", "clean 3", "SUSPECT 4")
    box.begin()
    assert body(made(box)) == "2"


def test_each_article_is_told_once(store: Store, box: Outbox) -> None:
    """To each channel, and only with a label that the channel wants to hear of."""
    add(store, "SPUN 1", "SUSPECT 2")
    other = Outbox(store, "theirs")
    assert (body(made(box)), made(box), body(made(box, "suspect", "spun"))) == ("1", None, "2")
    assert body(made(other, "suspect", "spun")) == "1,2"


def test_a_verdict_that_stays_is_not_news(store: Store, box: Outbox) -> None:
    """Judged again by a new model, a spun article is not told again."""
    add(store, "SPUN 1")
    made(box)
    add(store, "SPUN 1")
    assert made(box) is None


def test_what_was_not_sent_is_told_again(store: Store, box: Outbox) -> None:
    """A message without a successful attempt is dropped, and the next one holds its articles too."""
    add(store, "SPUN 1")
    first = made(box)
    assert first is not None
    claimed = box.claim(first)
    assert claimed is not None
    assert box.open() == []  # under way
    assert not box.drop(claimed)
    assert box.drop(box.release(claimed))
    add(store, "SPUN 2")
    assert body(made(box)) == "1,2"


def test_a_crash_leaves_the_message(store: Store, box: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claimed and never settled, it stays as it is; only one process takes it over."""
    add(store, "SPUN 1")
    first = made(box)
    assert first is not None
    box.claim(first)
    monkeypatch.setattr(outbox, "LEASE_SECONDS", -1)
    (found,) = box.open()
    assert (found.key, found.body) == (first.key, first.body)
    monkeypatch.setattr(outbox, "now", lambda *_: "2100-01-01T00:00:00Z")
    assert box.claim(found) is not None
    assert box.claim(found) is None
    assert not box.drop(found)


@pytest.mark.parametrize("outcome", ["sent", "unknown"])
def test_what_is_settled_is_done(store: Store, box: Outbox, outcome: str) -> None:
    """Its words are not kept."""
    add(store, "SPUN 1")
    first = made(box)
    assert first is not None
    box.settle(first, outcome)
    assert (box.open(), made(box), box.claim(first)) == ([], None, None)
    assert store.connection.exec_driver_sql("SELECT max(body) FROM messages").fetchone() == ("",)


def test_a_fault_while_composing_stores_nothing(store: Store, box: Outbox) -> None:
    """Neither the message nor that its articles were told."""
    add(store, "SPUN 1")
    with pytest.raises(ZeroDivisionError):
        box.make(LABELS, lambda *_: str(1 // 0))
    assert body(made(box)) == "1"
