"""What the optional steps of a language model are worth: hits without them, with other names, with a new order.

Set FIRSTPRINT_LLM (and FIRSTPRINT_LLM_BASE_URL for a local server). Queries come from the choosing half of each suite
(``match_halves.py``). Answers are kept in a file, one line a query, and asked for only where they are missing or the
candidates have changed:

    .venv/bin/python evals/scripts/matching_by_model.py HOME ANSWERS.jsonl COUNT SUITE[+SUITE] ...
"""

from __future__ import annotations

import json
import statistics
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from match_halves import chosen_on

from firstprint.domain.steps import ChatModel
from firstprint.evaluation.asking import request_of
from firstprint.evaluation.metrics.bootstrap import group_weights_of_replicates
from firstprint.evaluation.records import Query
from firstprint.evaluation.runner import read_all
from firstprint.evaluation.workbench import Workbench
from firstprint.intake import Request, read_request
from firstprint.llm.expansion import expand
from firstprint.llm.reordering import LETTERS, fused, reorder
from firstprint.ranking.ranker import Ranked
from firstprint.search import Search
from firstprint.settings import load_settings
from firstprint.understanding.ways import Way

REPLICATES = 2000
TERM_WEIGHTS = (0.5, 0.7, 0.8, 0.9)
ORDER_WEIGHTS = (0.1, 0.2, 0.3, 0.5, 0.7)


class Recording:
    """The chat model, keeping what it said of the letters in each order, in [0, 1]."""

    def __init__(self, chat: ChatModel) -> None:
        self.chat, self.model_id = chat, chat.model_id
        self.sides: list[list[float]] = []

    def complete(self, prompt: str, schema: dict[str, object]) -> dict[str, object]:
        """As the chat model."""
        return self.chat.complete(prompt, schema)

    def letter_log_probabilities(self, prompt: str, letters: Sequence[str]) -> tuple[float, ...] | None:
        """As the chat model, kept."""
        logs = self.chat.letter_log_probabilities(prompt, letters)
        if logs is not None:
            centred = np.asarray(logs) - np.mean(logs)
            self.sides.append((1 / (1 + np.exp(-centred))).tolist())
        return logs


class Scoring:
    """The chat model without log-probabilities: it scores each letter."""

    def __init__(self, chat: ChatModel) -> None:
        self.model_id, self.complete = chat.model_id, chat.complete


class Widened(Search):
    """A search that asks with further names, at a weight."""

    terms: tuple[str, ...] = ()
    weight = 0.0

    def _ways_to_ask(self, request: Request) -> tuple[Way, ...]:
        ways = super()._ways_to_ask(request)
        known = {way.text.casefold() for way in ways}
        return (*ways, *(Way(term, self.weight, "plain") for term in self.terms if term.casefold() not in known))


class Asked(NamedTuple):
    """One query with its first candidates and the model's answers to it."""

    suite: str
    query: Query
    ranked: list[Ranked]
    widened: dict[float, list[Ranked]]
    answer: dict[str, object]


def sample(queries: Sequence[Query], count: int) -> list[Query]:
    """The first answerable queries of the choosing half, in an order that has nothing to do with them."""
    chosen = [query for query in queries if query.relevant and chosen_on(query.group)]
    return sorted(chosen, key=lambda query: zlib.crc32(f"{query.id}:sample".encode()))[:count]


def answer_of(query: Query, names: Sequence[str], chat: ChatModel, *, scored: bool) -> dict[str, object]:
    """What the model says to a query: names, and both orders by letter; by scores too where asked for."""
    recording = Recording(chat)
    expansion, reordering = expand(chat, query.text), reorder(recording, query.text, names)
    answer: dict[str, object] = {
        "id": query.id,
        "names": list(names),
        "terms": expansion.terms,
        "expansion": expansion.step.model_dump(),
        "scores": reordering.scores,
        "sides": recording.sides,
        "reordering": reordering.step.model_dump(),
    }
    if scored:
        by_scores = reorder(Scoring(chat), query.text, names)
        answer |= {"by_scores": by_scores.scores, "by_scores_step": by_scores.step.model_dump()}
    return answer


