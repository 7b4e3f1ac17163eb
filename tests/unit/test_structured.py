"""The record that search engines read: types, prerequisites and time from the map."""

import json

from pages.model import load_site
from roadmap.coverage import load_map
from roadmap.structured import structured_data
from roadmap.topic import describe

EXPLAINER = "---\ntitle: Linear regression\naliases: [OLS]\nstatus: complete\nminutes: 12\nprerequisites: [framing-a-problem]\n---\n"


def record(tmp_path):
    folder = tmp_path / "docs" / "classic" / "linear-regression"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(EXPLAINER)
    site = load_site(tmp_path)
    topic = describe(site.pages[0], site, load_map(site), tmp_path)
    return structured_data(topic, "Linear regression", "A line.", "https://a.example/k/classic/linear-regression/", "https://a.example/k/", "K")


def test_an_explainer_is_a_learning_resource_with_time_and_prerequisites(tmp_path):
    found = record(tmp_path)
    assert found["@type"] == "LearningResource"
    assert found["timeRequired"] == "PT12M"
    assert found["teaches"] == ["Linear regression", "OLS"]
    assert [need["name"] for need in found["competencyRequired"]] == ["Framing a problem and beating a dumb baseline"]
    assert "url" not in found["competencyRequired"][0], "a planned prerequisite has no address"
    json.dumps(found)


def test_a_page_off_the_map_says_only_what_is_true_of_every_page():
    found = structured_data(None, "Tags", "", None, "https://a.example/k/", "K")
    assert found["@type"] == "WebPage" and found["url"] == "https://a.example/k/"
    assert "description" not in found and "timeRequired" not in found
