"""More pages out of the ones that exist, for measurements of scale: same form, other words, the same from run to run."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

# What a variant is about: enough combinations that twenty thousand titles differ.
FIELDS = ("credit", "churn", "soil", "sensor", "traffic", "sleep", "retail", "weather", "genome", "audio", "energy", "housing", "insurance", "satellite",
          "warehouse", "clinic", "fraud", "music", "farming", "shipping", "library", "tourism", "football", "mining", "water", "textile", "bakery",
          "telescope", "harbor", "election", "museum", "orchard")
THINGS = ("records", "forecasts", "surveys", "images", "logs", "scores", "prices", "signals", "orders", "claims", "routes", "meters", "reports", "samples")
# Share of a variant's sentences that come from another page, and of its longer words that are words of its own.
BORROWED = 0.25
INVENTED = 0.01
SYLLABLES = ("ba", "co", "di", "fu", "ga", "he", "ki", "lo", "mu", "ne", "po", "ri", "sa", "tu", "ve", "zo", "xa", "qui", "wen", "yar")


def multiply(pages: list[dict[str, Any]], times: int) -> Iterator[dict[str, Any]]:
    """`pages` (records of search.index) and times − 1 variants of each, which no query asks for: so every one that outranks a real page is an error.

    One after the other: twenty thousand are more than one wants to hold.
    """
    yield from pages
    sources = [page for page in pages if page["kind"] in ("explainer", "project")]
    sentences = [re.split(r"(?<=[.?!])\s+(?=[A-Z])", page["body"]) for page in pages]
    borrowed = [sentences[number] for number, page in enumerate(pages) if page in sources]
    for copy in range(1, times):
        for number, page in enumerate(pages):
            yield _variant(page, sentences[number], borrowed, random.Random(copy * 100_003 + number), copy)


def _variant(page: dict[str, Any], sentences: list[str], borrowed: list[list[str]], chance: random.Random, copy: int) -> dict[str, Any]:
    field, thing = chance.choice(FIELDS), chance.choice(THINGS)
    other = chance.choice(borrowed)
    body = " ".join(chance.choice(other) if chance.random() < BORROWED and "\n#" not in own else own for own in sentences)
    body = re.sub(r"\b[a-z]{7,}\b", lambda word: _invented(chance) if chance.random() < INVENTED else word[0], body)
    mark = f"{field}-{thing}-{copy}"
    where = {"anchor": f"{page['anchor']}-{mark}", "slug": f"{page['slug']}-{mark}"} if "anchor" in page else {"url": f"{page['url'].rstrip('/')}-{mark}/"}
    return {**page, **where, "title": f"{page['title']} on {field} {thing}", "aliases": [], "zh": "", "questions": [],
            "description": f"{page['description']} Here for {field} {thing}.", "body": body, "notebook": "", "notebookUrl": "", "place": [page["place"][0], 0]}


def _invented(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4)))
