"""How well the search finds, by kind, with each miss: python tests/support/measuring.py [tuning|reporting]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]

from pages.model import load_site  # noqa: E402
from roadmap.coverage import load_map  # noqa: E402
from search import index  # noqa: E402
from support import queries  # noqa: E402
from support.searching import ask  # noqa: E402


def measure(half: str, root: Path = ROOT) -> tuple[list[queries.Query], list[int], list[dict]]:
    """Queries of a half whose pages exist, the rank of the right page for each, and the answers."""
    site = load_site(root)
    pages, places = index.records(site, load_map(site))
    slugs = {page.slug for page in site.by_slug.values() if not page.draft}
    asked = queries.answerable(queries.load(half), slugs)
    with tempfile.TemporaryDirectory() as folder:
        index.write(pages, places, Path(folder))
        answers = ask(Path(folder), [query.text for query in asked])
    return asked, [queries.rank(query, [hit["url"] for hit in answer["hits"]]) for query, answer in zip(asked, answers)], answers


if __name__ == "__main__":
    half = sys.argv[1] if len(sys.argv) > 1 else "tuning"
    asked, ranks, answers = measure(half, Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT)
    for query, place, answer in zip(asked, ranks, answers):
        if place != 1 and half == "tuning":
            print(f"{place:2}  {query.kind:10} {query.text:45} {','.join(query.pages):30} {' '.join(hit['url'].split('/')[1] for hit in answer['hits'][:4])}")
    for kind, result in queries.by_kind(asked, ranks).items():
        print(f"{kind:10} {result}")
