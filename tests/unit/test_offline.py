"""Addresses and scripts of the folder that works without a server."""

import pytest

from publishing import offline


@pytest.mark.parametrize("address, expected", [
    ("../ridge/", "../ridge/index.html"), ("../ridge/#use-it", "../ridge/index.html#use-it"), (".", "index.html"),
    ("./", "index.html"), ("..", "../index.html"), ("../..", "../../index.html"), ("a/?q=x#y", "a/index.html?q=x#y"),
    ("#top", "#top"), ("?q=x", "?q=x"), ("notebook.py", "notebook.py"), ("https://example.org/", "https://example.org/"),
    ("//example.org/", "//example.org/"), ("mailto:a@example.org", "mailto:a@example.org"),
])
def test_folders_name_their_file(address, expected):
    assert offline.with_index(address) == expected


def test_modules_become_one_classic_script(tmp_path):
    code = tmp_path / "assets/js"
    code.mkdir(parents=True)
    (code / "site.js").write_text('import { a } from "./a.js"; document.title = a; const f = (n) => import(`./figures/${n}.js`); f("one");')
    (code / "a.js").write_text('export const a = "from a module";')
    (code / "figures").mkdir()
    (code / "figures/one.js").write_text('export default "a figure of its own";')
    (tmp_path / "x").mkdir()
    page = tmp_path / "x/index.html"
    page.write_text('<head><script type="module" src="../assets/js/site.js"></script></head><a href="../">up</a><code>&lt;a href="b/"&gt;</code>')
    assert not offline.make(tmp_path)
    html = page.read_text()
    assert '<script defer src="../assets/js/site.offline.js"></script>' in html and "module" not in html
    assert '<a href="../index.html">' in html
    bundle = (code / "site.offline.js").read_text()
    assert "from a module" in bundle and "a figure of its own" in bundle and "import(" not in bundle


def test_a_script_that_cannot_be_bundled_is_named(tmp_path):
    (tmp_path / "site.js").write_text("import './missing.js';")
    (tmp_path / "index.html").write_text('<script type="module" src="site.js"></script>')
    findings = offline.make(tmp_path)
    assert len(findings) == 1 and findings[0].path == "site/site.js" and "missing.js" in findings[0].message
