"""Any sentence-transformers model, by hub name or local path, behind the encoder protocol.

The only file that imports torch and sentence_transformers, and only when such a model is asked for: the
import alone costs seconds.

A text's vector does not depend on the texts beside it. Filled up to the longest text of a batch, a text is multiplied
in another shape each time and its last digits change (all-MiniLM-L6-v2 on a CPU: 246 of 400 texts, by up to 2e-7).
So texts of one token count go through the network together, without filling; that is faster, too. Passes have an even
number of rows besides: alone, texts of two or three tokens come out otherwise than in any company. On a GPU, whose
libraries choose another kernel for another number of rows, each pass has the same number of rows; there it is not
measured (``evals/scripts/encoders_by_device.py`` says how many vectors differ).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np

from firstprint.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Precision = Literal["float32", "float16"]
AUTO: Final = "auto"
BATCH_TEXTS: Final = 64
_ROWS: Final = 2
"""Passes on a CPU have a multiple of so many rows. Measured with MKL 2024.2 of torch 2.13 (AVX-512), one thread: texts
of 2 to 256 tokens in passes of 1 to 64 rows differ in no bit; without it those of two and three tokens do."""
_COUNTED_TOGETHER: Final = 512
_LOADING_FAULTS = (OSError, ValueError, KeyError, RuntimeError)


class Running(NamedTuple):
    """How a model is run.

    Attributes:
        device: a torch device such as ``cuda``, ``cuda:1``, ``mps`` or ``cpu``; None or ``auto`` takes the best one.
        batch_texts: texts of one pass through the network at most.
        precision: float16 takes half the memory, and is for GPUs.
        threads: of the CPU.
    """

    device: str | None = None
    batch_texts: int = BATCH_TEXTS
    precision: Precision = "float32"
    threads: int = 1


class SentenceTransformerEncoder:
    """A sentence-transformers model; its id holds a checksum of the loaded weights, wherever they came from.

    Attributes:
        device: the torch device it runs on.
    """

    def __init__(self, name_or_path: str, running: Running | None = None) -> None:
        """Loads the model.

        Args:
            name_or_path: hub name such as ``intfloat/multilingual-e5-small``, or a folder.
            running: device, precision and sizes; by default the best device in float32.

        Raises:
            ModelError: the model or the device is not there, or the model cannot be loaded.
        """
        self._running = running or Running()
        folder = _folder(name_or_path)
        self.device = usable_device(self._running)
        self._model = _load(name_or_path, folder, self.device)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        label = name_or_path if folder is None else folder.resolve().name
        # Before the weights are halved: what differs by precision alone is told by the precision's name.
        self.encoder_id = f"{label}@{_sha256(self._model)[:12]}:{self._running.precision}"
        if self._running.precision == "float16":
            self._model.half()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape (len(texts), dimension).

        Raises:
            ModelError: the device has too little memory for a batch.
        """
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        for rows in _alike(self._token_counts(clean), self._running.batch_texts):
            out[rows] = self._passed([clean[row] for row in rows])
        return out

    def _token_counts(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as the model cuts it; 0 for models that fill nothing, as they look at single words."""
        counts: list[int] = []
        for start in range(0, len(texts), _COUNTED_TOGETHER):
            part = list(texts[start : start + _COUNTED_TOGETHER])
            mask = self._model.preprocess(part, prompt=self._prompt()).get("attention_mask")
            counts += [0] * len(part) if mask is None else mask.sum(dim=1).tolist()
        return counts

    def _prompt(self) -> str | None:
        name = self._model.default_prompt_name
        return None if name is None else str(self._model.prompts[name])

    def _passed(self, texts: list[str]) -> NDArray[np.float32]:
        """One pass through the network; on a GPU with as many rows as every other pass."""
        import torch

        rows = len(texts) + -len(texts) % _ROWS if self.device == "cpu" else self._running.batch_texts
        filled = [*texts, *[texts[0]] * (rows - len(texts))]
        if self.device == "cpu":
            torch.set_num_threads(self._running.threads)
        try:
            vectors = self._model.encode(filled, batch_size=rows, show_progress_bar=False, convert_to_numpy=True)
        except torch.OutOfMemoryError as error:
            raise ModelError(
                f"The device {self.device!r} has too little memory for {rows} texts at once.",
                hint="Set FIRSTPRINT_EMBEDDING_BATCH to a smaller number, or FIRSTPRINT_EMBEDDING_DEVICE to cpu.",
                code="device_memory",
            ) from error
        found = np.asarray(vectors, dtype=np.float32)[: len(texts)]
        lengths = np.sqrt(np.einsum("nd,nd->n", found, found))[:, None]
        return np.asarray(found / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)


def _alike(counts: Sequence[int], most: int) -> Iterator[list[int]]:
    """Positions of texts of one token count, at most so many together."""
    by_count: dict[int, list[int]] = {}
    for row, count in enumerate(counts):
        by_count.setdefault(count, []).append(row)
    for _, rows in sorted(by_count.items()):
        for start in range(0, len(rows), most):
            yield rows[start : start + most]


def _folder(name_or_path: str) -> Path | None:
    """The folder that is meant; None for a hub name."""
    looks_like_path = name_or_path.startswith((".", "/", "~")) or "\\" in name_or_path
    path = Path(name_or_path).expanduser()
    if path.is_dir():
        return path
    if looks_like_path:
        raise ModelError(f"The embedding model folder {name_or_path!r} does not exist.", hint=_HINT, code="model_path")
    return None


_HINT = (
    "Set FIRSTPRINT_EMBEDDING_MODEL to use-multilingual-3 (the default), a hub name this machine can "
    "reach, or a folder that holds a sentence-transformers model."
)


def _import_fault(error: ImportError) -> ModelError:
    return ModelError(
        f"sentence-transformers cannot be imported ({error}).",
        hint="Install it: pip install sentence-transformers",
        code="model_import",
    )


def usable_device(running: Running) -> str:
    """The device to run on, tried with one number; the best there is where none was asked for.

    Raises:
        ModelError: it is not there, or knows no such precision.
    """
    try:
        import torch
    except ImportError as error:
        raise _import_fault(error) from error
    there = devices()
    asked = running.device or AUTO
    device = there[0] if asked == AUTO else asked
    try:
        torch.zeros(1, device=device).cpu()
    except (RuntimeError, AssertionError, ValueError) as error:
        raise ModelError(
            f"The device {asked!r} cannot be used: {_first_line(error)}. torch {torch.__version__} finds here: "
            f"{', '.join(there)}.",
            hint=f"Set FIRSTPRINT_EMBEDDING_DEVICE to auto or {' or '.join(there)}"
            + ("." if torch.version.cuda else "; an NVIDIA GPU needs a torch that is built with CUDA."),
            code="device_missing",
        ) from error
    if running.precision == "float16" and device == "cpu":
        raise ModelError(
            f"Half precision is for GPUs; the device is 'cpu' (torch {torch.__version__} finds here: "
            f"{', '.join(there)}).",
            hint="Set FIRSTPRINT_EMBEDDING_PRECISION to float32, or FIRSTPRINT_EMBEDDING_DEVICE to a GPU.",
            code="device_precision",
        )
    return device


def device_words(device: str) -> str:
    """A device by the name of its kind, such as ``cuda (NVIDIA H200)``: two of a kind compute alike."""
    import torch

    kind = torch.device(device).type
    return f"{kind} ({torch.cuda.get_device_name(device)})" if kind == "cuda" else kind


def devices() -> tuple[str, ...]:
    """The devices torch finds on this machine, best first; the CPU is always the last.

    Raises:
        ModelError: torch cannot be imported.
    """
    try:
        import torch
    except ImportError as error:
        raise _import_fault(error) from error
    found = ["cuda", *(f"cuda:{number}" for number in range(1, torch.cuda.device_count()))]
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return (*(found if torch.cuda.is_available() else []), *mps, "cpu")


def _load(name_or_path: str, folder: Path | None, device: str) -> Any:  # noqa: ANN401
    try:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(name_or_path if folder is None else str(folder), device=device)
    except ImportError as error:
        raise _import_fault(error) from error
    except _LOADING_FAULTS as error:
        raise ModelError(
            f"The embedding model {name_or_path!r} cannot be loaded: {_first_line(error)}",
            hint=_HINT,
            code="model_load",
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _sha256(model: Any) -> str:  # noqa: ANN401
    """Checksum over weights, pooling, tokenizer and prompts: the same model gives the same id from any folder."""
    total = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        total.update(name.encode())
        total.update(np.ascontiguousarray(tensor.detach().cpu().float().numpy()).tobytes())
    parts = [(type(part).__name__, _told(part)) for part in model.children()]
    prompt = (model.default_prompt_name, model.prompts)
    total.update(json.dumps((parts, model.max_seq_length, prompt), sort_keys=True, default=str).encode())
    backend = getattr(getattr(model, "tokenizer", None), "backend_tokenizer", None)
    total.update(b"" if backend is None else _without_state(json.loads(backend.to_str())))
    return total.hexdigest()


def _told(part: Any) -> object:  # noqa: ANN401
    return part.get_config_dict() if hasattr(part, "get_config_dict") else None


def _without_state(tokenizer: dict[str, object]) -> bytes:
    """The tokenizer without how far it last cut and filled, which every call changes."""
    kept = {key: value for key, value in tokenizer.items() if key not in {"truncation", "padding"}}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()
