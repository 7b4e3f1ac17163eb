"""The open query set and how a search engine's answers to it are scored. Used by tests/search/ and the benchmark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parents[1] / "search"
HALVES = ("tuning", "reporting")
# Chinese queries have a bar of their own; the others are the English ones.
CHINESE = "chinese"


@dataclass(frozen=True)
class Query:
    text: str
    kind: str
    pages: tuple[str, ...]
    half: str


@dataclass
class Score:
    """Shares in 0..1 over `count` queries: right page first, among the first five, mean reciprocal rank of ten."""

    count: int
    first: float
    five: float
    reciprocal: float

    def __str__(self) -> str:
        return f"{self.count:4} queries  first {self.first:4.0%}  five {self.five:4.0%}  reciprocal rank {self.reciprocal:.2f}"


def load(half: str) -> list[Query]:
    """Every query of one half, "tuning" or "reporting"."""
    data = yaml.safe_load((FOLDER / f"{half}.yml").read_text(encoding="utf-8"))
    return [Query(str(text), kind, tuple(pages), half) for kind, queries in data.items() for text, pages in queries.items()]


def answerable(queries: Iterable[Query], slugs: set[str]) -> list[Query]:
    """Those whose pages all exist."""
    return [query for query in queries if slugs.issuperset(query.pages)]


def rank(query: Query, urls: list[str]) -> int:
    """The place of the first right page among the addresses relative to the site, from 1; 0 when it is not among them."""
    for place, url in enumerate(urls, 1):
        parts = url.split("/")
        if len(parts) > 2 and parts[1] in query.pages:
            return place
    return 0


def score(ranks: list[int]) -> Score:
    count = max(1, len(ranks))
    return Score(len(ranks), sum(place == 1 for place in ranks) / count, sum(1 <= place <= 5 for place in ranks) / count,
                 sum(1 / place for place in ranks if place) / count)


def by_kind(queries: list[Query], ranks: list[int]) -> dict[str, Score]:
    """Scores for "english" (all but Chinese) and for each kind."""
    table = {"english": score([place for query, place in zip(queries, ranks, strict=True) if query.kind != CHINESE])}
    for kind in dict.fromkeys(query.kind for query in queries):
        table[kind] = score([place for query, place in zip(queries, ranks, strict=True) if query.kind == kind])
    return table
