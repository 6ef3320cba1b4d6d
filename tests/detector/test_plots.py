"""Pictures: what they show, and that no text can do them harm."""

import io
import sys
from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle

from detector import plots
from detector.checker import Checker
from detector.plots.article import lay_out
from detector.plots.paper import MONO, SANS, drawable
from detector.verdict import Verdict
from features.document import Document

SPUN = "river-board-talks.spun-dictionary.txt"
HOSTILE = [
    r"$\frac{1}{$",
    r"$x_{1$ \input{/etc/passwd}",
    "<script>alert(1)</script>",
    "\u202eabc\u202c \x1b[31m \x00",
    "🔥👩‍🚒 東京 שלום",
    "e" + "\u0301" * 300,
    "x" * 3000,
    "%d {0} \\ $ $",
    "\n" * 50,
]


@pytest.fixture(autouse=True)
def pictures() -> Iterator[None]:
    """No window is opened, and no picture outlives its test."""
    with mpl.rc_context():
        plt.switch_backend("Agg")
        yield
        plt.close("all")


def drawn(ax: Axes, kind: str = "png") -> bytes:
    """The picture as a file: only then are texts set."""
    out = io.BytesIO()
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.savefig(out, format=kind, dpi=50)
    return out.getvalue()


def written(ax: Axes) -> list[str]:
    """All texts on the axes."""
    return [text.get_text() for text in (*ax.texts, *ax.get_yticklabels()) if text.get_text()]


class TestHostileTexts:
    """Nothing in an article, a source's name, an outlet or a word is anything but text."""

    @pytest.mark.parametrize("text", HOSTILE)
    def test_article(self, text: str, checker: Checker, seeds: dict[str, str]) -> None:
        """Marked text, strip and contributions are drawn without a warning."""
        document = Document(f"{text}\n\n{seeds[SPUN][:900]} {text}", source=text)
        verdict = checker.check(document)
        drawn(plots.marked_text(verdict))
        drawn(plots.contributions(verdict))
        words = checker.words(document)
        drawn(plots.word_strip(words))
        drawn(plots.word_window(words[0]))

    def test_outlets(self) -> None:
        """Outlets are whoever sent the feed."""
        ax = plots.scores_by_outlet(HOSTILE, np.linspace(0.1, 0.9, len(HOSTILE)), threshold=0.5)
        assert drawn(ax)
        assert r"$\frac{1}{$" in written(ax)

    def test_name_of_a_curve(self) -> None:
        """A legend is text too."""
        ax = plots.reliability([True, False], [0.9, 0.1], name=r"$\frac{$")
        assert drawn(ax)
        legend = ax.get_legend()
        assert legend is not None
        assert r"$\frac{$" in legend.get_texts()[0].get_text()

    def test_every_text_is_plain(self, checker: Checker, seeds: dict[str, str]) -> None:
        """Neither mathematics nor TeX, also where the user's settings ask for it."""
        mpl.rcParams["text.usetex"] = True
        words = checker.words(Document("$x$ " + seeds[SPUN]))
        for ax in (plots.word_strip(words), plots.word_window(next(w for w in words if w.alternatives))):
            for text in ax.texts:
                if text.get_text() not in {"marked", "meant"}:
                    assert not text.get_usetex()
                    assert not text.get_parse_math()

    def test_hidden_characters_are_seen(self) -> None:
        """What would turn the writing direction is spelt out, what the font lacks is a replacement character."""
        assert drawable("a\u202eb\x1b") == "a<U+202E>b<U+001B>"
        assert drawable("\U0001f525", SANS) == drawable("東", MONO) == "�"
        assert drawable("x" * 500, most=10) == "x" * 9 + "…"


class TestMarkedText:
    """The article with its marks."""

    def test_marks_are_shaded(self, checker: Checker, seeds: dict[str, str]) -> None:
        """A shade for each mark, and one more where it runs over a line's end."""
        verdict = checker.check(Document(seeds[SPUN]))
        shades = [artist for artist in plots.marked_text(verdict).get_children() if type(artist) is Rectangle]
        assert len(shades) - 1 >= len(verdict.evidence) > 5  # one is the paper

    def test_long_text_ends(self, checker: Checker, seeds: dict[str, str]) -> None:
        """A picture has an end, and it stays quick."""
        verdict = checker.check(Document("\n\n".join(seeds.values())))
        ax = plots.marked_text(verdict, most_lines=5)
        assert ax.get_ylim()[0] < 7

    def test_in_given_axes(self, checker: Checker, seeds: dict[str, str]) -> None:
        """Letters keep their shape whatever the axes' size."""
        ax = plt.subplots(figsize=(3, 3))[1]
        assert plots.marked_text(checker.check(Document(seeds[SPUN])), ax=ax, width=60) is ax
        assert any(isinstance(artist, PathPatch) for artist in ax.get_children())
        assert drawn(ax)

    def test_nothing(self, checker: Checker) -> None:
        """An empty article is an empty picture."""
        assert drawn(plots.marked_text(checker.check(Document(""))))

    @pytest.mark.parametrize(
        "text", ["two words", "a\n\nb c", "\r\n a\r\nb", "wide " * 40, "x" * 100, "\u202e a\u0301b"]
    )
    def test_lay_out(self, text: str) -> None:
        """Every visible code point is placed once, in order, inside the lines."""
        cells = list(lay_out(text, 30))
        places = [(cell.row, cell.column) for cell in cells]
        assert places == sorted(set(places))
        assert [cell.at for cell in cells] == sorted({cell.at for cell in cells})
        assert all(cell.column + len(cell.shown) <= 30 for cell in cells)
        assert len(cells) == len([c for c in text if not c.isspace() and c != "\u0301"])

    def test_lines_set_short_go_on(self) -> None:
        """A single line break before a small letter is a space; an empty line is not."""
        assert [cell.row for cell in lay_out("a\nb\nC\n\nd", 30)] == [0, 0, 1, 2]


