"""From an article to its source: relations, dates, outlets, bad input, and the reports."""

import json
import random
from contextlib import closing
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_archive import FERRY, OTHER_REPORT, SPUN_TALKS, TALKS, WEATHER, MemoryArchive, stories

import detector
from detector.archive import ArchivedStory, open_archive
from detector.cli import main
from detector.errors import ModelError, UnreadableError
from detector.render.trace_data import trace_as_dict, trace_as_json
from detector.render.trace_page import trace_as_html
from detector.render.trace_terminal import trace_as_text
from detector.render.trace_words import line, summary
from detector.tracing.answer import Trace
from detector.tracing.columns import measure_pair
from detector.tracing.digest import digest
from detector.tracing.judge import MANIFEST, WEIGHTS, embedded_judge, load_judge, write_judge
from detector.tracing.licences import read_licences
from detector.tracing.quotes import rests_on_quotes
from detector.tracing.relation import Relation
from detector.tracing.sentences import align_sentences
from detector.tracing.together import explain, with_originals
from detector.tracing.tracer import Tracer
from detector.tracing.word_weights import embedded_weights

HOSTILE = '<script>alert(1)</script>\x1b[31m\u202e"onmouseover="x" '


class TestRelation:
    """What an article is to a story."""

    def test_a_spun_story_is_a_rewrite(self, tracer: Tracer) -> None:
        """With its source first, nearly all of it covered, and the facts that changed."""
        found = tracer.trace(SPUN_TALKS, date="2026-11-21", outlet="Copy Farm")
        best = found.sources[0]
        assert (best.story.id, best.relation) == ("talks", Relation.REWRITE)
        assert best.coverage > 0.8
        assert best.probability > 0.9
        assert found.rewrite

    def test_the_same_words_are_a_copy(self, tracer: Tracer) -> None:
        """With another headline and a credit line they still are, and no accusation."""
        found = tracer.trace(f"Harbour news\n\n{TALKS}\n\nRead more on our website.")
        assert found.sources[0].relation is Relation.COPY
        assert not found.rewrite

    def test_another_report_is_no_rewrite(self, tracer: Tracer) -> None:
        """Told independently, with one name in common."""
        found = Tracer(MemoryArchive(stories()[:1])).trace(OTHER_REPORT)
        assert not found.found
        assert not found.rewrite

    def test_quotes_alone_make_no_rewrite(self) -> None:
        """Two reports that share a speech are no rewrite. A rewrite that kept the speech still is."""
        speech = (
            "“We have asked for clean water since April, and nobody came. We carry every bucket up nine floors. My mother "
            "is eighty and she has not had a bath in a month. The council promised a new pump in May, then in June, and "
            "then it stopped answering our letters. We will not pay rent until the taps run.”"
        )
        judge, weights = embedded_judge(), embedded_weights()
        reports = (
            (f"{FERRY}\n\n{speech}", f"{OTHER_REPORT}\n\n{speech}"),
            (f"{SPUN_TALKS}\n\n{speech}", f"{TALKS}\n\n{speech}"),
        )
        rest = []
        for article, source in reports:
            here, there = digest(article, weights), digest(source, weights)
            rest.append(rests_on_quotes(judge, measure_pair(here, there, align_sentences(here, there)), here, there))
        assert rest == [True, False]

    def test_unrelated_stories_are_none(self, tracer: Tracer) -> None:
        """Nothing in common."""
        found = Tracer(MemoryArchive(stories()[:3])).trace(WEATHER)
        assert all(s.relation is Relation.NONE for s in found.sources)
        assert all(not s.pairs for s in found.sources)
        assert found.best is None

    def test_two_merged_stories_have_two_sources(self, tracer: Tracer) -> None:
        """Each with its own part."""
        found = tracer.trace(f"{SPUN_TALKS}\n\n{FERRY}")
        assert {s.story.id for s in found.found} == {"talks", "ferry"}
        assert all(0.2 < s.coverage < 0.8 for s in found.found)

    def test_only_near_stories_are_compared(self, tracer: Tracer) -> None:
        """The source and the other report of the event; a first look tells the rest apart."""
        assert tracer.trace(SPUN_TALKS).sources[0].story.id == "talks"
        assert {s.story.id for s in tracer.trace(SPUN_TALKS).sources} <= {"talks", "other"}

    def test_an_audit_needs_no_words(self, tracer: Tracer) -> None:
        """Without the comparison of words everything else is the same."""
        whole, short = tracer.trace(SPUN_TALKS), tracer.trace(SPUN_TALKS, pairs=False)
        assert whole.sources[0].pairs
        assert [replace(s, pairs=()) for s in whole.sources] == list(short.sources)

    def test_the_coverage_of_a_part(self, tracer: Tracer) -> None:
        """A spun story between paragraphs of another one."""
        first, *rest = FERRY.split("\n\n")
        found = Tracer(MemoryArchive(stories()[:1])).trace("\n\n".join([first, SPUN_TALKS, *rest]))
        share = len(SPUN_TALKS) / (len(SPUN_TALKS) + len(FERRY))
        assert abs(found.sources[0].coverage - share) < 0.1

    def test_a_younger_story_is_no_source(self, tracer: Tracer) -> None:
        """The relation stays; the accusation does not."""
        found = tracer.trace(SPUN_TALKS, date="2026-11-01")
        assert found.sources[0].younger
        assert not found.rewrite
        assert "younger" in summary(found)

    def test_the_outlets_own_story_accuses_nobody(self, tracer: Tracer) -> None:
        """Updates of one outlet are versions of its own story."""
        assert not tracer.trace(SPUN_TALKS, outlet="example agency").rewrite

    def test_a_licence_accuses_nobody(self) -> None:
        """Whoever may republish is no copycat."""
        own = Tracer(MemoryArchive(stories()), licensed={("Copy Farm", "Example Agency")})
        assert own.trace(SPUN_TALKS, outlet="Copy Farm").sources[0].licensed
        assert not own.trace(SPUN_TALKS, outlet="Copy Farm").rewrite
        assert own.trace(SPUN_TALKS, outlet="Another").rewrite


