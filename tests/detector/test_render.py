"""What people see: the line, the terminal report, the page."""

import html
import json
import os
import re
from dataclasses import replace
from inspect import isclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_reader import Page

import features
from detector import model as models
from detector.render import as_html, as_html_fragment, as_json, as_line, as_text
from detector.render import words as say
from detector.verdict import Contribution, Label, Quality, QualityPart, RewritingKind, SentenceScore, Verdict
from features.document import Span
from features.feature import Evidence

GOLDEN = Path(__file__).parent.parent / "golden"
NAN = float("nan")


def golden(name: str, found: str) -> None:
    """Compare with the file; `UPDATE_GOLDEN=1` writes it anew, to be read before it is committed."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(found.encode("utf-8"))
    assert found == path.read_bytes().decode("utf-8")


def bare(text: str = "", *evidence: Evidence, label: Label = Label.SUSPECT, **changes: object) -> Verdict:
    """A verdict with nothing but a text and marks."""
    verdict = Verdict(label, 0.7, 0.9, 0.5, Quality(NAN, ()), (), evidence, (), 5, "signature", text)
    return replace(verdict, **changes)  # type: ignore[arg-type]


class TestGolden:
    """The outputs for fixed verdicts, whole."""

    def test_terminal(self, case: tuple[str, Verdict]) -> None:
        """The report without colour is the golden one."""
        name, verdict = case
        golden(f"{name}.txt", as_text(verdict, width=80))

    def test_json(self, case: tuple[str, Verdict]) -> None:
        """The JSON is the golden one."""
        name, verdict = case
        golden(f"{name}.json", as_json(verdict) + "\n")

    def test_page(self, case: tuple[str, Verdict]) -> None:
        """The page is the golden one, its style sheet aside."""
        name, verdict = case
        golden(f"{name}.html", re.sub(r"<style>.*?</style>", "<style></style>", as_html(verdict), flags=re.DOTALL))


class TestLine:
    """One line for one article."""

    def test_flagged(self, verdicts: dict[str, Verdict]) -> None:
        """It names the source, the label, the probability and the number of marks."""
        line = "story.txt: spun, probability over 0.99, quality 14, 86 words, 17 marks"
        assert as_line(verdicts["spun"]) == line
        assert str(verdicts["spun"]) == line

    def test_is_one_line_whatever_the_source_is_called(self) -> None:
        """A line break or an escape sequence in a file's name reaches nobody's terminal."""
        assert as_line(bare(source="a\nb\x1b[2J.txt")).startswith("a<U+000A>b<U+001B>[2J.txt: suspect")


class TestWording:
    """No rendering accuses more than the label does."""

    @pytest.mark.parametrize("render", [as_text, as_html])
    @pytest.mark.parametrize("label", [Label.CLEAN, Label.TOO_SHORT, Label.NOT_ENGLISH])
    def test_innocent_labels_do_not_accuse(self, render: "object", label: Label) -> None:
        """The head of a report that is not flagged never says that the text is or looks like a rewrite."""
        said = say.statement(bare(label=label)).lower()
        assert callable(render)
        assert said.removesuffix(".") in render(bare("A text.", label=label)).lower().replace("\n", " ")
        assert "looks like" not in said
        assert "spun" not in said

    def test_clean_does_not_name_an_author(self) -> None:
        """Clean copy is not called human."""
        assert "human" not in say.statement(bare(label=Label.CLEAN))

    def test_certainty_is_never_claimed(self, verdicts: dict[str, Verdict]) -> None:
        """A probability of 0.9999 is shown as over 0.99."""
        report = as_text(replace(verdicts["spun"], probability=0.9999))
        assert "over 0.99" in report
        assert "100 in 100" not in report

    def test_abstaining_shows_no_probability(self, verdicts: dict[str, Verdict]) -> None:
        """Where nothing was judged neither probability nor threshold is spoken of."""
        for name in ("too_short", "not_english"):
            for report in (as_text(verdicts[name]), as_html(verdicts[name])):
                assert "robability" not in report.split("How to read")[0]
                assert "nan" not in report.lower().split("how to read")[0].split()

    def test_rates_that_the_model_does_not_give_are_left_out(self) -> None:
        """Without a false-positive rate the thresholds stand alone."""
        assert say.threshold_meaning(bare()) == "unspin calls a story suspect from 0.50 and spun from 0.90."
        assert say.error_rate(bare()) == ("", "")


def kinds(**shares: float) -> tuple[RewritingKind, ...]:
    """Kinds of rewriting with their shares, in the order given."""
    return tuple(RewritingKind(name, share) for name, share in shares.items())


class TestErrorRate:
    """A report leads with how many human stories score as high."""

    @pytest.mark.parametrize("render", [as_text, as_html])
    def test_it_leads(self, render: "object") -> None:
        """The rate comes first and the probability after it."""
        assert callable(render)
        for label, probability, said in (
            (Label.SPUN, 0.95, "At most 1 in 200"),
            (Label.SUSPECT, 0.7, "At most 1 in 50"),
            (Label.CLEAN, 0.1, "More than 1 in 50"),
            (Label.CLEAN, 0.7, "At most 1 in 50"),
        ):
            verdict = bare("A text.", label=label, probability=probability, spun_rate=0.005, suspect_rate=0.02)
            shown = render(verdict)
            assert say.error_rate(verdict)[0] == said
            assert shown.index(said) < re.search("[Pp]robability", shown).start()  # type: ignore[union-attr] # it is there


@pytest.mark.parametrize("render", [as_text, as_html, as_json])
class TestCaution:
    """What to bear in mind before acting stands in every report of a flagged article."""

    def test_second_language(self, render: "object") -> None:
        """People who write in a second language are named, except where nobody is accused."""
        assert callable(render)
        for label in Label:
            shown = " ".join(render(bare("A text.", label=label)).split())
            assert ("People who write in a second language" in shown) is (label in (Label.SUSPECT, Label.SPUN))

    def test_few_marks(self, render: "object") -> None:
        """A flagged article with few marks rests on its pattern alone, and the report says so."""
        assert callable(render)
        words = "one two three four five six"
        marks = [
            Evidence("odd_synonyms", Span(m.start(), m.end()), "", ("x",), 0.9) for m in re.finditer(r"\w+", words)
        ]
        for number, said in (
            (0, "No odd words are"),
            (1, "Only 1 odd word is"),
            (4, "Only 4 odd words are"),
            (5, ""),
            (6, ""),
        ):
            shown = " ".join(render(bare(words, *marks[:number])).split())
            assert ("The verdict rests on the pattern of the whole text." in shown) is bool(said)
            assert said in shown

    def test_what_the_marks_explain(self, render: "object") -> None:
        """The probability of the mended text is given, and whether that explains the label."""
        assert callable(render)
        words = "one two three four five"
        marks = [Evidence("odd_synonyms", Span(*m.span()), "", ("x",), 0.9) for m in re.finditer(r"\w+", words)]
        for mended, said in (
            (0.04, "With the suggested words instead of the 5 marked ones, the probability falls from 0.70 to 0.04."),
            (
                0.6,
                "The 5 marked wordings explain only a part of it: with the suggested words instead, the probability is still 0.60.",
            ),
        ):
            assert said in " ".join(render(bare(words, *marks, mended_probability=mended)).split())
        said = "Only 1 odd word is marked. With the suggested word instead, the probability falls from 0.70 to 0.04."
        assert said in " ".join(render(bare(words, marks[0], mended_probability=0.04)).split())


@pytest.mark.parametrize("render", [as_text, as_html, as_json])
def test_lines_that_were_not_judged(render: "object") -> None:
    """They are shown, and told apart from the article."""
    assert callable(render)
    text = "Home | News\n\nThe talks ended.\nTopics: a, b\n"
    skipped = (Span(0, 12), Span(text.index("Topics"), len(text)))
    shown = render(bare(text, skipped=skipped))
    if render is as_json:
        assert [each["text"] for each in json.loads(shown)["skipped"]] == ["Home | News\n", "Topics: a, b\n"]
    elif render is as_html:
        assert re.findall(r'<p dir="auto" class="skipped" title="not judged">([^<]*)', shown) == [
            "Home | News",
            "Topics: a, b",
        ]
        assert "2 lines look like part of the page" in shown
    else:
        assert re.findall(r"(?m)^ *~ (.*)$", shown) == ["Home | News", "Topics: a, b"]
        assert "2 lines look like part of the page" in " ".join(shown.split())


class TestStrength:
    """Numbers that editors read as words."""

    def test_of_reasons(self) -> None:
        """Medium begins where the odds double, strong where they change tenfold, on either side."""
        for log_odds, word in ((0.69, "weak"), (0.7, "medium"), (-2.30, "medium"), (-2.31, "strong")):
            (reason,) = say.reasons([Contribution("c", 1.0, "kinds", "", log_odds)])
            assert reason.strength == word

    def test_no_mathematics_in_sight(self, verdicts: dict[str, Verdict]) -> None:
        """The terminal shows neither units of mathematics nor column names; the page keeps them behind one click."""
        for verdict in verdicts.values():
            page = as_html(verdict)
            plain = page.split('<details class="technical">')[0] + page.split("</details>", 1)[-1]
            for shown in (as_text(verdict), plain):
                assert not re.search(r"log-odds|\bnats\b|\bbits\b|_per_1000_words", shown)
            assert all(c.column in page for c in verdict.contributions if c.log_odds)

    def test_news_register_says_which_way(self) -> None:
        """A text that is like news is never called unlike news, whichever way that moves the score."""
        for value, log_odds, title in ((4.0, 0.1, "written like news"), (-4.0, -0.1, "not written like news")):
            (reason,) = say.reasons(
                [Contribution("news_register_log_odds", value, "log-odds", "", log_odds, "news_register")]
            )
            assert reason.title == title


class TestRewriting:
    """Which kind of rewriting an article looks most like."""

    def test_a_clear_kind_stands_alone(self) -> None:
        """From a share of 0.7 on no second kind is named."""
        for share, second in ((0.7, False), (0.69, True)):
            said = say.rewriting_statement(
                bare(label=Label.SPUN, kinds=kinds(synonyms=share, language_model=1 - share))
            )
            assert said.startswith("Of the kinds of rewriting that unspin knows, it looks most like words replaced")
            assert ("next most like a rewrite by a language model" in said) is second
            assert "single words" not in said

    @pytest.mark.parametrize("first", sorted(say.WHOLE_TEXT))
    def test_kinds_that_single_words_hardly_show(self, first: str) -> None:
        """It is said what the verdict rests on, and nobody is sent to the marked words."""
        for label in (Label.SPUN, Label.SUSPECT):
            verdict = bare(label=label, kinds=kinds(**{first: 0.9, "synonyms": 0.1}))
            said = say.rewriting_statement(verdict)
            assert f"it looks most like {verdict.kinds[0].title}. Such a rewrite changes whole sentences" in said
            assert "marked words" not in say.statement(verdict)

    def test_two_translations(self) -> None:
        """Where both likely kinds are translations, the second is told by how it differs."""
        for first, second, words in (
            ("translation", "rule_based", "a translation into another language and back, and next most like a rough, "),
            (
                "rule_based",
                "translation",
                "translation into another language and back, and next most like a smoother one",
            ),
        ):
            said = say.rewriting_statement(bare(kinds=kinds(**{first: 0.5, second: 0.4, "synonyms": 0.1})))
            assert words in said
            assert said.count("another language") == 1

    def test_two_swaps(self) -> None:
        """Word swaps by the common list and by another differ in the list alone, so the second is not told."""
        said = say.rewriting_statement(
            bare(label=Label.SPUN, kinds=kinds(dictionary=0.5, synonyms=0.4, translation=0.1))
        )
        assert said.endswith(
            "it looks most like words and phrases replaced from the list that most synonym spinners share."
        )

    def test_every_kind_of_the_shipped_model_has_words(self) -> None:
        """No report tells a kind by its bare name."""
        names = [name for name in models.embedded().weights.classes if name != models.HUMAN]
        assert len(names) > 1
        assert all(say.rewriting_words(name) != name.replace("_", " ") for name in names)

    def test_suspicion_is_conditional(self) -> None:
        """A suspect article is not said to have been rewritten."""
        said = say.rewriting_statement(bare(kinds=kinds(translation=0.9, synonyms=0.1)))
        assert said.startswith("If it was rewritten at all, ")

    @pytest.mark.parametrize("label", [Label.CLEAN, Label.TOO_SHORT, Label.NOT_ENGLISH])
    def test_nothing_of_what_is_not_flagged(self, label: Label) -> None:
        """Clean copy has shares too, and no report tells them."""
        with_kinds = bare("A text.", label=label, kinds=kinds(translation=0.9, synonyms=0.1))
        without = replace(with_kinds, kinds=())
        assert say.rewriting_statement(with_kinds) == ""
        assert as_text(with_kinds) == as_text(without)
        assert as_html(with_kinds) == as_html(without)

    @pytest.mark.parametrize("name", ["synonyms", "rewrite", "translation"])
    def test_nothing_where_there_is_one_kind(self, name: str) -> None:
        """A model that tells no kinds apart says nothing about them."""
        verdict = bare(label=Label.SPUN, kinds=kinds(**{name: 1.0}))
        assert say.rewriting_statement(verdict) == ""
        assert say.statement(verdict) == say.statement(replace(verdict, kinds=()))

    def test_a_kind_unknown_to_the_words_keeps_its_name(self) -> None:
        """Whoever trains with kinds of their own reads their own names, and nothing that is known of ours."""
        said = say.rewriting_statement(bare(label=Label.SPUN, kinds=kinds(house_style=0.6, synonyms=0.4)))
        assert "most like house style, and next" in said
        assert "single words" not in said

    @pytest.mark.parametrize("render", [as_text, as_html, as_html_fragment, Verdict._repr_html_])
    @pytest.mark.parametrize("label", [Label.SPUN, Label.SUSPECT])
    def test_every_report_says_it(self, render: "object", label: Label) -> None:
        """Terminal, page and notebook hold the whole statement."""
        verdict = bare("A text.", label=label, kinds=kinds(translation=0.55, language_model=0.45))
        assert callable(render)
        assert say.rewriting_statement(verdict) in " ".join(html.unescape(render(verdict)).split())


class TestRows:
    """Marks grouped for the tables."""

    def test_repeats_are_one_row(self, verdicts: dict[str, Verdict]) -> None:
        """The same wording with the same likely original is one row with all its places, however it is capitalised."""
        table = say.rows(verdicts["spun"])
        (stated,) = [row for row in table if row.wording == "stated"]
        (following,) = [row for row in table if row.wording.lower() == "following"]
        assert len(stated.places) == 3
        assert len(following.places) == 2
        assert following.wording == "following"
        assert following.weight == 0.88

    def test_order(self, verdicts: dict[str, Verdict]) -> None:
        """Substitutions come before other marks, heaviest first, numbered from 1."""
        table = say.rows(verdicts["spun"])
        assert [row.number for row in table] == list(range(1, len(table) + 1))
        assert [row.substitution for row in table] == sorted((row.substitution for row in table), reverse=True)
        weights = [row.weight for row in table if row.substitution]
        assert weights == sorted(weights, reverse=True)

    def test_two_features_that_agree_are_one_row(self) -> None:
        """A place marked twice for the same substitution counts once."""
        marks = [Evidence(f, Span(0, 6), "odd", ("said",), w) for f, w in (("odd_synonyms", 0.9), ("attribution", 0.4))]
        (row,) = say.rows(bare("stated", *marks))
        assert row.places == (Span(0, 6),)
        assert row.weight == 0.9

    def test_a_correction_is_no_likely_original(self) -> None:
        """What a grammar checker proposes is not shown as what the source said."""
        (row,) = say.rows(bare("a apple", Evidence("grammar", Span(0, 1), "Use “an”.", ("an",), 0.3)))
        assert not row.substitution
        assert "likely original" not in as_text(bare("a apple", Evidence("grammar", Span(0, 1), "", ("an",), 0.3)))

    def test_every_feature_has_a_kind(self) -> None:
        """A feature whose marks would be called “other” needs a line in words.py."""
        classes = [c for c in vars(features).values() if isclass(c) and hasattr(c, "measure")]
        names = {name for c in classes if isinstance(name := getattr(c, "name", None), str)}
        assert len(names) >= 8
        assert {name for name in names if say.kind_of(name) is say.OTHER} == set()

    @given(
        st.text(max_size=60),
        st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70), st.floats(0, 1)), max_size=12),
    )
    def test_marks_never_overlap(self, text: str, spans: list[tuple[int, int, float]]) -> None:
        """Whatever was marked, the marks drawn lie in the text, in order and apart, and no row is lost from them."""
        evidence = [Evidence("odd_synonyms", Span(s, e), "odd", (), w) for s, e, w in spans]
        table = say.rows(bare(text, *evidence))
        drawn = say.marks(table, len(text))
        ends = [0]
        for mark in drawn:
            assert ends[-1] <= mark.span.start < mark.span.end <= len(text)
            ends.append(mark.span.end)
        visible = {row.number for row in table if any(max(0, s) < min(e, len(text)) for s, e in row.places)}
        assert {number for mark in drawn for number in mark.numbers} == visible


class TestTerminal:
    """The report for a terminal."""

    def test_marks_survive_a_pipe(self, verdicts: dict[str, Verdict]) -> None:
        """Without colour the marks are brackets with the row's number, and no escape sequence is written."""
        report = " ".join(as_text(verdicts["spun"]).split())
        assert "[situation of privacy][2]" in report
        assert "stated[5]" in report
        assert "\x1b" not in report

    def test_color_changes_nothing_else(self, case: tuple[str, Verdict]) -> None:
        """With the escape sequences taken out, the coloured report says the same."""
        _, verdict = case
        colored = as_text(verdict, color=True)
        assert "\x1b[" in colored
        plain = re.sub(r"\x1b\[[0-9;]*m", "", colored)
        assert [line.rstrip() for line in plain.splitlines()] == as_text(verdict).splitlines()

    @pytest.mark.parametrize("width", [1, 40, 72, 100, 500])
    def test_width(self, width: int, verdicts: dict[str, Verdict]) -> None:
        """No line is wider than the terminal, within 40 and 100 columns."""
        from rich.cells import cell_len

        for verdict in verdicts.values():
            lines = as_text(verdict, width=width).splitlines()
            assert max(map(cell_len, lines)) <= max(40, min(width, 100))

    def test_the_environment_changes_nothing(
        self, verdicts: dict[str, Verdict], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """COLUMNS, FORCE_COLOR and their like decide nothing here: the caller does."""
        before = as_text(verdicts["spun"])
        for name, value in (("COLUMNS", "20"), ("FORCE_COLOR", "1"), ("NO_COLOR", "1"), ("TERM", "dumb")):
            monkeypatch.setenv(name, value)
        assert as_text(verdicts["spun"]) == before

    def test_hostile_text_cannot_steer_the_terminal(self) -> None:
        """Escape sequences, backspaces and direction overrides in the text, the source and the marks are shown."""
        evil = "\x1b]0;owned\x07 \u202egnorw\x08 \x9b2J"
        report = as_text(
            bare(evil, Evidence("grammar", Span(0, 3), evil, (evil,), 0.5), source=evil, note=evil, signature=evil)
        )
        assert not set(report) & set("\x1b\x07\x08\x9b\u202e")
        assert "<U+001B>" in report

    def test_markup_is_text(self) -> None:
        """Rich's own markup and emoji codes in an article mean nothing."""
        report = as_text(bare("[bold red]x[/] :smile: [link=http://a]b[/link]"))
        assert "[bold red]x[/] :smile: [link=http://a]b[/link]" in report

    def test_many_marks_are_capped(self) -> None:
        """The table ends with how many more there are, and their places carry no number without a row."""
        words = [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(40)]
        text = " ".join(words)
        report = as_text(
            bare(
                text,
                *(
                    Evidence("odd_synonyms", Span(text.index(w), text.index(w) + len(w)), "odd", ("x",), 1 - i / 100)
                    for i, w in enumerate(words)
                ),
            )
        )
        assert "and 15 more (see --json or --html)" in report
        assert "[25]" in report
        assert "[26]" not in report

    def test_a_very_long_text_is_cut(self) -> None:
        """A text that would fill a hundred screens is shown from its beginning, and the report says so."""
        report = as_text(bare("word " * 200_000))
        assert len(report) < 30_000
        assert "the rest of the article is in --html" in report

    def test_a_long_text_without_spaces_is_cut(self) -> None:
        """Also where there is no space to cut at."""
        assert len(as_text(bare("x" * 1_000_000))) < 30_000


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "<!-- --><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "&lt;script&gt; &#x3c;b&#x3e;",
    "expression(alert(1)); background:url(http://a.example/x)",
    "`${alert(1)}` {{7*7}} <%= 1 %>",
    "\x00<b\x00>\x0b\ufffe\udc80",
]