def asked(argument: str, count: int, answers: Path, bench: Workbench) -> Iterator[Asked]:
    """Every sampled query of one suite, or of several joined by +, with the model's answers."""
    known = {}
    if answers.is_file():
        lines = answers.read_text(encoding="utf-8").splitlines()
        known = {(one := json.loads(line))["id"]: one for line in lines}
    suites = read_all([Path(part) for part in argument.split("+")], bench)
    owner = {query.id: suite for suite in suites for query in suite.queries}
    for place, query in enumerate(sample([query for suite in suites for query in suite.queries], count)):
        index = bench.index_of(owner[query.id])
        ranked = bench.assistant(index).ranked(request_of(query), without=query.held_out)
        names = [one.dataset.name for one in ranked[: len(LETTERS)]]
        if query.id not in known or known[query.id]["names"] != names:
            known[query.id] = answer_of(query, names, bench.chat, scored=place % 4 == 0)
            with answers.open("a", encoding="utf-8") as handle:
                handle.write(json.dumps(known[query.id], ensure_ascii=False) + "\n")
            print(".", end="", flush=True, file=sys.stderr)
        widened = {}
        for weight in TERM_WEIGHTS:
            search = Widened(index, bench.encoder, bench.ranker)
            search.terms, search.weight = tuple(known[query.id]["terms"]), weight
            allowed = search.ordinary(without=query.held_out)
            widened[weight] = search.find(read_request(request_of(query)), allowed).ranked
        yield Asked(argument, query, ranked, widened, known[query.id])


def rank_of(ranked: Sequence[Ranked], query: Query) -> int:
    """1-based place of the first right dataset; 0 where there is none."""
    places = (n for n, one in enumerate(ranked, start=1) if one.dataset.dataset_id in query.relevant)
    return next(places, 0)


def reordered(one: Asked, scores: Sequence[float], weight: float) -> list[Ranked]:
    """The candidates in the fused order."""
    return [one.ranked[place] for place in fused([each.score for each in one.ranked], scores, weight)]


def single(one: Asked) -> list[float]:
    """Scores of the order given alone, whatever the other order said."""
    sides = one.answer["sides"]
    return sides[0] if sides else []


def systems(all_asked: Sequence[Asked]) -> dict[str, list[int]]:
    """Ranks of every system, one a query; the first is the product without a language model."""
    out = {"without": [rank_of(one.ranked, one.query) for one in all_asked]}
    for weight in TERM_WEIGHTS:
        out[f"names at {weight}"] = [rank_of(one.widened[weight], one.query) for one in all_asked]
    for weight in ORDER_WEIGHTS:
        for told, scores_of in (("one order", single), ("two orders", lambda one: one.answer["scores"])):
            ranks = [rank_of(reordered(one, scores_of(one), weight), one.query) for one in all_asked]
            out[f"{told} at {weight}"] = ranks
    return out


def table(title: str, all_asked: Sequence[Asked]) -> None:
    """hit@1 and hit@5 of every system, with the 95 % interval of its difference to going without."""
    groups = np.array([one.query.group for one in all_asked])
    draws = np.array(list(group_weights_of_replicates(groups, REPLICATES, 0)))
    print(f"\n{title}: {len(all_asked)} queries, {len(set(groups))} groups")
    ranks = {name: np.array(values) for name, values in systems(all_asked).items()}
    for name, values in ranks.items():
        cells = []
        for depth in (1, 5):
            hits, base = ((one > 0) & (one <= depth) for one in (values, ranks["without"]))
            gap = hits.astype(float) - base
            low, high = np.percentile(draws @ gap / draws.sum(axis=1), (2.5, 97.5))
            cells.append(f"hit@{depth} {hits.mean():.3f} ({gap.mean():+.3f}, {low:+.3f} to {high:+.3f})")
        print(f"  {name:18} " + "  ".join(cells))


def cost(all_asked: Sequence[Asked]) -> None:
    """Seconds and fallbacks of each step."""
    print("\nsteps")
    for key in ("expansion", "reordering", "by_scores_step"):
        steps = [one.answer[key] for one in all_asked if key in one.answer]
        if steps:
            seconds = [step["seconds"] for step in steps]
            reasons = Counter(step["reason"].split("(")[0].strip() for step in steps if not step["used"])
            share = sum(reasons.values()) / len(steps)
            times = f"median {statistics.median(seconds):.1f} s, longest {max(seconds):.1f} s, sum {sum(seconds):.0f} s"
            print(f"  {key:15} {len(steps)} asked, not used {share:.2f}, {times}; {dict(reasons)}")


def main() -> int:
    """Asks what is missing, then prints the tables."""
    home, answers, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    everything: list[Asked] = []
    with Workbench(load_settings(home)) as bench:
        if bench.chat is None:
            print("Set FIRSTPRINT_LLM, for example openai:qwen with FIRSTPRINT_LLM_BASE_URL.", file=sys.stderr)
            return 1
        for argument in sys.argv[4:]:
            everything += asked(argument, count, answers, bench)
    for argument in sys.argv[4:]:
        table(argument, [one for one in everything if one.suite == argument])
    table("all", everything)
    cost(everything)
    return 0


if __name__ == "__main__":
    sys.exit(main())
