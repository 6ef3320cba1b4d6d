"""Whatever is wrong with a source is one clear error, and the rest goes on."""

import gzip
import json
import lzma
import os
import zipfile
from collections.abc import Callable
from itertools import chain, count
from pathlib import Path

import pytest
from packed_files import tarred, zipped

from detector.audit.item import Item
from detector.audit.sources import ArchiveLimits, SourceOptions, read_raw, read_sources
from detector.audit.sources.raw import as_utf8
from detector.read import Limits

Gather = Callable[..., list[Item]]
Texts = Callable[..., list[str]]
SMALL = ArchiveLimits(most_bytes=3_000_000, expansion_from=500_000, most_members=50)
LINES = b"".join(b'{"text": "%s %d"}\n' % (os.urandom(200).hex().encode(), number) for number in range(500))


class TestDamagedFiles:
    """Files that break off or do not unpack."""

    def test_truncated_gzip(self, gather: Gather) -> None:
        """What stands before the break is read; the rest is one error that says so."""
        packed = gzip.compress(LINES)
        found = gather(name="a.jsonl.gz", data=packed[: len(packed) // 2])
        assert len(found) > 100
        assert [item.error_kind for item in found[:-1]] == [None] * (len(found) - 1)
        assert f"the {len(found) - 1:,} articles before that were read" in str(found[-1].error)

    @pytest.mark.parametrize("cut", [6, 12, 30, 100])
    def test_truncated_early(self, gather: Gather, cut: int) -> None:
        """A break in the first bytes is an error as well."""
        for packed in (gzip.compress(LINES), lzma.compress(LINES)):
            found = gather(name="a.gz", data=packed[:cut])
            assert found[-1].error_kind in {"damaged", "malformed"}

    def test_damaged_in_the_middle(self, gather: Gather) -> None:
        """A flipped byte ends the source, and the next source is read."""
        packed = bytearray(gzip.compress(LINES))
        packed[len(packed) // 2] ^= 0xFF
        assert gather(name="a.jsonl.gz", data=bytes(packed))[-1].error_kind == "damaged"

    def test_truncated_archives(self, gather: Gather) -> None:
        """A zip without its directory and a tar that ends in a member are told from whole ones."""
        assert gather(name="a.zip", data=zipped({"a.txt": "one"})[:-10])[-1].error_kind == "damaged"
        found = gather(name="a.tar", data=tarred(dict.fromkeys(("a.txt", "b.txt"), b"word " * 600))[:5000])
        assert found[0].error is None
        assert found[-1].error_kind == "damaged"

    def test_a_damaged_member(self, texts: Texts) -> None:
        """A member with a wrong checksum is an error; the other members are read."""
        whole = zipped({name: f"story {name}" for name in ("a.txt", "b.txt", "c.txt")}, zipfile.ZIP_STORED)
        broken = whole.replace(b"story b.txt", b"story X.txt")
        assert texts(name="a.zip", data=broken) == ["story a.txt", "[damaged]", "story c.txt"]

    def test_damaged_parquet(self, gather: Gather) -> None:
        """Something that only begins like Parquet."""
        assert gather(name="a.parquet", data=b"PAR1" + b"\0" * 500 + b"PAR1")[0].error_kind == "damaged"

    def test_truncated_warc(self, gather: Gather) -> None:
        """A web archive that ends in a header."""
        assert gather(name="a.warc", data=b"WARC/1.0\r\nWARC-Type: resp")[0].error_kind in {"damaged", "no_text"}

    def test_warc_with_a_wrong_length(self, gather: Gather, capfd: pytest.CaptureFixture[str]) -> None:
        """What stands behind a record of a wrong length is not printed: it may be an article."""
        record = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nunpublished copy\r\n\r\n"
        assert gather(name="a.warc", data=record * 2)
        assert "copy" not in "".join(capfd.readouterr())

    def test_truncated_xml(self, gather: Gather) -> None:
        """Feeds and wires that break off give what is whole, and an error."""
        item = "<item><guid>{}</guid><description>Text here.</description></item>"
        feed = "<rss version='2.0'><channel>" + "".join(item.format(n) for n in range(9)) + "<item><desc"
        found = gather(name="f.xml", data=feed)
        assert len(found) >= 9
        assert found[-1].error_kind == "damaged"
        wire = '<newsMessage><newsItem guid="a"><inlineXML><p>One.</p></inlineXML></newsItem><newsItem guid="b"><inl'
        found = gather(name="w.xml", data=wire)
        assert [each.error_kind for each in found] == [None, "damaged"]


class TestAttacks:
    """Input that is made to do harm."""

    @pytest.mark.parametrize("pack", [gzip.compress, lzma.compress], ids=["gzip", "xz"])
    def test_packed_bomb(self, gather: Gather, pack: Callable[[bytes], bytes]) -> None:
        """A packed file that unpacks to far too much is given up."""
        found = gather(name="a.gz", data=pack((b'{"text": "' + b"a" * 9000 + b'"}\n') * 300), archives=SMALL)
        assert found[-1].error_kind == "unsafe"
        assert "times its size" in str(found[-1].error)

    def test_zip_bomb(self, gather: Gather) -> None:
        """A zip bomb is one error for the archive, after what was harmless in it; so is one inside another archive."""
        bomb = zipped(
            {"a.txt": b"fine", "b.jsonl": (b'{"text": "' + b"a" * 9000 + b'"}\n') * 300, "c.txt": b"never read"}
        )
        found = gather(name="a.zip", data=bomb, archives=SMALL)
        assert found[-1].error_kind == "unsafe"
        assert found[-1].source.endswith("a.zip")
        assert found[0].document is not None
        outer = zipped({"one.txt": b"one", "bomb.zip": bomb, "two.txt": b"two"})
        texts = [item.document.text if item.document else item.error_kind for item in gather(
            name="b.zip", data=outer, archives=SMALL)]  # fmt: skip
        assert texts[0] == "one"
        assert texts[-2:] == ["unsafe", "two"]

    def test_too_many_members(self, gather: Gather) -> None:
        """An archive of too many files is given up after as many as are allowed."""
        found = gather(name="a.zip", data=zipped({f"{n}.txt": b"x" for n in range(60)}), archives=SMALL)
        assert len(found) == 51
        assert "more than 50 files" in str(found[-1].error)

    def test_nested_packings(self, gather: Gather) -> None:
        """A file packed again and again is not unpacked for ever."""
        data = b"text"
        for _ in range(10):
            data = gzip.compress(data)
        (item,) = gather(name="a.gz", data=data)
        assert item.error_kind == "too_large"

    @pytest.mark.parametrize("root", ["rss", "urlset", "nitf", "newsItem", "feed", "html"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    @pytest.mark.parametrize(
        "declared",
        [
            '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">',
            '<!ENTITY c SYSTEM "file:///etc/passwd">',
            '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;',
        ],
    )
    def test_entities(self, gather: Gather, root: str, encoding: str, declared: str) -> None:
        """Entity bombs and external entities are refused before anything is expanded or loaded."""
        xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{declared}]><{root}><p>&c;</p></{root}>'
        (item,) = gather(name="a.xml", data=xml.encode(encoding))
        assert item.error_kind == "unsafe"
        assert "declares XML entities" in str(item.error)

    def test_deep_nesting(self, gather: Gather) -> None:
        """JSON and XML nested a hundred thousand deep."""
        deep = "[" * 100_000
        assert gather(name="a.jsonl", data='{"text": ' + deep + '\n{"text": "b"}\n')[1].document is not None
        assert gather(name="a.json", data=deep)[-1].error is not None
        assert gather(name="a.xml", data="<nitf>" + "<p>" * 100_000)[-1].error is not None
        assert gather(name="a.rss", data="<rss version='2.0'>" + "<channel>" * 20_000)[-1].error is not None


class TestBadRecords:
    """One bad record costs one record."""

    def test_one_bad_line(self, gather: Gather) -> None:
        """A line that is no JSON among many."""
        lines = LINES.splitlines(keepends=True)
        lines[234] = b'{"text": "oh\n'
        found = gather(name="a.jsonl", data=b"".join(lines))
        assert len(found) == 500
        assert [(item.source[-4:], item.error_kind) for item in found if item.error] == [(":235", "malformed")]
        (said,) = [item.error for item in found if item.error]
        assert "(invalid control character at character 13)" in said

    def test_the_first_line(self, gather: Gather) -> None:
        """A bad first line does not hide what the file is."""
        assert [item.error_kind for item in gather(name="a", data=b'{"text: 1}\n' + LINES[:2000])][:2] == [
            "malformed",
            None,
        ]

    def test_other_values(self, gather: Gather) -> None:
        """Lines of JSON that are no records, empty texts, numbers and null bytes."""
        data = '1\n[]\n"x"\nnull\n{"text": ""}\n{"text": 5}\n{"text": {"a": 1}}\n{"text": "\\u0000"}\n{"text": "a"}\n{}'
        assert [item.error_kind for item in gather(name="a.jsonl", data=data)] == [
            *["malformed"] * 4, "no_text", "malformed", "columns", "unreadable", None, "columns",
        ]  # fmt: skip

    def test_halves_of_characters(self, texts: Texts) -> None:
        """Halves of surrogate pairs become the character they make, or U+FFFD."""
        assert texts(name="a.jsonl", data='{"text": "a \\ud83d b \\ud83d\\ude00"}') == ["a \ufffd b 😀"]
        assert as_utf8("\ud83d\ude00").decode() == "😀"

    def test_long_lines(self, gather: Gather) -> None:
        """A line over the limit is passed over, not held in memory."""
        data = b'{"text": "a"}\n{"text": "' + b"x" * 3_000_000 + b'"}\n{"text": "b"}\n'
        found = gather(name="a.jsonl", data=data, most_record_bytes=1_000_000)
        assert [item.error_kind for item in found] == [None, "too_large", None]

    def test_wrong_charset(self, texts: Texts) -> None:
        """Lines and rows in another encoding than the others are read as what they are."""
        odd = '{"text": "The café said “no” on Monday."}'.encode("cp1252")
        assert texts(name="a.jsonl", data=b'{"text": "caf\xc3\xa9"}\n' + odd) == [
            "café",
            "The café said “no” on Monday.",
        ]
        rows = b"text,id\ncaf\xc3\xa9,1\n" + "The café said “no” on Monday.,2\n".encode("cp1252")
        assert texts(name="a.csv", data=rows) == ["café", "The café said “no” on Monday."]
        page = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><item><description>Café</description>'
        latin = (page + "</item></channel></rss>").encode("latin-1")
        assert texts(name="a.rss", data=latin) == ["Café"]

    def test_broken_quoting(self, gather: Gather) -> None:
        """A quotation mark that is never closed costs its row; the rows below are read."""
        rows = ["id,text"] + [f'{n},"story {n}"' for n in range(300)]
        rows[100] = '99,"never closed'
        rows[150] = '149,"a "quoted" word"'
        rows[200] = "199,one,too,many"
        found = gather(name="a.csv", data="\n".join(rows))
        assert [(item.source.rpartition(":")[2], item.error_kind) for item in found if item.error] == [
            ("101", "malformed"), ("151", "malformed"), ("201", "malformed"),
        ]  # fmt: skip
        assert len(found) == 300

    def test_quote_open_to_the_end(self, gather: Gather) -> None:
        """Also where no other quotation mark follows, and the last row is the broken one."""
        found = gather(name="a.csv", data='id,text\n1,"open\n2,two\n3,three\n4,"open')
        assert [item.error_kind for item in found] == ["malformed", None, None, "malformed"]

    @pytest.mark.parametrize("key", ["", "{}|"], ids=["no key", "key"])
    @pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
    def test_rows_are_swallowed_by_no_cell(self, texts: Texts, key: str, delimiter: str) -> None:
        """A mark that is never closed, and far below one that was never opened: what stands between is no paragraph."""
        rows = ["It rained.", '"We won.', "He left.", "She came in 1999.", 'He is 6 feet 2"', "It ended."]
        lines = [key.format(n) + f"{row}|Alden" for n, row in enumerate(rows)]
        lines.insert(0, ("id|" if key else "") + "text|outlet")
        found = texts(name="a.csv", data="\n".join(lines).replace("|", delimiter))
        assert found == ["It rained.", "[malformed]", *rows[2:]]

    def test_rows_before_a_swallowing_cell_are_read(self, gather: Gather) -> None:
        """Where articles have several lines and no column is a key, it is told where the rest was left out."""
        rows = ["text,outlet", '"It rained.\nIt was wet.",A', '"We won.,A', "He left.,B", '6 feet 2",C', "It ended.,D"]
        good, bad = gather(name="a.csv", data="\n".join(rows))
        assert good.error is None
        assert "a.csv:4 has quotation marks that do not match, and no column" in str(bad.error)

    def test_paragraphs_like_rows_are_paragraphs(self, texts: Texts) -> None:
        """Commas of prose, and of numbers, make no rows of the lines of an article."""
        articles = ["It rained, and hard.\nThen, at noon, it ended.\nPeople came, and left.",
                    "Some 10,000 fans\nof 20,000 came\nto see 3,000 players.", "A,B\nC,D"]  # fmt: skip
        data = "text,outlet\n" + "".join(f'"{article}",Alden\n' for article in articles)
        assert texts(name="a.csv", data=data) == articles

    @pytest.mark.parametrize(
        ("broken", "problem"),
        [
            ('"{text}",t,extra', "has 4 cells where the header has 3"),
            ("{text}", "has 4 cells where the header has 3"),
            ('"{text},t', "has quotation marks that do not match"),
            ('"A ""b"" "c" {text}",t', "has quotation marks that do not match"),
        ],
    )
    @pytest.mark.parametrize("key", ["{}", "2026-11-{:02}", "https://e.org/{}"])
    def test_no_paragraph_is_an_article(self, gather: Gather, key: str, broken: str, problem: str) -> None:
        """A broken row whose article has several paragraphs costs one row: none of them is taken for a row."""
        text = "First, of all, it rained.\n\n2026, it is said, was wet.\n10,000 fans, all wet."
        rows = [key.format(n) + f',"{text}",t' for n in range(4)]
        rows.insert(1, key.format(9) + "," + broken.format(text=text))
        found = gather(name="a.csv", data="\n".join(["id,text,title", *rows]))
        assert [item.error_kind for item in found] == [None, "malformed", None, None, None]
        assert str(found[1].error).endswith(f"a.csv:6 {problem}: this row was left out, up to line 9.")

    def test_every_bad_row_is_told(self, gather: Gather) -> None:
        """Bad rows that follow each other are an error each."""
        rows = ["id,text", '0,"a\nb"', '1,"a\nb",c', '2,"a\nb",c', '3,"a\nb', '4,"a "b"\nc"', '5,"a\nb"']
        found = gather(name="a.csv", data="\n".join(rows))
        assert [item.error_kind for item in found] == [None, *["malformed"] * 4, None]

    def test_prose_alone_tells_no_rows(self, gather: Gather) -> None:
        """Where no column has ids, dates or addresses, nothing after a broken row is taken for one."""
        rows = ["title,text", 't,"a\nb"', 'u,"a, b\nc, d', 'v,"a\nb"']
        good, bad = gather(name="a.csv", data="\n".join(rows))
        assert good.error is None
        assert "a.csv:4 has quotation marks that do not match, and no column" in str(bad.error)

    @pytest.mark.parametrize(
        ("name", "data"),
        [("a.csv", ""), ("a.csv", "\n\n"), ("a.csv", "id,text\n"), ("a.csv", "id,text\n,\n"), ("a.jsonl", ""),
         ("a.jsonl", "\n\n")],
    )  # fmt: skip
    def test_no_records(self, gather: Gather, name: str, data: str) -> None:
        """A table without a row is an error: a gate must not pass on an export that failed."""
        (item,) = gather(name=name, data=data)
        assert (item.error_kind, str(item.error).partition(" ")[2]) == (
            "no_text", "holds no records: there is no article in it.",
        )  # fmt: skip

    def test_no_rows_in_parquet(self, gather: Gather, tmp_path: Path) -> None:
        """As with the other tables."""
        pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "a.parquet")
        (item,) = gather(tmp_path / "a.parquet")
        assert "holds no records" in str(item.error)

    def test_no_header(self, gather: Gather) -> None:
        """A table whose first row names nothing known."""
        (item,) = gather(name="a.csv", data="1,2\n3,4\n")
        assert item.error_kind == "columns"
        assert gather(name="b.csv", data='"a\n')[0].error_kind == "malformed"


class TestFeedsThatAreNone:
    """Feeds that are something else."""

    @pytest.mark.parametrize("name", ["feed.xml", "a.rss", "feed", "index.atom"])
    def test_an_error_page(self, gather: Gather, name: str) -> None:
        """An HTML page where a feed ought to be is told by its title, and is no article."""
        (item,) = gather(
            name=name, data="<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>Oh</body>"
        )
        assert "a web page where a feed was expected (its title: 502 Bad Gateway)" in str(item.error)

    @pytest.mark.parametrize(
        "data",
        ["<rss version='2.0'><channel></channel></rss>", "<feed xmlns='http://www.w3.org/2005/Atom'/>",
         '{"version": "https://jsonfeed.org/version/1", "items": []}', '{"version": "https://jsonfeed.org/version/1"}'],
    )  # fmt: skip
    def test_nothing_in_it(self, gather: Gather, data: str) -> None:
        """A feed without entries is an error, so that a desk hears of it."""
        assert gather(name="feed.x", data=data)[0].error is not None


class TestFiles:
    """Files and folders that cannot be read."""

    def test_not_there(self, gather: Gather, tmp_path: Path) -> None:
        """A missing file is an error; the next source is read."""
        (tmp_path / "a.txt").write_text("text")
        assert [item.error_kind for item in gather(tmp_path / "no.txt", tmp_path / "a.txt")] == ["not_found", None]

    def test_names(self, gather: Gather, tmp_path: Path) -> None:
        """Names with line ends and escapes are printable, and no two are alike."""
        names = ["a\nb.txt", "a\\x0ab.txt", "a\u202eb.txt", "c\td.txt"]
        folder = tmp_path / "in"
        folder.mkdir()
        try:
            for name in names:
                (folder / name).write_text("text")
        except OSError:
            pytest.skip("this system has no such names")
        assert len(gather(folder)) == 4

    @pytest.mark.skipif(os.name == "nt", reason="names are not bytes there")
    def test_names_that_are_no_text(self, gather: Gather, tmp_path: Path) -> None:
        """Undecodable bytes in a name."""
        try:
            (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("text")
        except OSError:
            pytest.skip("this system has no such names")
        assert gather(tmp_path)[0].source.endswith("caf\\udce9.txt")

    @pytest.mark.parametrize(
        "names", [(), ("logo.png", ".hidden.txt", "below/.git/HEAD")], ids=["empty", "passed over"]
    )
    def test_a_folder_without_articles(self, gather: Gather, tmp_path: Path, names: tuple[str, ...]) -> None:
        """A folder with nothing in it, or nothing but what is passed over, is an error; the next source is read."""
        folder = tmp_path / "in"
        folder.mkdir()
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("text")
        (tmp_path / "a.txt").write_text("text")
        bad, good = gather(folder, tmp_path / "a.txt")
        assert (bad.error_kind, good.error) == ("no_text", None)
        assert str(bad.error).endswith("in is a folder without an article in it: check the name, and what fills it.")

    def test_links_in_a_circle(self, gather: Gather, tmp_path: Path) -> None:
        """Folders that hold links to themselves are read once; a link to nowhere is an error."""
        folder = tmp_path / "in" / "below"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("text")
        try:
            (folder / "up").symlink_to(tmp_path / "in")
            (folder / "self.txt").symlink_to(folder / "self.txt")
            (folder / "nowhere.txt").symlink_to(folder / "gone.txt")
        except OSError:
            pytest.skip("no links here")
        found = gather(tmp_path / "in")
        assert [(Path(item.source).name, item.error_kind) for item in found] == [
            ("a.txt", None), ("nowhere.txt", "not_found"), ("self.txt", "not_found"),
        ]  # fmt: skip

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_unreadable(self, gather: Gather, tmp_path: Path) -> None:
        """Files and folders without permission are errors."""
        (tmp_path / "a").mkdir()
        (tmp_path / "b.txt").write_text("text")
        for path in ("a", "b.txt"):
            (tmp_path / path).chmod(0)
        try:
            assert [item.error_kind for item in gather(tmp_path)] == ["not_found", "not_found"]
        finally:
            (tmp_path / "a").chmod(0o700)

    def test_unreadable_for_everybody(self, gather: Gather, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the system refuses is an error of that file alone."""
        (tmp_path / "a.txt").write_text("one")
        (tmp_path / "b.txt").write_text("two")
        real = Path.open

        def refuse(path: Path, mode: str) -> object:
            if path.name == "a.txt":
                raise PermissionError(13, "Permission denied")
            return real(path, mode)

        monkeypatch.setattr(Path, "open", refuse)
        assert [item.error_kind for item in gather(tmp_path)] == ["not_found", None]

    def test_other_formats(self, gather: Gather) -> None:
        """PDF, old Word and binary files are named; an empty file is told."""
        for data, word in ((b"%PDF-1.7", "PDF"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"), (b"", "empty"),
                           (bytes(range(256)) * 9, "binary")):  # fmt: skip
            assert word in str(gather(name="a.x", data=data)[0].error)

    def test_a_huge_article(self, gather: Gather, tmp_path: Path) -> None:
        """A file of 200 MB without records is refused after its first megabytes."""
        path = tmp_path / "huge.txt"
        with path.open("wb") as file:
            file.write(b"word " * 1000)
            file.truncate(200_000_000)
        (item,) = gather(path)
        assert item.error_kind == "too_large"
        assert "larger than 10 MB" in str(item.error)

    def test_a_huge_record(self, gather: Gather) -> None:
        """A text over the limit inside a record."""
        data = json.dumps({"text": "word " * 50_000}) + "\n" + json.dumps({"text": "b"})
        assert [item.error is None for item in gather(name="a.jsonl", data=data, limits=Limits(max_bytes=100_000))] == [
            False, True,
        ]  # fmt: skip

    def test_an_error_of_ours(self, gather: Gather, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Even a fault in a reader costs its source alone."""
        (tmp_path / "a.csv").write_text("text\nx")
        (tmp_path / "b.txt").write_text("two")

        def fail(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("detector.audit.sources.formats.table", fail)
        assert [item.error_kind for item in gather(tmp_path)] == ["fault", None]


def test_memory_is_flat(tmp_path: Path) -> None:
    """Reading a file holds one record at a time, not the file."""
    tracemalloc = pytest.importorskip("tracemalloc")
    path = tmp_path / "a.jsonl"
    line = json.dumps({"text": "word " * 2000}).encode() + b"\n"
    path.write_bytes(line * 2000)
    tracemalloc.start()
    try:
        number = sum(1 for _ in read_raw([str(path)], SourceOptions()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert number == 2000
    assert peak < 4_000_000  # of 20 MB


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    """Reading may stop anywhere: sources behind are not even looked at."""
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n{"text": "b"}\n')
    items = read_sources(chain([str(tmp_path / "a.jsonl")], (f"x{number}" for number in count())))
    assert [next(items).document is not None, next(items).document is not None] == [True, True]
    items.close()  # type: ignore[attr-defined]