class TestStripAndWindow:
    """Words."""

    def test_labels_name_originals(self, checker: Checker, seeds: dict[str, str]) -> None:
        """The heaviest words, each with its likely original, no more than asked for."""
        ax = plots.word_strip(checker.words(Document(seeds[SPUN])), most_labels=5)
        labels = [text for text in written(ax) if "→" in text]
        assert 0 < len(labels) <= 5
        assert len(ax.patches) == len(checker.words(Document(seeds[SPUN])))

    def test_window_names_the_alternatives(self, checker: Checker, seeds: dict[str, str]) -> None:
        """The written word first, then what might have been meant."""
        word = next(word for word in checker.words(Document(seeds[SPUN])) if word.text == "circumstance")
        ax = plots.word_window(word, most=3)
        assert [label.get_text() for label in ax.get_yticklabels()] == [
            "“circumstance”, as written",
            *(alternative.text for alternative in word.alternatives[:3]),
        ]

    def test_nothing(self, checker: Checker) -> None:
        """No words, and a word without alternatives, say so."""
        assert "no words" in written(plots.word_strip([]))
        lonely = next(word for word in checker.words(Document("Xqzrt said no.")) if not word.alternatives)
        assert any("has no alternatives" in text for text in written(plots.word_window(lonely)))


class TestScores:
    """Many articles at once."""

    def test_outlets_in_order(self) -> None:
        """The outlet with the highest share over the threshold first, with its count; what was not judged is left out."""
        outlets = ["calm"] * 3 + ["wild"] * 2 + ["silent"]
        ax = plots.scores_by_outlet(outlets, [0.1, 0.2, 0.95, 0.99, 0.97, np.nan], threshold=0.9)
        assert [label.get_text() for label in ax.get_yticklabels()] == ["wild", "calm"]
        assert {"2 of 2", "1 of 3"} <= set(written(ax))
        dots = sum(len(np.asarray(line.get_xdata())) for line in ax.lines if line.get_marker() == "o")
        assert dots == 5

    def test_extremes_stay_on_the_paper(self) -> None:
        """Probabilities of 0 and 1 have log-odds that no axis has."""
        ax = plots.scores_by_outlet(["a", "a"], [0.0, 1.0])
        assert np.isfinite(ax.get_xlim()).all()
        assert drawn(ax)

    def test_reliability_points(self) -> None:
        """One point a bin: the mean that was said against the share that was true, inside its interval."""
        said = np.repeat([0.1, 0.5, 0.9], 20)
        truth = np.tile([1] + [0] * 9, 2).tolist() + [1, 0] * 10 + np.tile([0] + [1] * 9, 2).tolist()
        ax = plots.reliability(truth, said, bins=3)
        curve = next(line for line in ax.lines if line.get_gid() == "curve")
        for points in (curve.get_xdata(), curve.get_ydata()):
            np.testing.assert_allclose(np.asarray(points, float), np.array([0.1, 0.5, 0.9]))

    def test_second_curve_has_another_colour(self) -> None:
        """Curves on the same axes can be told apart."""
        ax = plots.reliability([True, False], [0.9, 0.1], name="one")
        plots.reliability([True, False], [0.9, 0.1], name="two", ax=ax)
        colours = {line.get_color() for line in ax.lines if line.get_gid() == "curve"}
        assert len(colours) == 2

    def test_nothing(self) -> None:
        """Nothing judged is said in words."""
        assert "no judged articles" in written(plots.scores_by_outlet(["a"], [np.nan]))
        assert "no probabilities" in written(plots.reliability([True], [np.nan]))


class TestContributions:
    """Why."""

    def test_bars_are_the_reasons(self, checker: Checker, seeds: dict[str, str]) -> None:
        """One bar a feature, as long as its log-odds."""
        verdict = checker.check(Document(seeds[SPUN]))
        ax = plots.contributions(verdict, most=30)
        total = sum(patch.get_width() for patch in ax.patches if isinstance(patch, Rectangle))
        assert total == pytest.approx(sum(c.log_odds for c in verdict.contributions))

    def test_no_score(self, verdicts: dict[str, Verdict]) -> None:
        """An article that was not judged has no reasons."""
        assert "no score, no reasons" in written(plots.contributions(verdicts["too_short"]))


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what is missing."""
    from detector.errors import UnspinError

    monkeypatch.delitem(sys.modules, "detector.plots")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UnspinError, match=r"detector\.plots needs matplotlib, which .* -m pip install .*"):
        __import__("detector.plots")
