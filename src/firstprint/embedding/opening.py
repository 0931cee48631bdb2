"""Opens an encoder by the name in the settings."""

from __future__ import annotations

from typing import Literal

from firstprint.domain.steps import Encoder
from firstprint.embedding.universal_sentence_encoder import NAME, UniversalSentenceEncoder
from firstprint.errors import ModelError

_OWN_DEVICES = (None, "auto", "cpu")


def open_encoder(
    name: str = NAME,
    *,
    device: str | None = None,
    threads: int = 1,
    batch_texts: int = 64,
    precision: Literal["float32", "float16"] = "float32",
) -> Encoder:
    """The encoder called ``name``: the default one, or a sentence-transformers model by name or path.

    Args:
        name: of the default encoder, of a model on the hub, or a folder.
        device: torch device of a sentence-transformers model; None or ``auto`` takes the best there is.
        threads: of the CPU.
        batch_texts: texts of one pass of a sentence-transformers model at most.
        precision: of a sentence-transformers model; float16 is for GPUs.

    Raises:
        ModelError: the model is missing, changed or cannot be loaded, or the device is not there.
    """
    if name == NAME:
        if device not in _OWN_DEVICES or precision != "float32":
            asked = f"device {device!r}" if device not in _OWN_DEVICES else f"precision {precision!r}"
            raise ModelError(
                f"The default encoder {NAME} runs on the CPU in float32; the {asked} was asked for.",
                hint="Unset FIRSTPRINT_EMBEDDING_DEVICE and FIRSTPRINT_EMBEDDING_PRECISION, or set "
                "FIRSTPRINT_EMBEDDING_MODEL to a sentence-transformers model.",
                code="device_default",
            )
        return UniversalSentenceEncoder(threads=threads)
    from firstprint.embedding.sentence_transformer import Running, SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, Running(device, batch_texts, precision, threads))


def device_of(name: str, device: str | None) -> str | None:
    """The device that an encoder will run on: what was asked for, and where that is ``auto``, what there is.

    Raises:
        ModelError: torch cannot be imported, or the device is not there.
    """
    if name == NAME:
        return device
    from firstprint.embedding.sentence_transformer import Running, usable_device

    return usable_device(Running(device))


def computing(name: str, device: str | None, batch_texts: int) -> str:
    """What of the way an encoder is run may change last digits, in words; precision is part of the encoder's id.

    On the CPU neither the size of a batch nor the number of threads changes a bit (tests/unit/embedding). On a GPU
    every pass has as many rows as the batch has, and other sizes may be computed by other programs.

    Args:
        name: as for ``open_encoder``.
        device: as ``device_of`` tells.
        batch_texts: as for ``open_encoder``.
    """
    if name == NAME or device == "cpu" or device is None:
        return "cpu"
    from firstprint.embedding.sentence_transformer import device_words

    return f"{device_words(device)}, {batch_texts} texts a pass"