def infected(poison: str) -> Verdict:
    """A verdict with poison in every place that takes text."""
    text = f"{poison} said {poison}\n{poison}"
    return Verdict(
        Label.SPUN,
        0.95,
        0.9,
        0.5,
        Quality(50.0, (QualityPart(poison, 1.0, poison, 50.0, poison),)),
        (Contribution(poison, 1.0, poison, poison, 1.0), Contribution(poison, 1.0, poison, poison, -1.0)),
        (
            Evidence("odd_synonyms", Span(0, len(poison)), poison, (poison, poison), 0.9),
            Evidence(poison, Span(len(poison) + 1, len(poison) + 5), poison, (poison,), 0.5),
            Evidence("grammar", Span(3, len(text)), poison, (), 0.1),
        ),
        (SentenceScore(Span(0, len(poison) + 3), 0.9), SentenceScore(Span(len(poison) + 3, len(text)), NAN)),
        9,
        poison,
        text,
        source=poison,
        note=poison,
        kinds=(RewritingKind(poison, 0.6), RewritingKind("synonyms", 0.4)),
    )


ALLOWED = frozenset(
    "html head meta title style body main div header p span strong h1 h2 h3 section a sup table thead tbody tr th td ul li bdi "
    "small em details summary footer code svg rect line".split()
)
ATTRIBUTES = frozenset(
    "lang charset name content http-equiv class style id href data-tip dir aria-label aria-hidden scope "
    "width height x y rx x1 x2 y1 y2".split()
)


