"""Files of a newsroom's own thresholds, and checks that use them."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detector import model
from detector.checker import Checker
from detector.cli import main
from detector.errors import ModelError
from detector.own_thresholds import OutletThresholds, OwnThresholds, as_json, read_thresholds
from detector.verdict import Label
from features.document import Document


def own(**changes: Any) -> OwnThresholds:  # noqa: ANN401 - fields of any kind
    """Thresholds for the embedded model without grammar."""
    made = OwnThresholds(
        model=model.embedded().hash,
        grammar="none",
        suspect=0.25,
        spun=0.75,
        suspect_rate=0.03,
        spun_rate=0.004,
        articles=731,
        created="2026-11-24",
        reader=True,
    )
    return dataclasses.replace(made, **changes)


def written(folder: Path, thresholds: OwnThresholds) -> Path:
    """The file of some thresholds."""
    path = folder / "thresholds.json"
    path.write_text(as_json(thresholds), encoding="utf-8")
    return path


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    """Numbers come back to the last bit."""
    made = own(spun=0.1 + 0.2, suspect=1e-7)
    assert read_thresholds(written(tmp_path, made)) == made


def test_the_hash_names_the_numbers() -> None:
    """Another threshold has another name; the same ones have the same."""
    assert own().hash == own().hash
    assert own().hash != own(spun=0.75000001).hash


def test_a_check_uses_them_and_says_so(seeds: dict[str, str], tmp_path: Path) -> None:
    """The verdict holds the newsroom's thresholds, rates and number of articles; its signature names them."""
    document = Document(seeds["river-flood.txt"])
    checker = Checker(grammar="none", thresholds=written(tmp_path, own()))
    shipped = Checker(grammar="none")
    verdict = checker.check(document)
    assert (verdict.threshold, verdict.suspect_threshold) == (0.75, 0.25)
    assert (verdict.spun_rate, verdict.suspect_rate, verdict.calibration_articles) == (0.004, 0.03, 731)
    assert verdict.signature == f"{shipped.signature} | thresholds {own().hash}"
    assert verdict.probability == shipped.check(document).probability
    assert checker.thresholds.news_floor == shipped.thresholds.news_floor
    assert checker.with_features().thresholds == checker.thresholds
    short = checker.check(Document("Too short to say."))
    assert (short.threshold, short.signature) == (0.75, verdict.signature)


def test_the_label_follows_them(seeds: dict[str, str]) -> None:
    """The same clean story is clean or suspect as the newsroom's thresholds say."""
    document = Document(seeds["river-flood.txt"])
    probability = Checker(grammar="none").check(document).probability
    low = Checker(grammar="none", thresholds=own(suspect=probability, spun=1.0))
    high = Checker(grammar="none", thresholds=own(suspect=min(1.0, probability + 0.01), spun=1.0))
    assert low.check(document).label is Label.SUSPECT
    assert high.check(document).label is Label.CLEAN


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model": "00000000"}, "made for model 00000000"),
        ({"grammar": "harper"}, "--grammar harper"),
        ({"reader": False}, "--reader never"),
    ],
)
def test_another_model_or_checker_is_refused(changes: dict[str, str], sentence: str, tmp_path: Path) -> None:
    """Probabilities of another model or grammar checker mean something else."""
    with pytest.raises(ModelError, match=sentence):
        Checker(grammar="none", thresholds=str(written(tmp_path, own(**changes))))


def _with(*path: str, value: object) -> Callable[[dict[str, Any]], str]:
    def change(fields: dict[str, Any]) -> str:
        place = fields
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        return json.dumps(fields)

    return change


