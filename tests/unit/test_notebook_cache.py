"""The execution cache: what a key depends on, and that a doubtful entry is a miss."""

import ast
import os
import re
from pathlib import Path

import pytest

from notebooks import cache, execute, run

SCRIPTS = Path(cache.__file__).parent
NOTEBOOK = '# %% [markdown]\n# # Title\n# Prose.\n\n# %% First\nx = 1\n\n# %% Second tags=["a"] alt="b"\ny = 2\n'
ENTRY = {"outputs": [[], []], "values": {"x": 1}, "versions": {}, "seconds": 1.0}


@pytest.fixture
def root(tmp_path):
    (tmp_path / "docs/classic/demo").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("numpy==1.0\n")
    (tmp_path / "docs/classic/demo/notebook.py").write_text(NOTEBOOK)
    cache._surroundings.cache_clear()
    yield tmp_path
    cache._surroundings.cache_clear()


def key(root):
    cache._surroundings.cache_clear()
    return cache.key(root, run.read(root, "docs/classic/demo/notebook.py"))


@pytest.mark.parametrize("old, new", [
    ("Prose.", "Other prose, longer."), ("# # Title", "# # Another title"), ("# %% First", "# %% A first cell"), ('tags=["a"]', 'tags=["b", "c"]'),
    ('alt="b"', 'alt="something else"'), ("# %% First", "# %% [markdown]\n# New\n# %% First"),
])
def test_prose_titles_tags_and_alternative_text_do_not_execute_again(root, old, new):
    before = key(root)
    path = root / "docs/classic/demo/notebook.py"
    path.write_text(path.read_text().replace(old, new))
    assert key(root) == before


def change(root, what):
    folder = root / "docs/classic/demo"
    match what:
        case "code": (folder / "notebook.py").write_text(NOTEBOOK.replace("x = 1", "x = 3"))
        case "a cell split in two": (folder / "notebook.py").write_text(NOTEBOOK.replace("x = 1\n", "x = 1\n# %% Third\nz = 1\n"))
        case "a data file": (folder / "data.csv").write_text("1")
        case "a local import": (folder / "helper.py").write_text("1")
        case "a file in a subfolder": (folder / "data").mkdir(); (folder / "data/a.txt").write_text("1")
        case "a pin": (root / "requirements.txt").write_text("numpy==1.1\n")


@pytest.mark.parametrize("what", ["code", "a cell split in two", "a data file", "a local import", "a file in a subfolder", "a pin"])
def test_what_is_executed_decides(root, what):
    before = key(root)
    change(root, what)
    assert key(root) != before


def test_the_interpreter_the_libraries_and_the_runner_decide(root, monkeypatch):
    keys = {key(root)}
    monkeypatch.setattr(cache.sys, "version_info", (3, 99, 0))
    keys.add(key(root))
    monkeypatch.setattr(cache.metadata, "version", lambda name: "0.0")
    keys.add(key(root))
    monkeypatch.setattr(cache, "RUNNER_VERSION", "x")
    keys.add(key(root))
    assert len(keys) == 4


def test_what_is_no_data_does_not_matter(root):
    before = key(root)
    folder = root / "docs/classic/demo"
    (folder / "index.md").write_text("page")
    (folder / ".hidden").write_text("x")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__/a.pyc").write_text("x")
    (folder / "other").mkdir()
    (folder / "other/notebook.py").write_text("x = 1")
    (root / "requirements.txt").write_text("# why\nnumpy==1.0   # because\n\n")
    assert key(root) == before


def test_an_entry_comes_back_and_another_key_has_none(root):
    cache.store(root, "a" * 64, ENTRY)
    assert cache.load(root, "a" * 64)["values"] == {"x": 1}
    assert cache.load(root, "b" * 64) is None


@pytest.mark.parametrize("damage", ["truncated", "edited", "foreign", "empty", "not json", "a folder", "unreadable digest"])
def test_a_damaged_entry_is_a_miss_and_is_written_anew(root, damage):
    path = cache.store(root, "a" * 64, ENTRY)
    whole = path.read_bytes()
    match damage:
        case "truncated": path.write_bytes(whole[:-5])
        case "edited": path.write_bytes(whole.replace(b'"x":1', b'"x":2'))
        case "foreign": path.write_bytes(cache.store(root, "b" * 64, ENTRY).read_bytes())
        case "empty": path.write_bytes(b"")
        case "not json": path.write_bytes(b"\x80\x00\n{")
        case "a folder": path.unlink(); path.mkdir()
        case "unreadable digest": path.write_bytes(b"0" + whole[1:])
    assert cache.load(root, "a" * 64) is None
    if damage != "a folder":
        cache.store(root, "a" * 64, ENTRY)
        assert path.read_bytes() == whole