class TestBadInput:
    """Bounded, and no wrong accusation."""

    def test_the_article_itself(self, tracer: Tracer) -> None:
        """In the archive: said so, and left out by its id."""
        found = tracer.trace(TALKS)
        assert found.sources[0].same_text
        assert "exactly the text" in summary(found)
        assert "talks" not in {s.story.id for s in tracer.trace(TALKS, id="talks").sources}

    @pytest.mark.parametrize("text", ["", " ", ".", "Hello.", "\x00", "\ud83d", "1 2 3", "“”"])
    def test_next_to_nothing(self, tracer: Tracer, text: str) -> None:
        """No source and a note."""
        found = tracer.trace(text)
        assert not found.rewrite
        assert found.note
        assert trace_as_text(found)

    def test_a_source_of_one_sentence(self) -> None:
        """Is no story to rewrite."""
        one = ArchivedStory("one", TALKS.split("\n\n")[0])
        assert not Tracer(MemoryArchive([one])).trace(SPUN_TALKS).rewrite

    def test_an_article_of_quotes(self) -> None:
        """Anybody may report what was said."""
        said = [
            f'"The northern quay will stay open until the members of dock union number {n} have voted on the night pay."'
            for n in range(12)
        ]
        source = ArchivedStory("speech", "\n".join(f"{s} Kalnina said." for s in said))
        assert not Tracer(MemoryArchive([source])).trace("\n".join(said)).rewrite

    def test_two_hundred_copies(self) -> None:
        """Are one answer and not two hundred."""
        many = MemoryArchive(ArchivedStory(f"copy{n}", TALKS) for n in range(200))
        found = Tracer(many).trace(SPUN_TALKS)
        assert len(found.sources) <= 5
        assert found.sources[0].relation is Relation.REWRITE

    @pytest.mark.parametrize("text", ["x" * 1_000_000, "talks " * 200_000, "Liepaja. " * 100_000, '"' * 300_000])
    def test_a_line_of_a_megabyte(self, tracer: Tracer, text: str) -> None:
        """As the article, and in the archive."""
        assert not tracer.trace(text).rewrite
        assert not Tracer(MemoryArchive([ArchivedStory("long", text)])).trace(SPUN_TALKS).rewrite

    def test_hostile_text_is_shown_as_text(self) -> None:
        """In the page, in the terminal and in the JSON."""
        source = replace(
            stories()[0], text=f"{HOSTILE}{TALKS}", title=HOSTILE, outlet=HOSTILE, url="javascript:alert(1)"
        )
        found = Tracer(MemoryArchive([source])).trace(f"{HOSTILE}{SPUN_TALKS}")
        page, told = trace_as_html(found), trace_as_text(found)
        assert "<script" not in page
        assert "javascript:" not in page.replace(">javascript:alert(1)<", "")
        assert 'onmouseover="' not in page
        assert "\x1b" not in told
        assert "\u202e" not in told + page
        json.loads(trace_as_json(found))

    @settings(max_examples=120, deadline=None)
    @given(st.data())
    def test_damaged_articles(self, data: st.DataObject) -> None:
        """Cut, doubled, shuffled and sprinkled with anything: an answer that can be shown."""
        parts = data.draw(
            st.lists(
                st.one_of(st.sampled_from([*SPUN_TALKS.split(" "), *FERRY.split("\n")]), st.text(max_size=20)),
                max_size=80,
            )
        )
        found = Tracer(MemoryArchive(stories())).trace(" ".join(parts))
        assert trace_as_text(found)
        assert trace_as_html(found)
        validate(found)

    def test_shuffled_words_accuse_nobody(self, tracer: Tracer) -> None:
        """The same words in any order tell no story."""
        words = OTHER_REPORT.split()
        for seed in range(20):
            random.Random(seed).shuffle(words)
            assert not Tracer(MemoryArchive(stories()[:1])).trace(" ".join(words)).rewrite

    def test_not_a_text(self, tracer: Tracer) -> None:
        """One sentence."""
        with pytest.raises(TypeError, match="give its text"):
            tracer.trace(3)  # type: ignore[arg-type]


