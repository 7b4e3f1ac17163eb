"""The map: one order, no cycles, pages in agreement with it."""

from pages.model import load_site
from roadmap.coverage import load_map
from roadmap.navigation import navigation


def test_prerequisites_are_on_the_map_and_come_earlier_on_every_path():
    coverage = load_map()
    for slug, concept in coverage.concepts.items():
        assert set(concept.needs) <= set(coverage.concepts), slug
        path = [step.slug for step in coverage.path_to(slug)]
        assert path[-1] == slug
        for step in path:
            assert all(path.index(need) < path.index(step) for need in coverage.concepts[step].needs), (slug, step)


def test_no_concept_needs_itself_along_any_path():
    coverage = load_map()

    def needs(slug, trail=()):
        assert slug not in trail, f"a circle: {' -> '.join((*trail, slug))}"
        for need in coverage.concepts[slug].needs:
            needs(need, (*trail, slug))

    for slug in coverage.order:
        needs(slug)


def test_pages_state_the_prerequisites_that_the_map_states(root):
    planned = load_map()
    for slug, page in load_site(root).by_slug.items():
        assert slug in planned.concepts, f"{page.source}: the folder is not on the map"
        assert page.section == planned.concepts[slug].section, page.source
        assert page.meta.get("prerequisites") == list(planned.concepts[slug].needs), f"{page.source}: prerequisites differ from scripts/roadmap/concepts.yml"


def test_a_draft_is_in_the_navigation_only_where_it_is_built(tmp_path):
    for slug, status in (("linear-regression", "complete"), ("decision-trees", "draft")):
        folder = tmp_path / "docs" / "classic" / slug
        folder.mkdir(parents=True)
        (folder / "index.md").write_text(f"---\ntitle: T\nstatus: {status}\nprerequisites: []\n---\n")
    site = load_site(tmp_path)
    coverage = load_map(site)
    assert coverage.concepts["decision-trees"].state == "draft"
    assert coverage.concepts["random-forests"].state == "planned"
    published = {title: paths for tab in navigation(site, coverage, drafts=False) for title, paths in tab.items()}
    assert published["Classic machine learning"] == ["classic/linear-regression/index.md"]
    served = {title: paths for tab in navigation(site, coverage, drafts=True) for title, paths in tab.items()}
    assert served["Classic machine learning"] == ["classic/linear-regression/index.md", "classic/decision-trees/index.md"]


def test_the_index_lists_every_alias_under_its_letter(tmp_path):
    folder = tmp_path / "docs" / "classic" / "decision-trees"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text("---\ntitle: Decision trees\naliases: [CART, 5-way split]\nstatus: complete\n---\n")
    index = dict(load_map(load_site(tmp_path)).index)
    assert ("CART", "decision-trees") in [(name, concept.slug) for name, concept in index["C"]]
    assert [name for name, _ in index["#"]] == ["5-way split"]
    for names in index.values():
        assert [name.casefold() for name, _ in names] == sorted(name.casefold() for name, _ in names)


def test_a_draft_counts_as_planned_where_drafts_are_not_built(tmp_path):
    folder = tmp_path / "docs" / "classic" / "decision-trees"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text("---\ntitle: T\nstatus: draft\n---\n")
    concept = load_map(load_site(tmp_path), drafts=False).concepts["decision-trees"]
    assert (concept.state, concept.url) == ("planned", "")
