"""`python -m bot.readers.training.export OUT`: what `train` left there -> the model that ships, in int8."""

import hashlib
import shutil
import sys
from pathlib import Path

from safetensors.numpy import load_file

from bot.readers.model import CHECKSUM, FOLDER, MODEL, TOKENIZER
from bot.readers.training.train import OUTPUTS
from index.bert import pair_graph
from index.minilm import packaged_model


def main(trained: Path) -> None:
    """Write the shipped files."""
    model = pair_graph(load_file(trained / "model.safetensors"), OUTPUTS)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / MODEL).write_bytes(model)
    (FOLDER / CHECKSUM).write_text(hashlib.sha256(model).hexdigest() + "\n")
    shutil.copyfile(packaged_model() / TOKENIZER, FOLDER / TOKENIZER)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
