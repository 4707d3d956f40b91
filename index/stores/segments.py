"""Segments: what search needs of a range of passages, as arrays in files that are memory-mapped.

They are derived from the database and can be thrown away. Their sizes grow geometrically from the newest
to the oldest (the logarithmic method, Bentley & Saxe 1980), so that adding a passage costs a constant
number of copies over its life and a search meets few segments.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Ints, Postings, merge
from index.types import Vectors


@dataclass(frozen=True, slots=True)
class Segment:
    """Passages in ascending order of their keys."""

    postings: Postings
    vectors: Vectors
    published: NDArray[np.int64]
    """Seconds since 1970 of each passage's article; UNDATED where that is not known."""
    sources: Ints
    """The outlet's number in the database."""


UNDATED = np.iinfo(np.int64).min


def save(segment: Segment, folder: Path) -> None:
    """Write a segment's arrays as files of a folder; what a killed writer left there is overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    for field in fields(Postings):
        np.save(folder / field.name, getattr(segment.postings, field.name))
    np.save(folder / "vectors", segment.vectors)
    np.save(folder / "published", segment.published)
    np.save(folder / "sources", segment.sources)


def load(folder: Path) -> Segment:
    """Open a segment by memory map. Raises FileNotFoundError if a merge has replaced it meanwhile."""
    arrays = {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}
    try:
        postings = Postings(**{field.name: arrays[field.name] for field in fields(Postings)})
        return Segment(postings, arrays["vectors"], arrays["published"], arrays["sources"])
    except KeyError as missing:
        raise FileNotFoundError(folder / f"{missing.args[0]}.npy") from missing


def drop(folder: Path) -> None:
    """Remove a segment's files; a process that has them open keeps reading what it has."""
    shutil.rmtree(folder, ignore_errors=True)


def merged(parts: Sequence[Segment], alive: Sequence[NDArray[np.bool_]]) -> Segment:
    """The living passages of consecutive segments as one."""
    living = list(zip(parts, alive, strict=True))
    return Segment(
        postings=merge([part.postings for part in parts], alive),
        vectors=np.concatenate([part.vectors[kept] for part, kept in living]),
        published=np.concatenate([part.published[kept] for part, kept in living]),
        sources=np.concatenate([part.sources[kept] for part, kept in living]),
    )


def to_merge(sizes: Sequence[int]) -> int:
    """How many of the newest parts (at least one) to write as one, so that each is twice the next or more."""
    count, total = 1, sizes[-1]
    while count < len(sizes) and sizes[-count - 1] < 2 * total:
        total += sizes[-count - 1]
        count += 1
    return count