def validate(found: Trace) -> None:
    """The JSON follows the schema, and names no field that the schema does not."""
    text = files("detector").joinpath("schema/trace-1.json").read_text("utf-8")
    closed = json.loads(text.replace('"additionalProperties": true', '"additionalProperties": false'))
    for include_text in (False, True):
        answer = json.loads(trace_as_json(found, include_text=include_text))
        jsonschema.Draft202012Validator(closed).validate(answer)


class TestReports:
    """JSON, terminal, page."""

    @pytest.mark.parametrize("text", [SPUN_TALKS, TALKS, WEATHER, OTHER_REPORT, f"{SPUN_TALKS}\n{FERRY}", ""])
    def test_the_json_is_valid(self, tracer: Tracer, text: str) -> None:
        """Whatever the answer."""
        validate(tracer.trace(text, date="2026-11-21", outlet="Copy Farm"))

    def test_the_json_holds_the_proof(self, tracer: Tracer) -> None:
        """Replacements with the true original, and facts."""
        best = trace_as_dict(tracer.trace(SPUN_TALKS))["sources"][0]
        changes = {(c["article"]["text"], c["source"]["text"]) for p in best["pairs"] for c in p["changes"]}
        assert ("folks", "people") in changes
        assert {"figure", "quote"} <= {f["kind"] for p in best["pairs"] for f in p["facts"]}

    @pytest.mark.parametrize("width", [40, 80, 200])
    def test_the_terminal_shows_both_texts(self, tracer: Tracer, width: int) -> None:
        """Side by side, with brackets around what differs."""
        told = trace_as_text(tracer.trace(SPUN_TALKS), width=width)
        assert "REWRITE" in told
        assert "[folks]" in told
        assert "[people]" in told
        assert max(map(len, told.splitlines())) <= max(40, width)

    def test_the_page_stands_alone(self, tracer: Tracer) -> None:
        """No script, nothing loaded."""
        page = trace_as_html(tracer.trace(SPUN_TALKS))
        assert page.startswith("<!doctype html>")
        assert "<script" not in page
        assert "1,300" in page
        assert tracer.trace(SPUN_TALKS)._repr_html_().count("<style>") == 1

    def test_one_line(self, tracer: Tracer) -> None:
        """For many articles."""
        assert "rewrite" in line(tracer.trace(SPUN_TALKS))
        assert "no source" in line(tracer.trace(""))


class TestTogether:
    """Words and source, two signals in one sentence."""

    def test_marks_carry_the_true_original(self, tracer: Tracer) -> None:
        """First among the likely ones; label and probability do not change."""
        verdict = detector.check(SPUN_TALKS, grammar="none")
        found = tracer.trace(SPUN_TALKS)
        better = with_originals(verdict, found)
        assert (better.label, better.probability) == (verdict.label, verdict.probability)
        known = {SPUN_TALKS[slice(*m.span)]: m.expected[0] for m in better.evidence if m.expected}
        assert known.get("stated", "said") == "said"
        assert explain(verdict, found).count(".") >= 1
        assert "no source" in explain(verdict, Tracer(MemoryArchive()).trace(SPUN_TALKS))


class TestJudge:
    """The files of the judge."""

    def test_a_damaged_judge_is_refused(self, tmp_path: Path) -> None:
        """Missing, cut short, swapped, of another version: one sentence each."""
        judge = embedded_judge()
        with pytest.raises(ModelError, match="cannot be read"):
            load_judge(tmp_path / "nowhere")
        written = write_judge(judge.weights, judge.manifest, tmp_path)
        again = load_judge(tmp_path)
        row = np.full(len(judge.manifest.columns), 0.4)
        assert again.judge(row).probability == pytest.approx(judge.judge(row).probability, abs=1e-6)
        assert written.files[WEIGHTS]
        (tmp_path / WEIGHTS).write_text((tmp_path / WEIGHTS).read_text().replace("1", "2", 1))
        with pytest.raises(ModelError, match="damaged or swapped"):
            load_judge(tmp_path)
        (tmp_path / MANIFEST).write_text("{}")
        with pytest.raises(ModelError):
            load_judge(tmp_path)
        (tmp_path / MANIFEST).write_text("{")
        with pytest.raises(ModelError, match="is damaged"):
            load_judge(tmp_path)


