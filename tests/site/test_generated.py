"""The generated sites of the benchmarks: a page that begins to link a real explainer must not stop them."""

from __future__ import annotations

import subprocess
import sys

from support import generated


def test_a_generated_site_can_be_built(tmp_path):
    made = generated.ours(tmp_path / "made", 5)
    done = subprocess.run([sys.executable, "scripts/kb.py", "build"], cwd=made, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (made / "site" / generated.section_of(4) / generated.slug(4) / "index.html").is_file()
