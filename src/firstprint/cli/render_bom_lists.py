"""What ``firstprint bom templates`` and ``bom draft`` show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from firstprint.bill_words import bill_words
from firstprint.cli.prose import Prose
from firstprint.domain.bill_of_materials import Template


def templates_view(templates: Sequence[Template], language: str) -> Iterator[RenderableType]:
    """Each template with its stages and inputs."""
    words = bill_words(language)
    for one in templates:
        mark = (f"  {words.draft}", "yellow") if one.draft else ""
        yield Text.assemble((one.id, "bold cyan"), f"  {one.name(language)}", mark)
        stages = " → ".join(stage.name(language) for stage in one.stages)
        yield Padding(Prose(stages), (0, 0, 0, 2))
        yield Padding(Prose(one.basis_zh if language == "zh" else one.basis_en, style="dim"), (0, 0, 0, 2))
        rule = one.functional_unit
        for each in rule.inputs if rule is not None else ():
            meaning = each.meaning_zh if language == "zh" else each.meaning_en
            yield Padding(Text.assemble(f"--set {each.name}=… ", (f"{meaning} [{each.unit}]", "dim")), (0, 0, 0, 4))
        yield Text()