def test_every_single_byte_matters(root):
    path = cache.store(root, "a" * 64, ENTRY)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        assert cache.load(root, "a" * 64) is None, at


def test_a_full_disk_leaves_nothing_behind(root, monkeypatch):
    cache.store(root, "a" * 64, ENTRY)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        cache.store(root, "a" * 64, {**ENTRY, "values": {"x": 2}})
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    notebook = run.read(root, "docs/classic/demo/notebook.py")
    result = run._settle(root, notebook, "c" * 64, execute.Outcome(1.0, [[], []]))
    assert not result.succeeded and result.finding.id == "NBK-299" and "No space left" in result.finding.message


def test_a_failing_notebook_is_never_cached(root):
    notebook = run.read(root, "docs/classic/demo/notebook.py")
    result = run._settle(root, notebook, "c" * 64, execute.Outcome(1.0, failure=execute.Failure("raised", 1, 1, "ValueError: no")))
    assert not result.succeeded and cache.size(root)[0] == 0
    assert result.finding.render().startswith("docs/classic/demo/notebook.py:9: error NBK-201 cell 2 (Second), line 1: ValueError: no\n    > y = 2")


def test_an_output_that_a_page_may_not_show_fails_the_notebook(root):
    notebook = run.read(root, "docs/classic/demo/notebook.py")
    output = {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}, "metadata": {}}
    result = run._settle(root, notebook, "c" * 64, execute.Outcome(1.0, [[output], []]))
    assert not result.succeeded and result.finding.line == 6 and cache.size(root)[0] == 0


def test_a_changed_title_still_finds_its_output(root):
    path = root / "docs/classic/demo/notebook.py"
    cache.store(root, key(root), {**ENTRY, "outputs": [[{"output_type": "stream", "name": "stdout", "text": "one\n"}], []]})
    path.write_text(path.read_text().replace("# %% First", "# %% A better title").replace("Prose.", "New prose."))
    result = run.cached(root, "docs/classic/demo/notebook.py")
    run.write_executed(root, result)
    text = result.executed.read_text()
    assert "A better title" in text and "New prose." in text and "one" in text


def test_prune_keeps_what_a_notebook_has(root):
    kept = cache.store(root, key(root), ENTRY)
    gone = cache.store(root, "d" * 64, ENTRY)
    files, size = run.prune(root)
    assert (files, kept.exists(), gone.exists()) == (1, True, False) and size > 0
    assert re.fullmatch(r"cache: 1 results, \d\.\d MB", run.size_report(root))


def test_paths_name_notebooks_by_folder_page_and_file(root):
    path = "docs/classic/demo/notebook.py"
    (root / "docs/classic/demo/index.md").write_text("")
    for named in ("docs", "docs/classic/demo", "docs/classic/demo/index.md", path):
        assert run.find(root, [root / named]) == [path]
    assert run.find(root) == [path]
    with pytest.raises(FileNotFoundError):
        run.find(root, [root / "nope"])


def test_the_numbers_that_two_programs_share_are_the_same():
    sandbox = (SCRIPTS / "sandbox.py").read_text()
    assert f"MOST_PROCESSES = {execute.MOST_PROCESSES}\n" in sandbox


def test_plots_wear_the_colors_of_the_site():
    """tokens.css is the one place of colors; the style of plots and its dark twins must not drift from it."""
    tokens = (SCRIPTS.parent.parent / "docs/assets/css/tokens.css").read_text()
    pairs = {name: (light, dark) for name, light, dark in re.findall(r"--kb-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", tokens)}
    tree = ast.parse((SCRIPTS / "kernel_setup.py").read_text())
    twins = next(ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "DARK_OF")
    style = (SCRIPTS / "figure.mplstyle").read_text().lower()
    for name in ["ink", "paper", "line", *(f"series-{number}" for number in range(1, 7))]:
        light, dark = pairs[name]
        assert twins[light] == dark, name
        assert light[1:] in style, name
