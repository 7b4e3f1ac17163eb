"""Runs the JavaScript unit tests of the pure modules in Node."""

import subprocess
from pathlib import Path

import pytest
from publishing.node import NODE

TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.parametrize("file", TESTS, ids=[path.name for path in TESTS])
def test_in_node(file):
    done = subprocess.run([str(NODE), "--test", str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