class TestLicences:
    """Lists of outlets."""

    def test_pairs_are_read(self, tmp_path: Path) -> None:
        """Comments and empty lines are skipped."""
        path = tmp_path / "licences.csv"
        path.write_text('# ours\n\nDaily Example, Example Agency\n"A, B",C\n', encoding="utf-8")
        assert read_licences(path) == {("Daily Example", "Example Agency"), ("A, B", "C")}

    @pytest.mark.parametrize("content", [b"one\n", b"a,b,c\n", b"\xff\xfe\n", b",b\n", b'"' + b"x" * 200_000])
    def test_bad_lists_are_refused(self, tmp_path: Path, content: bytes) -> None:
        """In one sentence that names the file."""
        path = tmp_path / "bad.csv"
        path.write_bytes(content)
        with pytest.raises(UnreadableError, match=r"bad\.csv"):
            read_licences(path)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded archive with the small newsroom's stories."""
    pytest.importorskip("tantivy", reason="the embedded archive needs tantivy")
    folder = tmp_path_factory.mktemp("archive") / "wire.archive"
    with closing(open_archive(folder, create=True)) as made:
        made.add(stories())
    return folder


class TestCommand:
    """``unspin trace``."""

    def test_a_rewrite_is_exit_code_1(self, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """With JSON on standard output, and a page."""
        article, page = tmp_path / "spun.txt", tmp_path / "spun.html"
        article.write_text(SPUN_TALKS, encoding="utf-8")
        code = main(["trace", str(article), "--archive", str(place), "--json", "--html", str(page)])
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert (code, answer["sources"][0]["id"]) == (1, "talks")
        assert "Side by side" in page.read_text(encoding="utf-8")

    def test_no_source_is_exit_code_0(self, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """And a copy is no rewrite."""
        for text in (TALKS, "A recipe for plum jam. " * 20):
            article = tmp_path / "article.txt"
            article.write_text(text, encoding="utf-8")
            assert main(["trace", str(article), "--archive", str(place), "--quiet"]) == 0
        assert "copy" in capsys.readouterr().out

    def test_failures_are_exit_code_2(self, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """No archive, no article, no date: a sentence, and the other articles are traced."""
        article = tmp_path / "spun.txt"
        article.write_text(SPUN_TALKS, encoding="utf-8")
        assert main(["trace", str(article), "--archive", str(tmp_path / "nowhere")]) == 2
        assert main(["trace", str(article), "--archive", str(place), "--date", "yesterday"]) == 2
        capsys.readouterr()
        assert main(["trace", str(tmp_path / "none.txt"), str(article), "--archive", str(place), "--json"]) == 2
        first, second = map(json.loads, capsys.readouterr().out.splitlines())
        assert first["schema"] == "unspin.error/1"
        assert second["rewrite"]

    def test_check_tells_the_source(self, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """As a second signal: the verdict is that of a check without an archive."""
        article, page = tmp_path / "spun.txt", tmp_path / "spun.html"
        article.write_text(SPUN_TALKS, encoding="utf-8")
        asked = ["check", str(article), "--grammar", "none", "--json", "--fail-on", "suspect"]
        main(asked)
        alone = json.loads(capsys.readouterr().out)
        assert main([*asked, "--archive", str(place), "--html", str(page)]) == 1
        both = json.loads(capsys.readouterr().out)
        assert (both["label"], both["probability"]) == (alone["label"], alone["probability"])
        assert both["trace"]["sources"][0]["id"] == "talks"
        assert "Port talks in Geneva" in both["together"]
        assert page.read_text(encoding="utf-8").count("</body>") == 1
        assert main(["check", str(article), "--grammar", "none", "--archive", str(place)]) == 1
        assert main(["check", str(article), "--licensed", "x.csv"]) == 2

    def test_from_python(self, place: Path) -> None:
        """By the place of an archive."""
        assert detector.trace(SPUN_TALKS, str(place)).rewrite

    def test_the_source_finder(self, place: Path) -> None:
        """In the style of scikit-learn, with an archive and with stories."""
        made = detector.SourceFinder().fit([TALKS, FERRY, WEATHER])
        assert made.predict([SPUN_TALKS, OTHER_REPORT])[0] == "rewrite"
        assert made.predict_source([SPUN_TALKS])[0] == "0"
        finder = detector.SourceFinder(place).fit()
        assert finder.predict_source([SPUN_TALKS])[0] == "talks"
        assert finder.predict_proba([SPUN_TALKS]).shape == (1, 2)
        with pytest.raises(ValueError, match="0 stories"):
            detector.SourceFinder().fit([])
