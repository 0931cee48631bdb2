"""An assistant that stays open, in a process of its own: reads one question a line, answers with one line of JSON.

Started by ``test_memory_across_processes`` with the workspace and the folder of a tiny index.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from firstprint.assistant import Assistant
from firstprint.intake import RawRequest
from firstprint.models import load_ranker
from firstprint.remembering import LiveMemory
from firstprint.retrieval.index_folder import open_index
from firstprint.settings import load_settings
from firstprint.workspace import encoder_of


def main(home: Path, folder: Path) -> None:
    settings = load_settings(home)
    encoder = encoder_of(settings)
    index = open_index(folder, folder.name)
    memory = LiveMemory(settings.resolved_database_url, index.catalogue, encoder, home / "cache")
    assistant = Assistant(settings, index, encoder, load_ranker(settings), None, memory)
    for line in sys.stdin:
        question = json.loads(line)
        if question["save"]:
            answer: object = assistant.estimate(question["text"], unit="kg", save=True).id
        else:
            ranked = assistant.ranked(RawRequest(question["text"], unit="kg"))
            answer = [[one.dataset.dataset_id, one.found.memory, one.found.rejected] for one in ranked]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    memory.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
