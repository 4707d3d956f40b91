"""`python -m bot.readers.training.export MODEL`: what `train` saved -> the int8 model that ships, and its checksum."""

import hashlib
import shutil
import sys
from pathlib import Path

from safetensors.numpy import load_file

from bot.readers.scorer import CHECKSUM, FOLDER, MODEL, TOKENIZER
from bot.readers.training.train import LAYERS
from index.bert import pair_graph
from index.minilm import packaged_model


def main(trained: Path) -> None:
    """Write the shipped files."""
    model = pair_graph(load_file(trained / "model.safetensors"), LAYERS, int8=True)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / MODEL).write_bytes(model)
    (FOLDER / CHECKSUM).write_text(hashlib.sha256(model).hexdigest() + "\n")
    shutil.copyfile(packaged_model() / TOKENIZER, FOLDER / TOKENIZER)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
