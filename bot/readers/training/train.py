"""`python -m bot.readers.training.train DATA OUT`: fine-tune the lower layers of MiniLM as a sentence scorer.

About 40 minutes on two cores. Reproducible: seeds are fixed, and the data are read in a fixed order.
"""

import math
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from bot.readers.training.data import Example, examples
from index.minilm import packaged_model

LAYERS = 4
"""Of MiniLM's six: the scorer reads a handful of sentences for every question, within some 15 ms."""

TOKENS = 128
BATCH = 32
EPOCHS = 2
RATE = 8e-5
WARM_UP = 0.06
SEED = 0


def main(data: Path, out: Path) -> None:
    """Train on everything under `data` and save the model in the transformers format."""
    torch.manual_seed(SEED)
    folder = packaged_model()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=1, num_hidden_layers=LAYERS)
    found = examples(data)
    batches = [batch for epoch in range(EPOCHS) for batch in bucketed(found, SEED + epoch)]
    # Half of all weights, and the sets are too small to move them.
    model.get_input_embeddings().requires_grad_(requires_grad=False)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, len(batches)))
    loss_of = torch.nn.BCEWithLogitsLoss()
    model.train()
    began, running = time.time(), 0.0
    for step, batch in enumerate(batches, start=1):
        inputs = tokenizer(
            [e.question for e in batch],
            [f"{e.sentence} | {e.context}" for e in batch],
            truncation="longest_first", max_length=TOKENS, padding=True, return_tensors="pt",
        )  # fmt: skip
        logits = model(**inputs).logits.squeeze(-1)
        loss = loss_of(logits, torch.tensor([float(e.right) for e in batch]))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        running += (loss.item() - running) / min(step, 200)
        if step % 50 == 0:
            speed = step * BATCH / (time.time() - began)
            print(f"{step}/{len(batches)} loss {running:.4f} {speed:.0f} examples/s", flush=True)  # noqa: T201 - a script
        if step % 500 == 0:
            model.save_pretrained(out)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def rate(step: int, steps: int) -> float:
    """Linear warm-up, then a cosine to zero."""
    warm = max(1, int(WARM_UP * steps))
    if step < warm:
        return step / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def bucketed(found: Sequence[Example], seed: int) -> list[list[Example]]:
    """Batches of examples of about one length, in random order: little is spent on padding."""
    rng = random.Random(seed)  # noqa: S311 - sampling
    ordered = sorted(found, key=lambda e: (len(e.question) + len(e.sentence) + len(e.context), rng.random()))
    batches = [ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH)]
    rng.shuffle(batches)
    return batches


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
