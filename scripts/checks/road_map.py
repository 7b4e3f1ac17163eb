"""The map: folders, prerequisites and their circles, aliases and questions, as pages and concepts.yml state them."""

from __future__ import annotations

from typing import Iterator

from checks.front_matter import _texts, place, unreadable
from checks.registry import did_you_mean, finding, nearest
from checks.repository import Repository
from pages.findings import Finding
from pages.model import Page


def check_page(repository: Repository, path: str) -> Iterator[Finding]:
    """One explainer or project against the map."""
    page = repository.page(path)
    if page.kind not in ("explainer", "project"):
        return
    concepts = repository.map_only.concepts
    concept = concepts.get(page.slug)
    if concept is None or concept.section != page.section:
        if concept:
            where = f"docs/{concept.section}/{page.slug}/"
            yield finding("MAP-104", path, 1, 0, f'"{page.slug}" is on the map in another section', suggestion=f"move it to {where}")
        else:
            near = nearest(page.slug, concepts)
            yield finding("MAP-104", path, 1, 0, f'folder "{page.slug}" is not on the map',
                          suggestion=f'did you mean "{near}"?' if near else "add it to scripts/roadmap/concepts.yml")
    if unreadable(page):
        return
    prerequisites = _texts(page.meta.get("prerequisites"))
    existing = repository.site.by_slug
    for slug in prerequisites:
        line, column = place(page, "prerequisites", slug)
        if slug not in concepts:
            yield finding("MAP-101", path, line, column, f'prerequisite "{slug}" is not on the map',
                          suggestion=did_you_mean(slug, concepts))
        elif slug not in existing and slug != page.slug:
            yield finding("MAP-105", path, line, column, f'prerequisite "{slug}" is only planned',
                          suggestion="explain in a sentence what is needed of it")
    if circle := _circle(repository, page):
        yield finding("MAP-102", path, *place(page, "prerequisites"), "the prerequisites form a circle: " + " → ".join(circle))
    if concept and concept.section == page.section and sorted(concept.needs) != sorted(prerequisites) \
            and isinstance(page.meta.get("prerequisites"), list):
        yield finding("MAP-108", path, *place(page, "prerequisites"),
                      f"prerequisites [{', '.join(prerequisites)}] differ from the map's [{', '.join(concept.needs)}]",
                      suggestion="make both the same")
    for key, what in (("aliases", "alias"), ("questions", "question")):
        if not page.meta.get(key):
            yield finding("MAP-106", path, page.front.line(key), 0, f"the page has no {what}",
                          suggestion="search finds a page by the words people use")
    if not page.meta.get("zh"):
        yield finding("MAP-107", path, page.front.line("zh"), 0, "the Chinese name is missing",
                      suggestion="a maintainer fills in zh when you cannot")
    for key in ("title", "aliases"):
        value = page.meta.get(key)
        for name in [value] if isinstance(value, str) else _texts(value):
            owner = _owners(repository).get(name.casefold().strip())
            if owner and owner != path:
                yield finding("MAP-103", path, *place(page, key, name), f'"{name}" is claimed by {owner} too',
                              suggestion="keep it on the page that explains it")


def _owners(repository: Repository) -> dict[str, str]:
    """Who owns each name: the page with that title, else the first in the order of the paths with that alias; made once a run."""
    owners = getattr(repository, "alias_owners", None)
    if owners is None:
        owners = {}
        topics = [page for page in repository.site.pages if page.kind in ("explainer", "project")]
        for names_of in (lambda page: [page.meta.get("title")], lambda page: _texts(page.meta.get("aliases"))):
            for page in topics:
                for name in names_of(page):
                    if isinstance(name, str):
                        owners.setdefault(name.casefold().strip(), page.source)
        repository.alias_owners = owners
    return owners


def _circle(repository: Repository, page: Page) -> list[str]:
    """A way from the page along prerequisites back to itself, or nothing."""
    queue, came_from = [page.slug], {}
    while queue:
        current = queue.pop(0)
        for need in repository.needs.get(current, []):
            if need == page.slug:
                trail = [current]
                while trail[-1] != page.slug:
                    trail.append(came_from[trail[-1]])
                return [*reversed(trail), page.slug]
            if need not in came_from:
                came_from[need] = current
                queue.append(need)
    return []


