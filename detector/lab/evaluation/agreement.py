"""Check that the batch, the single check, the page, the JSON and the command agree on the same text."""

import html
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detector.lab.data.stories import Article
from detector.lab.evaluation.located import checker_of
from detector.lab.evaluation.scoring import CHECKER, Scorer
from detector.lab.training.calibration import apply
from detector.render import as_html
from detector.render.data import as_dict
from detector.render.words import probability_words
from features.document import Document


def agreement(scorer: Scorer, root: Path, articles: Sequence[Article], *, embedded: bool) -> dict[str, Any]:
    """The largest differences and the numbers of differing answers over some texts. All should be 0.

    Parameters
    ----------
    embedded : bool
        Whether ``root`` is the model that the command uses. If not, the command is not compared.
    """
    texts = [a.text for a in articles]
    probability, labels = scorer.probability(texts), scorer.labels(texts)
    checker = checker_of(root)
    verdicts = [checker.check(Document(t)) for t in texts]
    judged = [i for i, v in enumerate(verdicts) if not np.isnan(v.probability)]
    estimator = scorer.model.estimator.predict_log_proba(scorer.rows(texts))
    human = list(scorer.model.estimator.classes_).index("human")
    odds = np.logaddexp.reduce(np.delete(estimator, human, axis=1), axis=1) - estimator[:, human]
    calibration, words = scorer.manifest.calibration[CHECKER], scorer.words(texts)
    first = scorer.model.weights.log_odds(scorer.rows(texts))
    answer: dict[str, Any] = {
        "texts": len(texts),
        "label_differs_from_batch": sum(v.label is not label for v, label in zip(verdicts, labels, strict=True)),
        "largest_difference_from_batch": max(
            (abs(verdicts[i].probability - probability[i]) for i in judged), default=0
        ),
        "largest_difference_from_estimator": float(
            np.abs(apply(calibration, odds, words) - apply(calibration, first, words)).max(initial=0)
        ),
        "page_differs": sum(not _on_page(as_html(v), v.probability) for v in (verdicts[i] for i in judged)),
        "json_differs": sum(as_dict(v)["probability"] != v.probability for v in (verdicts[i] for i in judged)),
    }
    if embedded:
        answer["command_differs"] = _commands_differ(texts, [as_dict(v) for v in verdicts])
    return answer


def _on_page(page: str, probability: float) -> bool:
    return probability_words(probability) in html.unescape(re.sub(r"<[^>]+>", "", page))


def _commands_differ(texts: Sequence[str], expected: Sequence[dict[str, Any]]) -> int:
    """The number of answers of the command line that differ from those of the library."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.txt" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text.encode("utf-8"))
        answers = _run_command(paths)
    same = ("label", "probability", "evidence")
    return sum(any(got[k] != want[k] for k in same) for got, want in zip(answers, expected, strict=True))


def _run_command(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """The output of ``unspin check --json`` for each file, in order, run as a separate process."""
    # An empty standard input is one more article: with two or more, the command writes one on each line.
    command = [sys.executable, "-m", "detector", "check", "--json", "--fail-on", "never", *map(str, paths), "-"]
    run = subprocess.run(command, input=b"", capture_output=True, check=False)  # noqa: S603 - this very Python
    lines = run.stdout.decode("utf-8").split("\n")
    return [json.loads(line) for line in lines[: len(paths)]]
