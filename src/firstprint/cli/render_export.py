"""What ``firstprint export`` says: the file, the footprints in it, and what its reader must know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from firstprint.cli.figures import mass_unit, one_line
from firstprint.cli.prose import Prose
from firstprint.cli.render_candidates import bullet
from firstprint.exporting import Exported, ExportedRecord

RECORDS_SHOWN = 20
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "one": "Wrote 1 record to {file} ({format}, {size}).",
        "many": "Wrote {count} records to {file} ({format}, {size}).",
        "more": "… and {count} more.",
        "draft": "Draft: nobody has confirmed what is marked so in the file.",
        "drafted": "draft",
        "recomputed": "computed anew for the dataset taken",
        "restricted": "Restricted licence: {id} ({source}): {licence}",
        "none": "no licence stated",
        "model": "model alone",
    },
    "zh": {
        "one": "已将 1 条记录写入 {file}（{format}，{size}）。",
        "many": "已将 {count} 条记录写入 {file}（{format}，{size}）。",
        "more": "……另有 {count} 条。",
        "draft": "草稿：文件中标为草稿者未经任何人确认。",
        "drafted": "草稿",
        "recomputed": "已按选定的数据集重新计算",
        "restricted": "许可受限：{id}（{source}）：{licence}",
        "none": "未注明许可",
        "model": "仅模型",
    },
}


def exported_view(done: Exported, language: str) -> Iterator[RenderableType]:
    """The summary of an export in the reader's language."""
    words = _WORDS["zh" if language == "zh" else "en"]
    count = len(done.records)
    told = words["one" if count == 1 else "many"].format(
        count=count, file=one_line(done.file, 1_000), format=done.format, size=_size(done.bytes)
    )
    yield bullet(("✓ ", "green"), Prose(told, style="bold"))
    for record in done.records[:RECORDS_SHOWN]:
        yield Padding(_line(record, words), (0, 0, 0, 2))
    if count > RECORDS_SHOWN:
        yield Padding(Text(words["more"].format(count=count - RECORDS_SHOWN), style="dim"), (0, 0, 0, 2))
    if done.draft:
        yield bullet(("! ", "yellow"), Prose(words["draft"], style="yellow"))
    for one in done.restricted:
        licence = one_line(one.licence) or words["none"]
        line = words["restricted"].format(id=one_line(one.dataset_id), source=one_line(one.source), licence=licence)
        yield bullet(("! ", "yellow"), Prose(line, style="yellow"))
    for note in done.notes:
        yield bullet(("· ", "dim"), Prose(one_line(note), style="dim"))


def _line(record: ExportedRecord, words: Mapping[str, str]) -> RenderableType:
    whole = record.footprint
    unit = mass_unit(whole.kg_co2e)
    low, value, high = (unit.figure(kg) for kg in (whole.low, whole.kg_co2e, whole.high))
    extra = [words["drafted"]] if record.draft else []
    extra += [words["recomputed"]] if record.method == "recomputed" else []
    dataset = one_line(record.dataset_id or words["model"], 80)
    return bullet(
        ("→ ", "cyan"),
        Prose.assemble(
            (one_line(record.description, 120), ""),
            (f"\n{value} {unit.name} CO2e  ({low} – {high})", "bold"),
            (f"  {dataset}" + "".join(f" · {one}" for one in extra), "dim"),
        ),
    )


def _size(count: int) -> str:
    return f"{count:,} B" if count < 10_000 else f"{count / 1_000:,.0f} kB"