def _without(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda fields: json.dumps({k: v for k, v in fields.items() if k != name})


HOSTILE = {
    "nothing": lambda _: "",
    "no JSON": lambda _: "spun = 0.9",
    "half of it": lambda fields: json.dumps(fields)[:60],
    "a list": lambda _: "[]",
    "null": lambda _: "null",
    "deep": lambda _: "[" * 50_000,
    "huge": lambda fields: json.dumps(fields) + " " * 1_100_000,
    "a long number": lambda _: '{"schema": ' + "9" * 5_000 + "}",
    "another schema": _with("schema", value="unspin.verdict/1"),
    "a schema of another kind": _with("schema", value=["unspin.thresholds/1"]),
    "no thresholds": _without("thresholds"),
    "no articles": _without("articles"),
    "no date": _without("created"),
    "thresholds of a list": _with("thresholds", value=[0.5, 0.9]),
    "NaN": _with("thresholds", "spun", value=float("nan")),
    "infinity": _with("thresholds", "spun", value=float("inf")),
    "an integer beyond floats": _with("thresholds", "spun", value=10**400),
    "negative": _with("thresholds", "suspect", value=-0.5),
    "zero, which accuses all": _with("thresholds", "suspect", value=0),
    "above one": _with("thresholds", "spun", value=1.5),
    "upside down": _with("thresholds", "suspect", value=0.9),
    "true": _with("thresholds", "spun", value=True),
    "a word for a number": _with("thresholds", "spun", value="0.9"),
    "a rate of nothing": _with("rates", "spun", value=0),
    "a rate of all": _with("rates", "suspect", value=1),
    "half an article": _with("articles", value=200.5),
    "no article": _with("articles", value=0),
    "articles beyond counting": _with("articles", value=10**30),
    "a model with a line break": _with("model", value="12345678\n"),
    "a model that writes to the terminal": _with("model", value="\x1b[2J"),
    "a grammar of another kind": _with("grammar", value=None),
    "a date of markup": _with("created", value="<script>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_damaged_file_is_one_sentence(name: str, tmp_path: Path) -> None:
    """Whatever is wrong, the sentence names the file and shows nothing of what is in it."""
    path = tmp_path / "t.json"
    path.write_text(HOSTILE[name](json.loads(as_json(own()))), encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        read_thresholds(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: ")
    assert "damaged" in sentence
    assert sentence.isprintable()
    assert len(sentence) < len(str(path)) + 150


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    """A file of a later version asks for an update, whatever else is in it."""
    path = tmp_path / "t.json"
    path.write_text('{"schema": "unspin.thresholds/2"}', encoding="utf-8")
    with pytest.raises(ModelError, match="update unspin"):
        read_thresholds(path)


def test_bytes_and_folders_are_refused(tmp_path: Path) -> None:
    """What is no text, is not there or is a folder is one sentence too."""
    (tmp_path / "t.json").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "t.json", tmp_path / "missing.json", tmp_path, Path("a\0b")):
        with pytest.raises(ModelError, match="thresholds"):
            read_thresholds(path)


def test_the_command_refuses_with_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file for another model ends the run in one sentence; nothing is printed as a verdict."""
    article = tmp_path / "story.txt"
    article.write_text("The council met on Monday and agreed to open the bridge. " * 20, encoding="utf-8")
    path = written(tmp_path, own(model="00000000"))
    assert main(["check", "--grammar", "none", "--thresholds", str(path), str(article)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"unspin: {path}: made for model 00000000")
    assert len(err.splitlines()) == 1


OUTLETS = (OutletThresholds("The Example", 0.5, 0.999, 412), OutletThresholds("Ünder", 0.3, 0.8, 230))


def test_outlets_come_back_and_are_part_of_the_hash(tmp_path: Path) -> None:
    """A file without outlets keeps the hash and the form that it had before there were any."""
    made = own(outlets=OUTLETS)
    assert read_thresholds(written(tmp_path, made)) == made
    assert len({made.hash, own().hash, own(outlets=OUTLETS[:1]).hash}) == 3
    assert own(model="00000000", reader=False).hash == "07cf106c"
    assert "outlets" not in json.loads(as_json(own()))


@pytest.mark.parametrize(
    "damage", [{"spun": 0.0}, {"suspect": 0.9999}, {"articles": 0}, {"articles": True}, {"outlet": ""}, {"outlet": 3}]
)
def test_damaged_outlets_are_refused(tmp_path: Path, damage: dict[str, Any]) -> None:
    """As any other damage."""
    path = written(tmp_path, own(outlets=OUTLETS))
    fields = json.loads(path.read_text(encoding="utf-8"))
    fields["outlets"][0] |= damage
    path.write_text(json.dumps(fields), encoding="utf-8")
    with pytest.raises(ModelError, match="are damaged"):
        read_thresholds(path)


def test_a_check_uses_those_of_the_outlet(
    seeds: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In any case of its name; the verdict says so. All other outlets have the general ones."""
    checker = Checker(grammar="none", thresholds=own(outlets=OUTLETS))
    document = Document(seeds["river-flood.txt"])
    verdict = checker.of_outlet(" the example ").check(document)
    assert (verdict.threshold, verdict.suspect_threshold, verdict.calibration_articles) == (0.999, 0.5, 731)
    assert verdict.note.endswith("The thresholds are those of The Example, set on 412 of its articles.")
    assert verdict.signature == checker.signature
    assert checker.of_outlet("Other") is checker
    assert checker.check(document).threshold == 0.75
    (tmp_path / "a.txt").write_text(seeds["river-flood.txt"], encoding="utf-8")
    command = ["check", "--json", "--grammar", "none", "--thresholds", str(written(tmp_path, own(outlets=OUTLETS)))]
    assert main([*command, "--outlet", "Ünder", str(tmp_path / "a.txt")]) in {0, 1}
    assert json.loads(capsys.readouterr().out)["threshold"] == 0.8
