"""What the evaluation scores is what ``unspin check`` says, also of texts that come from the cache of an earlier run."""

from pathlib import Path

import pytest

from detector.checker import Checker
from detector.lab.evaluation.scoring import LEXICON, Scorer, open_scorer
from features.checkers.harper import Harper
from features.document import Document

TEXTS = Path(__file__).parents[4] / "seeds" / "texts"

FRENCH = """Le conseil municipal a voté jeudi soir la rénovation du vieux pont, fermé aux voitures depuis deux ans. Les
travaux doivent commencer au printemps et durer dix-huit mois, selon la mairie, qui promet une passerelle provisoire pour
les piétons. Plusieurs commerçants craignent de perdre une partie de leur clientèle pendant le chantier et demandent une
aide à la région. « Nous avons déjà attendu trop longtemps », a déclaré la présidente de leur association, qui souhaite
rencontrer le préfet avant la fin du mois. L'opposition, elle, juge le coût trop élevé pour une ville de cette taille."""


def samples() -> list[str]:
    """A clean article, a spun one, the same with foreign letters, one in French, one too short, and none."""
    spun = (TEXTS / "river-board-talks.spun-dictionary.txt").read_text(encoding="utf-8")
    return [
        (TEXTS / "river-board-talks.txt").read_text(encoding="utf-8"),
        spun,
        spun.replace("a", "а"),
        FRENCH,
        "The ferry is late.",
        "",
    ]


@pytest.fixture
def scorer(tmp_path: Path) -> Scorer:
    """The shipped model, with rows measured and labels checked by another scorer, which kept them."""
    first, _ = open_scorer(None, tmp_path, jobs=1, progress=lambda _: None)
    first.measure(samples(), "texts")
    first.labels(samples())
    again, _ = open_scorer(None, tmp_path, jobs=1, progress=lambda line: pytest.fail(f"measured again: {line}"))
    again.measure(samples(), "texts")
    return again


def test_says_what_the_check_says(scorer: Scorer) -> None:
    """Labels, abstentions and probabilities are those of the single check, whatever letters a text is written in."""
    checker = Checker(grammar=Harper())
    verdicts = [checker.check(Document(text)) for text in samples()]
    assert scorer.labels(samples()) == [v.label for v in verdicts]
    assert len({v.label for v in verdicts}) >= 4
    judged = [i for i, fit in enumerate(scorer.judgeable(samples())) if fit]
    assert len(judged) == 3
    for i in judged:
        assert scorer.probability(samples())[i] == pytest.approx(verdicts[i].probability, abs=1e-12)


def test_without_the_lexicon(scorer: Scorer) -> None:
    """Blanked columns say nothing: only a text that has wordings of the lexicon scores differently."""
    assert len(LEXICON) == 5
    assert set(scorer.manifest.columns) >= LEXICON
    texts = samples()[:2]
    whole, blank = scorer.log_odds(texts), scorer.log_odds(texts, lexicon=False)
    assert blank[1] < whole[1]
    # Nothing that was kept may have been blanked for good.
    assert scorer.log_odds(texts).tolist() == whole.tolist()
