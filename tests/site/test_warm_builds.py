"""A build that remembers gives the bytes of one that remembers nothing, and refuses what that one refuses."""

import re
import shutil

from support.checkout import fingerprint, kb

PAGE = "docs/classic/decision-trees/index.md"
LINKING = "docs/classic/linear-regression/index.md"


def built(checkout, **environment):
    done = kb(checkout, "build", SOURCE_DATE_EPOCH="1767225600", **environment)
    assert done.returncode == 0, done.stdout
    return fingerprint(checkout / "site")


def forget(checkout):
    """Everything but the notebooks' results, which no build makes."""
    for path in (checkout / ".cache").iterdir():
        if path.name == "notebooks":
            shutil.rmtree(path / "pages", ignore_errors=True)
        else:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_a_warm_build_after_edits_is_the_cold_one(checkout):
    built(checkout)
    page, home, needed = checkout / PAGE, checkout / "docs/index.md", checkout / "docs/classic/bias-variance/index.md"
    needed.write_text(re.sub(r"^minutes: \d+$", "minutes: 39", needed.read_text(), flags=re.MULTILINE))
    assert b"39 min" in built(checkout)["classic/decision-trees/index.html"], "the map tells of a page on those that build on it"
    page.write_text(page.read_text().replace("## Where next", "## A new heading\n\nWith $a^2$ and [a link](../linear-regression/index.md).\n\n## Where next").replace(
        "title: Decision trees", "title: Trees that decide"))
    home.write_text(home.read_text() + "\nAnother sentence.\n")
    warm = built(checkout)
    assert b"A new heading" in warm["classic/decision-trees/index.html"]
    assert b"Trees that decide" in warm["roadmap/index.html"], "a title stands on pages that were not edited"
    forget(checkout)
    cold = built(checkout)
    assert sorted(warm) == sorted(cold)
    assert [name for name in cold if warm[name] != cold[name]] == []


def test_a_warm_build_refuses_a_link_that_an_edit_elsewhere_broke(checkout):
    linking = checkout / LINKING
    linking.write_text(linking.read_text() + "\nSee [the pitfalls of trees](../decision-trees/index.md#pitfalls).\n")
    built(checkout)
    page = checkout / PAGE
    page.write_text(page.read_text().replace("## Pitfalls", "## Traps"))
    done = kb(checkout, "build")
    assert done.returncode == 1 and "LNK-102" in done.stdout and LINKING in done.stdout, done.stdout
    page.write_text(page.read_text().replace("## Traps", "## Pitfalls"))
    page.rename(checkout / "docs/classic/decision-trees/other.md")
    done = kb(checkout, "build")
    assert done.returncode == 1 and f"{LINKING}:" in done.stdout, done.stdout
