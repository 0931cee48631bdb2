"""What ``firstprint index info`` shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose

if TYPE_CHECKING:
    from firstprint.retrieval.adapter import AdapterNote
    from firstprint.retrieval.index_keeping import IndexFolder
    from firstprint.retrieval.manifest import Manifest


def manifest_view(manifest: Manifest, folders: Sequence[IndexFolder] = ()) -> Iterator[RenderableType]:
    """What the index was made from, how large it is, and the room that all indexes of the home take."""
    size = sum(seal.bytes for seal in manifest.files.values())
    yield Text.assemble(("Index ", "bold cyan"), (manifest.index_id, "bold"))
    yield facts_table(
        {
            "datasets": f"{manifest.datasets:,}",
            "labels": f"{manifest.labels:,}  ({manifest.dimension} dimensions)",
            "catalogue": manifest.catalogue_sha256,
            "glossary": manifest.glossary_sha256,
            "encoder": manifest.encoder_id,
            "label rules": manifest.label_rules,
            "adapter": adapter_words(manifest.adapter),
            "made by": manifest.software,
            "made": manifest.created,
            "files": f"{len(manifest.files)}, {size / 1e6:,.1f} MB",
            **({"on the disk": _room(folders)} if folders else {}),
        }
    )


def size_words(folders: Sequence[IndexFolder]) -> str:
    """How many indexes there are and what room they take on the disk."""
    size = sum(one.bytes for one in folders) / 1e6
    return f"{len(folders)} {'index' if len(folders) == 1 else 'indexes'}, {size:,.0f} MB"


def _room(folders: Sequence[IndexFolder]) -> str:
    advice = "; all but this one can go: firstprint index prune" if len(folders) > 1 else ""
    return f"{size_words(folders)} in this home{advice}"


def pruned_view(removed: Sequence[IndexFolder], kept: Sequence[IndexFolder]) -> Iterator[RenderableType]:
    """Each index that was removed, and what stays."""
    for one in removed:
        told = one.encoder_id or "of another version"
        yield Text(f"Removed {one.folder.name}, {one.bytes / 1e6:,.0f} MB, {one_line(told, 200)}")
    yield Text(f"{size_words(removed)} removed; {size_words(kept)} kept." if removed else "Nothing to remove.")


def adapter_words(note: AdapterNote) -> str:
    """The catalogue adapter in use, or that there is none, and what held-out texts said about it."""
    told = f"{note.adapter_id}  {note.why}"
    if not note.before:
        return told
    asked = "decided texts" if note.decisions else "names"
    return (
        f"{told} First place for {note.trials:,} held-out {asked}: {note.first_before:.0%} without, "
        f"{note.first_after:.0%} with; mean reciprocal rank {note.after - note.before:+.3f} "
        f"(95 % interval {note.gain_low:+.3f} to {note.gain_high:+.3f})."
    )


def facts_table(facts: Mapping[str, str]) -> Table:
    """Names on the left, values on the right, long values wrapped under their own column."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(f"  {name}", Prose(one_line(value, 4000)))
    return table
