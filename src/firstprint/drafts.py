"""Proposes the lines of a bill of materials for a product: names from the nearest kind, amounts left to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from firstprint.domain.bill_of_materials import BillDraft, DraftLine, Template
from firstprint.importers.bill_templates import stage_named
from firstprint.importers.compositions import ANY, Component, Composition, load_compositions
from firstprint.language import clean_description, detect_language, writing_language
from firstprint.llm.components import Named, name_components
from firstprint.phrases import head_of, without_quantities

if TYPE_CHECKING:
    from firstprint.domain.product import Language
    from firstprint.domain.steps import ChatModel, Encoder

ALIKE = 0.65
"""Cosine from which a kind is taken. With USE and each of the 276 names left out in turn, the nearest name belongs to
the same kind for .91, and .91 of the names lie above this; of 20 products of no kind on file, 2 do (at .5: 13)."""


class _Nearest(NamedTuple):
    composition: Composition | None
    similarity: float


def draft_bill(
    encoder: Encoder, text: str, template: Template, *, language: str | None = None, chat: ChatModel | None = None
) -> BillDraft:
    """A list of components to complete.

    Args:
        encoder: compares the description with the kinds' names.
        text: the product, in any of the encoder's languages.
        template: into whose stages the lines are sorted.
        language: ``en`` or ``zh`` for the names; None follows the description.
        chat: a language model that names further parts, or None.

    Raises:
        InputError: the description is empty or too long.
    """
    product = clean_description(text)
    written = writing_language(language or detect_language(product))
    nearest = _nearest(encoder, product)
    lines = [] if nearest.composition is None else [
        _line(one, template, written) for one in nearest.composition.components
    ]  # fmt: skip
    named = name_components(chat, product, written) if chat is not None else None
    lines += _further(named, lines, template)
    general = next(one for one in load_compositions() if one.name_en == ANY)
    lines += [
        _line(one, template, written) for one in general.components if stage_named(template, one.stage) is not None
    ]
    kind = nearest.composition
    return BillDraft(
        product=product,
        language=written,
        template=template.id,
        like="" if kind is None else (kind.name_zh if written == "zh" else kind.name_en),
        similarity=nearest.similarity,
        lines=tuple(line for line in lines if not _excluded(template, line)),
        llm=named.llm if named is not None and named.parts else None,
        prompt_sha256=named.prompt_sha256 if named is not None else None,
        reason=named.reason if named is not None else "",
    )


def _nearest(encoder: Encoder, product: str) -> _Nearest:
    kinds = [one for one in load_compositions() if one.name_en != ANY]
    names = [(kind, name) for kind in kinds for name in kind.names]
    bare = without_quantities(product)
    texts = [text for text in (bare, head_of(bare)) if text]
    vectors = encoder.encode([*texts, *(name for _, name in names)])
    cosines = (vectors[: len(texts)] @ vectors[len(texts) :].T).max(axis=0)
    best = int(cosines.argmax())
    similarity = float(cosines[best])
    return _Nearest(names[best][0] if similarity >= ALIKE else None, similarity)


def _line(one: Component, template: Template, language: Language) -> DraftLine:
    chinese = language == "zh"
    stage = stage_named(template, one.stage)
    return DraftLine(
        component=one.name_zh if chinese else one.name_en,
        material=one.material_zh if chinese else one.material_en,
        unit=one.unit,
        stage=template.default_stage if stage is None else stage.id,
        origin="composition",
    )


def _further(named: Named | None, lines: list[DraftLine], template: Template) -> list[DraftLine]:
    """What the model named beside the lines there are."""
    known = {line.component.casefold() for line in lines}
    return [
        DraftLine(
            component=part.component,
            material=part.material,
            unit="kg" if part.material else "piece",
            stage=template.default_stage,
            origin="language_model",
        )
        for part in (named.parts if named is not None else ())
        if part.component.casefold() not in known
    ]


def _excluded(template: Template, line: DraftLine) -> bool:
    return template.stage(line.stage).excluded
