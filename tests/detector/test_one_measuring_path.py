"""Check, estimators, training, evaluation, audit and web measure a text in one way."""

import json
from pathlib import Path

import numpy as np
import pytest

from detector.audit import audit
from detector.checker import Checker
from detector.estimator import Detector, FeatureTransformer
from detector.lab.evaluation.scoring import Scorer
from detector.lab.training.training_sets import judgeable
from detector.measuring import embedded_analyst
from detector.rows import measure_texts
from detector.web.jobs import Tools, perform
from features.document import Document
from features.language_model import analysis
from features.language_model.windows import Resources, Windows, measure_windows

TABLES = Path(analysis.__file__).parents[1] / "tables"


def hostile(seeds: dict[str, str]) -> list[str]:
    """A clean and a spun story, disguised and damaged in several ways, and texts that are not judged."""
    clean, spun = seeds["river-board-talks.txt"], seeds["river-board-talks.spun-dictionary.txt"]
    return [
        clean,
        spun,
        spun.replace("a", "\u0430"),
        spun.replace("t", "t\u200b"),
        spun.replace("co", "c\u00ado"),
        spun.title(),
        "“" + spun.replace("\n", "”\n“") + "”",
        clean.replace("e", "\u1eb9"),
        "\ufeff" + spun + "\x07" * 3 + "👩\u200d👩\u200d👧" * 20,
        spun.replace(" ", "  \t"),
        "Too short to say.",
        "Les deux parties sont convenues de se revoir en mai, mais personne n'a voulu dire où. " * 12,
        "\u202e" * 2000 + "x",
    ]


def test_every_way_gives_the_same_numbers(seeds: dict[str, str], tmp_path: Path) -> None:
    """The same columns, the same probability and the same label, whoever asks."""
    texts = hostile(seeds)
    checker = Checker(grammar="none")
    verdicts = [checker.check(Document(text)) for text in texts]

    manifest = checker.model.manifest
    assert manifest.cascade is not None
    rows = measure_texts(texts, grammar="none", tables=TABLES, min_words=manifest.min_words, reader=True)
    assert rows.columns == tuple(checker.columns) == manifest.columns + manifest.cascade.columns
    by_features = rows.values[:, : len(manifest.columns)]
    np.testing.assert_array_equal(FeatureTransformer(grammar="none").transform(texts), by_features)
    assert [judgeable(text) for text in texts] == rows.judged.tolist()
    for verdict, label, words, row in zip(verdicts, rows.abstentions, rows.words, rows.values, strict=True):
        assert (label or verdict.label) is verdict.label
        assert words == verdict.words
        if label is None:
            measured = {c.column: c.value for c in verdict.contributions}
            np.testing.assert_array_equal([measured[name] for name in rows.columns], row)

    probabilities = [verdict.probability for verdict in verdicts]
    np.testing.assert_array_equal(Detector(grammar="none").predict_proba(texts)[:, 1], probabilities)

    feed = tmp_path / "feed.jsonl"
    lines = [json.dumps({"id": str(i), "text": text}) for i, text in enumerate(texts)]
    feed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found_rows = list(audit([str(feed)], grammar="none", jobs=1, reader="always"))
    audited, errors = {row.source: row.verdict for row in found_rows}, [row.error for row in found_rows if row.error]
    for i, verdict in enumerate(verdicts):
        found = audited[f"{feed}:{i + 1}"]
        assert found is not None, errors
        assert found.label == verdict.label
        assert found.probability == pytest.approx(verdict.probability, nan_ok=True)

    for text, verdict in zip(texts, verdicts, strict=True):
        header = {"kind": "check", "form": "text", "name": "-", "content_type": None, "date": "", "outlet": ""}
        _, body = perform(Tools(checker), {**header, "most_bytes": 1_000_000, "include_text": False}, text.encode())
        answer = json.loads(body)
        assert (answer["label"], answer["probability"]) == (
            verdict.label.value,
            None if np.isnan(verdict.probability) else verdict.probability,
        )


def test_the_evaluation_labels_as_the_check_does(seeds: dict[str, str], checker: Checker, tmp_path: Path) -> None:
    """Labels and log-odds come from the same rows."""
    texts = hostile(seeds)[:6]
    scorer = Scorer(checker.model, TABLES, tmp_path, 1, lambda _: None)
    scorer.measure(texts, "texts")
    with_harper = Checker()
    assert scorer.labels(texts) == [with_harper.check(Document(text)).label for text in texts]


def test_a_text_is_analysed_once(seeds: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Four features, the marks and the sentences read one analysis. A flagged text is read once more as mended."""
    made: list[str] = []

    def counted(document: Document, resources: Resources) -> Windows:
        made.append(document.text)
        return measure_windows(document, resources)

    monkeypatch.setattr(analysis, "measure_windows", counted)
    checker = Checker(grammar="none", reader="never")
    texts = list(seeds.values())
    verdicts = [checker.check(Document(text)) for text in texts]
    assert [text for text in made if text in texts] == texts
    flagged = sum(verdict.flagged for verdict in verdicts)
    assert flagged <= len(made) - len(texts) <= 2 * flagged
    assert checker.measurer.analyst is embedded_analyst()
