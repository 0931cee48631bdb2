"""What ``firstprint bom templates`` and ``bom draft`` show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from firstprint.bill_words import bill_words
from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose
from firstprint.domain.bill_of_materials import BillDraft, Template
from firstprint.rationale.formatting import format_percent


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


def draft_view(draft: BillDraft, template: Template, written: Path | None) -> Iterator[RenderableType]:
    """The proposed lines, where their names come from, and what to do with them."""
    words = bill_words(draft.language)
    yield Text.assemble((one_line(draft.product, 200), "bold"), (f"  {words.draft}", "yellow"))
    if draft.like:
        yield Prose(words.draft_like.format(name=draft.like, share=format_percent(draft.similarity)), style="dim")
    else:
        yield Prose(words.draft_unlike, style="yellow")
    if draft.llm is not None:
        yield Prose(words.draft_llm.format(llm=one_line(draft.llm)), style="dim")
    if draft.reason:
        yield Prose(one_line(draft.reason), style="yellow")
    yield Text()
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for key in ("component", "material", "amount", "unit", "stage", "status"):
        table.add_column(words.headings[key], justify="right" if key == "amount" else "left")
    for line in draft.lines:
        origin = " *" if line.origin == "language_model" else ""
        table.add_row(
            Text(one_line(line.component, 60) + origin),
            Text(one_line(line.material, 60), style="dim"),
            Text("?", style="yellow"),
            Text(line.unit),
            Text(template.stage(line.stage).name(draft.language)),
            Text(words.draft, style="yellow"),
        )
    yield table
    yield Text()
    file = written if written is not None else Path("draft.csv")
    told = words.draft_next if written is not None else words.draft_write
    yield Prose(told.format(path=file, template=draft.template), style="cyan")
