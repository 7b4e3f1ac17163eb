"""A page that moved is found at its old address, without a script; a wrong rule is named with its line."""

import pytest

from publishing import redirects
from publishing.policy import INLINE_SCRIPT


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    for page in ("classic/decision-trees", "classic/ridge"):
        (folder / page).mkdir(parents=True)
        (folder / page / "index.html").write_text("<html><head></head></html>")
    return folder


def write(site, tmp_path, text):
    rules = tmp_path / "redirects.yml"
    rules.write_text(text)
    return redirects.write(site, "https://example.org/ml/", rules)


def test_the_old_address_leads_to_the_new_one(site, tmp_path):
    assert not write(site, tmp_path, "classic/trees/cart/: classic/decision-trees/\n")
    page = (site / "classic/trees/cart/index.html").read_text()
    assert 'content="0; url=../../decision-trees/"' in page and '<a href="../../decision-trees/">' in page
    assert '<link rel="canonical" href="https://example.org/ml/classic/decision-trees/">' in page
    assert not INLINE_SCRIPT.search(page)


@pytest.mark.parametrize("line, reason", [
    ("classic/a/: classic/no-such-page/", "does not exist"), ("classic/ridge/: classic/decision-trees/", "is a page of the site"),
    ("classic/a/: https://evil.example/", "write folders"), ("classic/a/: ../../etc/", "write folders"),
    ("classic/a/: //evil.example/", "write folders"), ('classic/a/: "javascript:alert(1)"', "write folders"),
    ("../a/: classic/ridge/", "write folders"), ("classic/a/: [1]", "not a mapping"), ("- 1", "not a mapping"), ("a: [", "not YAML"),
])
def test_a_wrong_rule_writes_nothing_and_is_named(site, tmp_path, line, reason):
    before = sorted(path for path in site.rglob("*"))
    findings = write(site, tmp_path, line + "\n")
    assert len(findings) == 1 and reason in findings[0].message
    assert sorted(path for path in site.rglob("*")) == before


def test_the_finding_stands_on_the_rules_line(site, tmp_path):
    findings = write(site, tmp_path, "classic/a/: classic/b/\nclassic/b/: classic/ridge/\nclassic/c/: classic/none/\n")
    assert [(finding.line, finding.message.split()[0]) for finding in findings] == [(1, "classic/a/"), (3, "classic/c/")]


def test_the_projects_own_rules_can_be_read():
    redirects.load()
