"""`python -m bot.readers.training.train DATA OUT`: fine-tune MiniLM to find answers, and their absence, in windows.

DATA is laid out as shared/data. Two phases: the open sets, which are many and of other kinds, then the questions
written for it with what our own retriever finds for them. A phase that is done is not done again. Reproducible:
seeds are fixed, and the data are read in a fixed order. On two cores with AVX2 it takes about two hours.
"""

import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

from bot.readers.tokens import Tokens, open_tokenizer, tokenise
from bot.readers.training.data import Group, open_sets, swapped
from bot.readers.training.written import written
from index.minilm import TOKENIZER, packaged_model

BATCH = 16
"""Groups."""

RATE = 7e-5
WARM_UP = 100
"""Steps."""

SPAN_WEIGHT = 0.3
"""Of the span's loss beside the sentence's: the sentence is what is quoted."""

PASSES = (1, 2)
"""Over the questions on Wikinews and those on stories, each with windows drawn anew: what two cores have time for."""

REHEARSED = 1_500
"""Groups of the open sets mixed into the second phase, so that they are not forgotten."""

SEED = 0
OUTPUTS = 3
"""Per token: evidence, start of the answer, end of the answer."""


class Network(nn.Module):
    """BERT, and a linear layer on each of its tokens."""

    def __init__(self) -> None:
        super().__init__()
        # Dropout costs a third of the time on a CPU, and no example is seen more than twice.
        self.bert = AutoModel.from_pretrained(
            packaged_model(), add_pooling_layer=False, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        self.heads = nn.Linear(self.bert.config.hidden_size, OUTPUTS)
        for weight in self.bert.embeddings.parameters():
            weight.requires_grad_(requires_grad=False)  # half of all weights, and the sets are too small to move them

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Shape (windows, tokens, OUTPUTS)."""
        states = self.bert(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        logits: Tensor = self.heads(states)
        return logits


@dataclass(frozen=True, slots=True)
class Item:
    """A group and its windows' tokens."""

    group: Group
    tokens: Sequence[Tokens]

    @property
    def length(self) -> int:
        """Tokens of the longest window."""
        return max(len(tokens.ids) for tokens in self.tokens)

    @property
    def whole(self) -> bool:
        """No sentence of the evidence is cut off."""
        return all(
            read.evidence <= set(t.sentence.tolist()) for read, t in zip(self.group.reads, self.tokens, strict=True)
        )


def main(data: Path, out: Path) -> None:
    """Train on everything under `data`; leaves OUT/model.safetensors."""
    torch.manual_seed(SEED)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = open_tokenizer((packaged_model() / TOKENIZER).read_text())
    rng = random.Random(SEED)  # noqa: S311 - sampling
    first = open_sets(data, rng)
    first += swapped(first, rng)
    _phase(out / "open.safetensors", None, lambda: first, tokenizer, decay=0.7)

    def second() -> list[Group]:
        own = list(written(data, out / "index", PASSES, rng))
        return [*own, *swapped(own, rng), *rng.sample(first, REHEARSED)]

    _phase(out / "model.safetensors", out / "open.safetensors", second, tokenizer, decay=0.0)


def _phase(
    target: Path, start: Path | None, groups: Callable[[], list[Group]], tokenizer: Tokenizer, decay: float
) -> None:
    """Train from the weights `start` to the weights `target`, unless they are there."""
    if target.exists():
        return
    network = Network()
    if start:
        network.load_state_dict(load_file(start))
    items = [Item(g, tokenise(tokenizer, g.question, [read.window for read in g.reads])) for g in groups()]
    batches = bucketed([item for item in items if item.whole], random.Random(SEED))  # noqa: S311 - sampling
    fit(network, batches, decay)
    save_file(network.state_dict(), target)


def fit(network: Network, batches: Sequence[Sequence[Item]], decay: float) -> None:
    """One pass over the batches; the rate falls along a cosine to `decay` of itself."""
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, len(batches), decay))
    network.train()
    began, running, done = time.time(), 0.0, 0
    for step, batch in enumerate(batches, start=1):
        value = loss(network, batch)
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it so
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        running += (value.item() - running) / min(step, 100)
        done += sum(len(tokens.ids) for item in batch for tokens in item.tokens)
        if step % 25 == 0:
            spent = time.time() - began
            left = spent / step * (len(batches) - step) / 60
            said = f"{step}/{len(batches)} loss {running:.3f}, {done / spent:.0f} tokens/s, {left:.0f} min left"
            print(said, flush=True)  # noqa: T201 - a script


