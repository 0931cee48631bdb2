"""Drafts: names from the nearest kind or a language model, never an amount."""

from __future__ import annotations

import re

import pytest
from bill_samples import BATTERY, GATE, GRAVE

from firstprint.drafts import draft_bill
from firstprint.embedding.opening import open_encoder
from firstprint.errors import InputError, LanguageModelError
from firstprint.importers.bill_templates import load_templates, read_template, stage_named, template_named
from firstprint.importers.compositions import ANY, load_compositions
from firstprint.llm.components import MOST_PARTS, parts_of
from firstprint.resources import resource
from firstprint.units import parse_unit


@pytest.fixture(scope="module")
def encoder():
    return open_encoder()


class Chat:
    """A language model that says what it is told to."""

    model_id = "test:model"

    def __init__(self, reply) -> None:
        self.reply, self.prompt = reply, ""

    def complete(self, prompt, schema):
        self.prompt = prompt
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


@pytest.mark.parametrize(
    ("text", "kind", "component"),
    [
        ("304不锈钢保温杯 500ml", "保温杯", "内胆"),
        ("electric water kettle 1.7 L", "electric kettle", "heating element"),
        ("Baumwoll-T-Shirt", "T-shirt", "fabric"), ("磷酸铁锂电池包", "锂离子电池包", "隔膜"),
    ],
)  # fmt: skip
def test_the_nearest_kind_gives_the_parts_in_the_readers_language(encoder, text, kind, component):
    draft = draft_bill(encoder, text, GATE)
    assert draft.like == kind
    assert component in {line.component for line in draft.lines}
    assert all(line.status == "draft" and line.origin == "composition" for line in draft.lines)
    assert {line.stage for line in draft.lines} <= {stage.id for stage in GATE.stages}


def test_what_is_like_no_kind_gets_only_what_any_product_has(encoder):
    draft = draft_bill(encoder, "concert violin", GATE)
    assert draft.like == ""
    assert [line.stage for line in draft.lines] == ["production", "production", "packaging", "inbound_transport"]


def test_lines_follow_the_template(encoder):
    stages = {template.id: {line.stage for line in draft_bill(encoder, "lithium battery", template).lines}
              for template in (GATE, GRAVE, BATTERY)}  # fmt: skip
    assert "use" in stages["cradle-to-grave"]
    assert "end_of_life" in stages["battery"]
    assert "use" not in stages["battery"] | stages["cradle-to-gate"]


def test_a_language_model_adds_names_and_no_number_gets_through(encoder):
    chat = Chat({"parts": [
        {"component": "lid", "material": "PP"}, {"component": "gasket", "material": "EPDM 70"},
        {"component": "3 screws", "material": "steel"}, {"component": "handle strap", "material": "nylon"},
        {"component": "５ bolts", "material": ""}, {"component": "三个螺钉", "material": ""}, "noise",
    ]})  # fmt: skip
    draft = draft_bill(encoder, "vacuum flask, 5 kg", GATE, chat=chat)
    named = [line for line in draft.lines if line.origin == "language_model"]
    assert [(line.component, line.material) for line in named] == [("gasket", ""), ("handle strap", "nylon")]
    assert draft.llm == "test:model"
    assert draft.prompt_sha256
    assert "<<<USER_TEXT" in chat.prompt
    assert not re.search(r"\d", "".join(line.component + line.material for line in draft.lines))
    assert "amount" not in draft.lines[0].model_dump()


@pytest.mark.parametrize("reply", [LanguageModelError("too slow"), {"parts": "x"}, {}, {"parts": []}])
def test_a_failing_model_leaves_the_draft_as_it_is_and_says_why(encoder, reply):
    draft = draft_bill(encoder, "vacuum flask", GATE, chat=Chat(reply))
    assert draft.llm is None
    assert draft.reason
    assert draft.lines == draft_bill(encoder, "vacuum flask", GATE).lines


def test_a_model_cannot_flood_the_draft():
    letters = "abcdefghijklmnopqrstuvwxyz"
    parts = [{"component": f"part {letter}", "material": "x" * 100} for letter in letters]
    kept = parts_of(
        {"parts": [*parts, {"component": "=cmd", "material": ""}, {"component": "see http://x", "material": ""}]}
    )
    assert len(kept) == MOST_PARTS
    assert {one.material for one in kept} == {""}


def test_an_empty_text_is_refused(encoder):
    with pytest.raises(InputError):
        draft_bill(encoder, "  ", GATE)


def test_compositions_are_names_in_both_languages_without_any_amount():
    kinds = load_compositions()
    assert len(kinds) > 40
    assert kinds[-1].name_en == ANY
    for kind in kinds:
        names = [one.name_en for one in kind.components]
        assert len(names) == len(set(names)), kind.name_en
        for one in kind.components:
            assert one.name_en
            assert one.name_zh
            assert bool(one.material_en) == bool(one.material_zh), one
            assert parse_unit(one.unit).amount == 1
            assert not re.search(r"\d\s*(kg|g|%|mm|pcs)\b", " | ".join(one[:4])), one
            assert stage_named(GRAVE, one.stage) is not None or one.stage == "transport", one
    assert "amount" not in resource("index/compositions.csv").read_text(encoding="utf-8").splitlines()[0]


def test_templates_are_complete_and_only_the_battery_is_a_draft():
    found = {one.id: one for one in load_templates()}
    assert set(found) == {"cradle-to-gate", "cradle-to-grave", "battery"}
    assert [one.id for one in found.values() if one.draft] == ["battery"]
    for one in found.values():
        spellings = [alias for stage in one.stages for alias in {stage.id.replace("_", " "), *stage.aliases}]
        assert len(spellings) == len(set(spellings)), one.id
        assert all(stage.name_zh and stage.name_en for stage in one.stages)
        assert all(stage_named(one, stage.name_zh) is stage for stage in one.stages)
    assert "2023/1542" in found["battery"].basis_en
    assert [stage.id for stage in found["battery"].stages if stage.excluded] == ["use"]


def test_a_template_of_ones_own_is_read_and_a_wrong_one_named(tmp_path):
    text = resource("index/templates/cradle-to-gate.toml").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('id = "cradle-to-gate"', 'id = "own"'), encoding="utf-8")
    assert template_named(str(own)).id == "own"
    for broken in (
        "not toml [",
        text.replace("default_stage", "other"),
        text.replace('"materials"\nbasis', '"x"\nbasis'),
    ):
        own.write_text(broken, encoding="utf-8")
        with pytest.raises(InputError, match=r"own\.toml is not a template"):
            read_template(own)
    with pytest.raises(InputError, match="no template 'cradle'"):
        template_named("cradle")


def test_a_wheel_carries_templates_and_compositions():
    import tomllib

    root = resource("index/templates").parent.parent
    table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    included = table["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert {"index/templates", "index/compositions.csv"} <= set(included)
