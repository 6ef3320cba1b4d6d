"""The JSON is what docs/json-schema.md and the schema file say."""

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.render import as_dict, as_json, error_as_dict
from detector.render.data import dump
from detector.verdict import RewritingKind, Verdict

DOCS = Path(__file__).parents[2] / "docs" / "json-schema.md"


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    """The shipped schema."""
    loaded: dict[str, Any] = json.loads(files("detector").joinpath("schema/verdict-1.json").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="session")
def validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """A validator that also refuses fields the schema does not name: what we write, we document."""
    closed = json.loads(json.dumps(schema).replace('"additionalProperties": true', '"additionalProperties": false'))
    return jsonschema.Draft202012Validator(closed)


def test_the_schema_is_a_schema(schema: dict[str, Any]) -> None:
    """It is valid JSON Schema of the draft it names."""
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("include_text", [False, True])
def test_verdicts_are_valid(
    case: tuple[str, Verdict], validator: jsonschema.Draft202012Validator, *, include_text: bool
) -> None:
    """Every sort of verdict follows the schema, with and without its text."""
    answer = json.loads(as_json(case[1], include_text=include_text))
    validator.validate(answer)
    assert ("text" in answer) is include_text


def test_errors_are_valid(validator: jsonschema.Draft202012Validator) -> None:
    """So does what stands in a verdict's place."""
    validator.validate(error_as_dict("a.txt", "a.txt does not exist."))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", "guilty"),
        ("probability", 1.2),
        ("schema", "unspin.verdict/2"),
        ("words", -1),
        ("evidence", [{"start": 0, "end": 1}]),
        ("kinds", [{"name": "synonyms", "title": "words swapped for synonyms", "share": 1.2}]),
    ],
)
def test_the_schema_refuses(
    field: str, value: object, verdicts: dict[str, Verdict], validator: jsonschema.Draft202012Validator
) -> None:
    """Unknown labels, impossible numbers and half a mark are not version 1."""
    assert not validator.is_valid({**as_dict(verdicts["spun"]), field: value})


def test_kinds_of_rewriting(verdicts: dict[str, Verdict], validator: jsonschema.Draft202012Validator) -> None:
    """They keep their order and stand with their plain words."""
    kinds = (RewritingKind("translation", 0.75), RewritingKind("house_style", 0.25))
    answer = json.loads(as_json(replace(verdicts["spun"], kinds=kinds)))
    validator.validate(answer)
    assert answer["kinds"] == [
        {"name": "translation", "title": "a translation into another language and back", "share": 0.75},
        {"name": "house_style", "title": "house style", "share": 0.25},
    ]


def test_verdicts_from_before_the_kinds(case: tuple[str, Verdict], validator: jsonschema.Draft202012Validator) -> None:
    """What was stored without kinds is still a verdict of version 1."""
    answer = as_dict(case[1])
    del answer["kinds"]
    validator.validate(answer)


def test_users_may_meet_new_fields(schema: dict[str, Any], verdicts: dict[str, Verdict]) -> None:
    """As shipped, the schema lets fields be added."""
    jsonschema.Draft202012Validator(schema).validate({**as_dict(verdicts["spun"]), "added_later": 1})


def test_offsets_index_the_text(case: tuple[str, Verdict]) -> None:
    """In code points, whatever stands before: emoji, line breaks, other scripts."""
    answer = json.loads(as_json(case[1], include_text=True))
    for evidence in answer["evidence"]:
        assert answer["text"][evidence["start"] : evidence["end"]] == evidence["text"]


def test_what_is_not_measured_is_null(verdicts: dict[str, Verdict]) -> None:
    """NaN appears nowhere; an abstaining verdict has neither probability nor quality."""
    answer = as_dict(verdicts["too_short"])
    assert answer["probability"] is None
    assert answer["quality"]["score"] is None
    for verdict in verdicts.values():
        assert not re.search(r"\b(NaN|Infinity)\b", as_json(verdict))


def test_infinity_is_null(verdicts: dict[str, Verdict]) -> None:
    """JSON has no infinity either."""
    assert as_dict(replace(verdicts["clean"], probability=float("inf")))["probability"] is None


def test_one_line(verdicts: dict[str, Verdict]) -> None:
    """Without indent a verdict is one line, whatever line breaks its text has."""
    assert len(as_json(verdicts["emoji"], include_text=True, indent=None).split("\n")) == 1


@given(st.dictionaries(st.text(), st.text(st.characters(categories=None))))
def test_any_text_can_be_written(answer: dict[str, str]) -> None:
    """Also lone surrogates, which UTF-8 cannot encode, come back as they were."""
    assert json.loads(dump(answer).encode("utf-8")) == answer


def test_every_field_is_documented(schema: dict[str, Any]) -> None:
    """The page names every field of the schema."""
    page = DOCS.read_text("utf-8")
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]*)`", page))))
    fields = {name for part in schema["$defs"].values() for name in part["properties"]}
    assert fields <= named