def rate(step: int, steps: int, decay: float) -> float:
    """Linear warm-up, then a cosine from 1 to `decay`."""
    if step < WARM_UP:
        return step / WARM_UP
    return decay + (1 - decay) * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / max(1, steps - WARM_UP)))


def bucketed(items: Sequence[Item], rng: random.Random) -> list[list[Item]]:
    """Batches of groups of about one length, in random order: little is spent on padding."""
    ordered = sorted(items, key=lambda item: item.length + rng.uniform(-4, 4))
    batches = [ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH)]
    rng.shuffle(batches)
    return batches


def loss(network: Network, batch: Sequence[Item]) -> Tensor:
    """Mean loss of the groups: the evidence's, and the span's where there is one."""
    windows = [tokens for item in batch for tokens in item.tokens]
    logits = network(*padded(windows))
    total, place = torch.zeros(()), 0
    for item in batch:
        own = logits[place : place + len(item.tokens)]
        place += len(item.tokens)
        total = total + _evidence_loss(item, own) + SPAN_WEIGHT * _span_loss(item, own)
    return total / len(batch)


def padded(windows: Sequence[Tokens]) -> tuple[Tensor, Tensor, Tensor]:
    """ids, types and mask, each of shape (windows, most tokens)."""
    width = max(len(tokens.ids) for tokens in windows)
    ids, types, mask = (np.zeros((len(windows), width), dtype=np.int64) for _ in range(3))
    for row, tokens in enumerate(windows):
        ids[row, : len(tokens.ids)], types[row, : len(tokens.ids)] = tokens.ids, tokens.types
        mask[row, : len(tokens.ids)] = 1
    return torch.from_numpy(ids), torch.from_numpy(types), torch.from_numpy(mask)


def _evidence_loss(item: Item, logits: Tensor) -> Tensor:
    """Cross-entropy of "one of these sentences, or none" over all windows of a group; none has the logit 0."""
    scores, right = [torch.zeros(())], [not item.group.answerable]
    for read, tokens, own in zip(item.group.reads, item.tokens, logits, strict=True):
        for place, score in _sentences(tokens, own):
            scores.append(score)
            right.append(place in read.evidence)
    stacked = torch.stack(scores)
    return torch.logsumexp(stacked, 0) - torch.logsumexp(stacked[torch.tensor(right)], 0)


def _sentences(tokens: Tokens, logits: Tensor) -> Iterator[tuple[int, Tensor]]:
    """The place and the score of each sentence: the mean of its tokens' first output."""
    for place in np.unique(tokens.sentence[tokens.sentence >= 0]):
        yield int(place), logits[: len(tokens.ids), 0][torch.from_numpy(tokens.sentence == place)].mean()


def _span_loss(item: Item, logits: Tensor) -> Tensor:
    total = torch.zeros(())
    for read, tokens, own in zip(item.group.reads, item.tokens, logits, strict=True):
        inside = [
            place
            for place, (start, end) in enumerate(tokens.bounds)
            if read.answer and tokens.sentence[place] >= 0 and read.answer[0] < end and start < read.answer[1]
        ]
        if inside:
            content = torch.from_numpy(tokens.sentence >= 0)
            masked = own[: len(tokens.ids), 1:].masked_fill(~content[:, None], -1e4)
            total = total + nn.functional.cross_entropy(masked.T, torch.tensor([inside[0], inside[-1]]))
    return total


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