class TestPage:
    """The report as a page."""

    @pytest.mark.parametrize("poison", HOSTILE)
    @pytest.mark.parametrize("render", [as_html, as_html_fragment])
    def test_hostile_text_stays_text(self, render: "object", poison: str) -> None:
        """Whatever stands in the text, the source, the marks or the column names: no new element, no new attribute."""
        assert callable(render)
        page = Page(render(infected(poison)))
        assert {tag for tag, _ in page.elements} <= ALLOWED
        assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
        assert page.crossed == []
        assert page.open == []
        for _, attributes in page.elements:
            assert re.fullmatch(r"#u[0-9a-f]{8}-[mt]\d+", attributes.get("href") or "#u00000000-m1")
            assert re.fullmatch(r"--p:[\d.]+", attributes.get("style") or "--p:0")
            assert re.fullmatch(r"[a-z -]+", attributes.get("class") or "a")

    @given(st.text(), st.text())
    def test_any_text_stays_text(self, poison: str, other: str) -> None:
        """The same for texts nobody thought of."""
        page = Page(as_html(replace(infected(poison or "x"), note=other)))
        assert {tag for tag, _ in page.elements} <= ALLOWED
        assert page.crossed == []
        as_html(infected(poison or "x")).encode("utf-8")

    def test_nothing_is_loaded(self, case: tuple[str, Verdict]) -> None:
        """There is no script, no address, no import; a policy forbids them besides."""
        page = as_html(case[1])
        assert not re.search(r"<script|<link|<img|https?:|//[a-z]|url\(|@import|\son\w+=", page, re.IGNORECASE)
        assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page

    def test_the_whole_article_is_there(self, case: tuple[str, Verdict]) -> None:
        """With the tags and mark numbers taken out, the article reads as it was, line by line."""
        _, verdict = case
        found = re.search(r'<section class="article".*?>\n(.*?)</section>', as_html(verdict), re.DOTALL)
        assert found
        shown = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<sup>.*?</sup>", "", found[1])))
        lines = [say.visible(line).strip() for line in verdict.text.splitlines() if line.strip()]
        assert [line.strip() for line in shown.splitlines() if line.strip()] == lines

    def test_links_meet_their_targets(self, case: tuple[str, Verdict]) -> None:
        """Each mark leads to a row and each row back to a mark, each target once."""
        page = Page(as_html(case[1]))
        targets = [a["id"] for _, a in page.elements if "id" in a]
        assert len(targets) == len(set(targets))
        assert {str(a["href"])[1:] for _, a in page.elements if "href" in a} <= set(targets)

    def test_two_reports_share_no_names(self, verdicts: dict[str, Verdict]) -> None:
        """Two fragments in one notebook do not link into each other."""
        one, two = (
            {a["id"] for _, a in Page(as_html_fragment(verdicts[name])).elements if "id" in a}
            for name in ("spun", "suspect")
        )
        assert one
        assert not one & two

    def test_strangers_words_are_isolated(self, verdicts: dict[str, Verdict]) -> None:
        """Source, wordings and likely originals keep their writing direction to themselves; paragraphs find theirs."""
        page = as_html(verdicts["right_to_left"])
        assert "<bdi>תיק/خبر.txt</bdi>" in page
        assert "<bdi>قال</bdi>" in page
        assert '<p dir="auto">' in page
        assert "\u202e" not in page

    def test_fragment_styles_only_itself(self, verdicts: dict[str, Verdict]) -> None:
        """In a notebook the style sheet reaches nothing but the report (and the page around a report of its own)."""
        style = as_html_fragment(verdicts["spun"]).split("</style>")[0].removeprefix("<style>")
        style = re.sub(r"@media[^{]*\{", "", style)
        selectors = [one for group in re.findall(r"([^{}]+)\{", style) for one in group.split(",")]
        assert selectors
        assert all(".unspin" in selector for selector in selectors)

    def test_notebook(self, verdicts: dict[str, Verdict]) -> None:
        """A verdict shows itself as the fragment."""
        assert verdicts["suspect"]._repr_html_() == as_html_fragment(verdicts["suspect"])

    def test_sentence_shading_is_the_probability(self, verdicts: dict[str, Verdict]) -> None:
        """Sentences carry their probability for the style sheet; those too short to judge carry none."""
        verdict = verdicts["suspect"]
        shades = re.findall(r'class="sentence" style="--p: ?([\d.]+)"', as_html(verdict))
        judged = [s.probability for s in verdict.sentences if s.probability == s.probability]
        assert [float(shade) for shade in shades] == pytest.approx(judged, abs=0.006)

    def test_a_mark_across_sentences_is_whole(self) -> None:
        """A mark that runs over a sentence's end is drawn on both sides and numbered once."""
        verdict = bare(
            "One two. Three four.",
            Evidence("odd_synonyms", Span(4, 14), "odd", ("x",), 0.5),
            sentences=(SentenceScore(Span(0, 8), 0.2), SentenceScore(Span(9, 20), 0.8)),
        )
        page = as_html(verdict)
        assert re.findall(r'<a class="mark[^>]*><span>(.*?)</span>(<sup>)?', page) == [
            ("two.", ""),
            (" ", ""),
            ("Three", "<sup>"),
        ]

    def test_empty_text(self) -> None:
        """Nothing to show is no reason to fail."""
        assert "Too short" in as_html(bare("", label=Label.TOO_SHORT, probability=NAN))
        assert "Too short" in as_text(bare("", label=Label.TOO_SHORT, probability=NAN))
