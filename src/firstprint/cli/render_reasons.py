"""The parts of a proposal in words: flags, next measurement, rationale, citations, provenance."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from firstprint.cli.figures import one_line
from firstprint.cli.prose import Prose
from firstprint.cli.render_candidates import bullet
from firstprint.cli.words import Words
from firstprint.domain.proposal import Proposal, Provenance, Rationale
from firstprint.rationale.formatting import format_factor

ID_SHOWN = 12
"""Characters of a checksum that are shown."""


def flag_lines(proposal: Proposal, words: Words) -> Iterator[RenderableType]:
    """One line a flag: what it is called, then what it means here."""
    for flag in proposal.flags:
        title = words.flag_titles[flag.code]
        told = flag.message and flag.message not in {title, flag.code}
        message = f"{words.colon}{one_line(flag.message)}" if told else ""
        yield bullet(("▲ ", "yellow"), Prose.assemble((title, "bold"), message))


def next_lines(proposal: Proposal, words: Words) -> Iterator[RenderableType]:
    """The fact worth finding out next, and what it would do to the interval."""
    measure, estimate = proposal.next_measurement, proposal.estimate
    if measure is None:
        return
    what = words.measurable.get(measure.what, one_line(measure.what.replace("_", " ")))
    if estimate is not None and estimate.low > 0:
        now, then = format_factor(math.sqrt(estimate.high / estimate.low)), format_factor(measure.interval_factor_after)
        what = words.next_line.format(what=what, now=now, then=then)
    yield bullet(("→ ", "cyan"), Prose.assemble(what, (f"\n{one_line(measure.why)}" if measure.why else "", "dim")))


def rationale_lines(rationale: Rationale, words: Words) -> Iterator[RenderableType]:
    """The paragraphs, and who wrote them under which checks."""
    for paragraph in rationale.text.splitlines():
        if paragraph.strip():
            yield Prose(one_line(paragraph, 4000))
    yield Text(f"{words.written_by[rationale.generated_by]} · {_checks(rationale, words)}", style="dim italic")


def _checks(rationale: Rationale, words: Words) -> str:
    results = {name: getattr(rationale.checks, name) for name in ("numbers", "datasets", "relations")}
    if all(result == "ok" for result in results.values()):
        return words.checks_ok
    named = words.comma.join(
        f"{words.check_names[name]} {words.check_names[result]}" for name, result in results.items()
    )
    return words.checks_not.format(results=named)


def citation_lines(proposal: Proposal, words: Words) -> Iterator[RenderableType]:
    """Where the values were published, each with its licence where the record has it."""
    licences = {item.citation: item.licence for item in proposal.candidates if item.citation}
    for citation in proposal.rationale.citations:
        licence = licences.get(citation, "")
        note = f"  {words.licence.format(licence=one_line(licence))}" if licence else ""
        yield bullet(("· ", "dim"), Prose.assemble(one_line(citation, 600), (note, "dim")))


def provenance_line(provenance: Provenance, words: Words, proposal_id: str = "") -> Text:
    """Everything needed to make the record again, checksums cut short."""
    checksums = {
        "catalogue": provenance.catalogue_sha256,
        "index": provenance.index_id,
        "surrogate": provenance.surrogate_id,
        "ranker": provenance.ranker_id,
    }
    parts = [
        f"{words.provenance['proposal']} {proposal_id}" if proposal_id else "",
        provenance.software,
        provenance.embedding_model,
        *(f"{words.provenance[name]} {value[:ID_SHOWN]}" for name, value in checksums.items() if value),
        f"{words.provenance['llm']} {provenance.llm}" if provenance.llm else "",
        provenance.created,
    ]
    return Text(" · ".join(one_line(part) for part in parts if part), style="dim")
