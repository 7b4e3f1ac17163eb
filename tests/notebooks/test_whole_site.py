"""The site's own notebooks: digits survive reduced instruction sets, and neither the number of jobs nor the day changes a byte."""

import shutil

import pytest

from support import checkout as checkouts

pytestmark = pytest.mark.nightly(reason="executes every notebook of the site three times")
PATIENCE_S = 3000


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two checkouts without any cache."""
    made = [checkouts.copy_checkout(tmp_path_factory.mktemp("whole") / name) for name in ("one", "two")]
    for checkout in made:
        shutil.rmtree(checkout / ".cache", ignore_errors=True)
    return made


def succeed(checkout, *arguments, **environment):
    done = checkouts.kb(checkout, *arguments, timeout=PATIENCE_S, SOURCE_DATE_EPOCH="1767225600", **environment)
    assert done.returncode == 0, done.stdout[-3000:]


def test_two_builds_from_scratch_give_the_same_bytes(two):
    """One job on one side of the date line; on the other two, and every notebook a second time with reduced instruction sets."""
    west, east = two
    succeed(west, "run", "--jobs", "1", TZ="Etc/GMT+12")
    succeed(west, "build", TZ="Etc/GMT+12")
    succeed(east, "run", "--jobs", "2", "--twice", TZ="Etc/GMT-14")
    succeed(east, "build", TZ="Etc/GMT-14")
    one, other = (checkouts.fingerprint(checkout / "site") for checkout in two)
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []
