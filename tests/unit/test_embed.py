"""Receipts, figures and cells as a page gets them: Markdown in, the site's own extensions, HTML out."""

import base64
import datetime as dt
import io
import re
import subprocess

import markdown
import pytest
from PIL import Image

from notebooks import changed, embed, page, source
from notebooks.run import ExecutionResult, unexecuted
from publishing.sanitizer import judge_html

EXTENSIONS = ["admonition", "attr_list", "tables", "pymdownx.details", "pymdownx.superfences", "pymdownx.highlight", "pymdownx.betterem"]
NOTEBOOK = source.read('''# %% [markdown]
# # Demo: companion notebook

# %% [markdown]
# ## Part one

# %% Fit
oob_score = fit()

# %% A plot alt="It rises & falls"
plot()

# %% Printed <output>
print("1 < 2")
''', "docs/classic/demo/notebook.py")


def png(width=1000, height=680):
    buffer = io.BytesIO()
    Image.new("RGBA", (width, height), (1, 2, 3, 4)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


PLOT = {"output_type": "display_data", "data": {"image/png": png(), "image/x-dark-png": png(), "text/plain": "<Figure>"},
        "metadata": {"image/png": {"width": 500, "height": 340}}}
PRINTED = [{"output_type": "stream", "name": "stdout", "text": "1 < 2\n"}, {"output_type": "stream", "name": "stdout", "text": "more\n"}]


@pytest.fixture
def result(tmp_path):
    (tmp_path / "docs/classic/demo").mkdir(parents=True)
    (tmp_path / "docs/classic/demo/notebook.py").write_text("x = 1\n")
    return ExecutionResult(NOTEBOOK.path, "k", True, True, 1.0, NOTEBOOK, [[], [PLOT], PRINTED], {"oob_score": 0.97385},
                           {"python": "3.11.7", "numpy": "2.4.6"}, root=tmp_path)


@pytest.fixture
def render(result, tmp_path):
    def address(path):
        return path.removeprefix("classic/demo/").replace("notebook.py", "notebook/")

    def render(text, found=result):
        embedding = embed.Embedding("docs/classic/demo/index.md", lambda path: found if path == NOTEBOOK.path else None, address, tmp_path)
        html = embedding.content(markdown.markdown(embedding.markdown(text), extensions=EXTENSIONS))
        assert judge_html(html, "docs/classic/demo/index.md") == []
        assert "style=" not in html and "<script" not in html and embed.MARK not in html
        return html

    return render


def test_a_number_links_to_its_cell_and_says_where_it_comes_from(render):
    html = render("It reaches [0.974](notebook.py#oob_score).\n")
    assert '<a class="receipt" data-receipt="Fit · Python 3.11.7, NumPy 2.4.6" href="notebook.py#fit">0.974</a>' in html
    assert 'come from <a href="notebook/">its executed notebook</a> (Python 3.11.7, NumPy 2.4.6)' in html


def test_an_attribute_list_after_a_receipt_is_kept(render):
    html = render('??? success "Worked answer"\n    It is [0.974](notebook.py#oob_score){ .answer data-kind="number" }.\n')
    assert re.search(r'<a class="receipt answer" data-kind="number" data-receipt="[^"]+" href="notebook.py#fit">0.974</a>', html)


def test_numbers_in_tables_and_emphasis(render):
    html = render("| a | b |\n|---|---|\n| x | **[0.974](notebook.py#oob_score)** |\n")
    assert re.search(r'<td><strong><a class="receipt"[^>]*>0.974</a></strong></td>', html)


def test_a_plot_becomes_a_figure_in_two_versions(render):
    html = render('Before.\n\n![A line\nthat rises](notebook.py#a-plot){ .figure data-figure="split-picker" }\n\nAfter.\n')
    assert ('<figure class="kb-output kb-plot figure" data-figure="split-picker">'
            '<img class="kb-light" src="notebook/a-plot.png" alt="A line that rises" width="500" height="340" loading="lazy">'
            '<img class="kb-dark" src="notebook/a-plot-dark.png" alt="A line that rises" width="500" height="340" loading="lazy">'
            '<figcaption><a class="kb-source" href="notebook/#a-plot">Drawn by “A plot”</a></figcaption></figure>') in html
    assert "<p><figure" not in html


def test_printed_output_is_one_focusable_block(render):
    html = render("![What it printed](notebook.py#printed-output)\n")
    assert '<pre class="kb-output kb-printed" tabindex="0" role="region" aria-label="Output of Printed &lt;output&gt;"><samp>1 &lt; 2\nmore</samp></pre>' in html


@pytest.mark.parametrize("before, indent", [("", ""), ('!!! failure "Wrong: it"\n', "    "), ('??? hint "H"\n    text\n\n', "    "), ("1. item\n\n", "    ")])
def test_an_embedded_cell_shows_code_and_output_where_it_stands(render, before, indent):
    html = render(f'{before}{indent}[Printed output](notebook.py#printed-output "code")\n{indent}\n{indent}Then text.\n')
    assert "print" in html and '<div class="highlight">' in html and 'class="kb-output kb-printed"' in html
    assert 'In the notebook: Printed &lt;output&gt;' in html and "Then text." in html
    if before:
        container = re.search(r"<(?:div|details) class=\"(?:failure|hint|admonition failure)\".*?</(?:details|div)>\s*$|<li>.*</li>", html.split('<aside class="kb-receipts">')[0].strip(), re.S)
        assert container and "kb-printed" in container.group() and "Then text." in container.group()


def test_code_keeps_no_reference(render):
    html = render("```markdown\n[0.974](notebook.py#oob_score)\n```\n")
    assert "receipt" not in html and "notebook.py#oob_score" in html


def test_what_is_not_executed_says_so(render):
    html = render("[0.974](notebook.py#oob_score)\n\n![A plot](notebook.py#a-plot)\n", found=None)
    assert '<a href="notebook.py">0.974</a>' in html and "This has not been executed yet." in html and "kb-receipts" not in html


def test_a_placeholder_cannot_be_forged(render):
    assert "<aside" not in render(f"{embed.MARK}0{embed.MARK}\n")


def test_the_files_of_a_notebook(result):
    (result.root / "docs/classic/demo/data.csv").write_text("1,2\n")
    files = embed.files(result)
    assert sorted(files) == [f"classic/demo/notebook/{name}" for name in ("a-plot-dark.png", "a-plot.png", "demo.ipynb", "demo.py", "demo.zip")]
    assert b"image/x-dark-png" not in files["classic/demo/notebook/demo.ipynb"] and b"image/png" in files["classic/demo/notebook/demo.ipynb"]
    assert files == embed.files(result)


def test_the_executed_copy_is_a_valid_notebook(result):
    import nbformat

    text = page.executed_notebook(result)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "markdown", "code", "code", "code"] and text == page.executed_notebook(result)


def test_the_notebooks_page_through_mkdocs_jupyter_loses_no_character(result, tmp_path):
    """The template's text goes through nbconvert's HTML tidying; what comes back must be the cells as written."""
    from mkdocs_jupyter import convert
    from mkdocs_jupyter.config import settings

    notebook = source.read('# %% [markdown]\n# # T <b>&amp; "q"</b>\n# a < b & c > d $x_1 < 2$ &lt;\n\n# %% Less *than* <it>\nx = "<p>&amp;</p>" if 1 < 2 > 0 else \'é\'\n# ````\n',
                           "docs/classic/demo/notebook.py")
    found = ExecutionResult(notebook.path, "k", True, True, 1.0, notebook, [PRINTED], {}, {}, root=tmp_path)
    copy = tmp_path / "copy.ipynb"
    copy.write_text(page.executed_notebook(found))
    before, settings.templates_dir = settings.templates_dir, str(page.TEMPLATES)
    try:
        text = page.page_markdown(convert.nb2html(str(copy)), found)
    finally:
        settings.templates_dir = before
    assert notebook.cells[0].source in text and f"````````python\n{notebook.cells[1].source}\n````````" in text
    assert "{ #less-than-it .kb-cell }" in text and "<style" not in text
    html = page.fill(markdown.markdown(text, extensions=EXTENSIONS), found, "", "../")
    assert '<h2 class="kb-cell" id="less-than-it">Less &#42;than&#42; &#60;it&#62;</h2>' in html and "1 &lt; 2\nmore" in html
    assert 'download="demo.py"' in html and judge_html(html, "docs/classic/demo/notebook.py") == []


def git(root, *arguments, date=None):
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
    if date:
        environment |= {"GIT_AUTHOR_DATE": f"{date}T12:00:00Z", "GIT_COMMITTER_DATE": f"{date}T12:00:00Z"}
    subprocess.run(["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments], cwd=root, env=environment, check=True, capture_output=True)


def test_the_date_is_that_of_the_last_change_of_what_is_executed(tmp_path):
    path = tmp_path / "docs/classic/demo/notebook.py"
    path.parent.mkdir(parents=True)
    git(tmp_path, "init", "-q")
    for date, text in (("2026-01-02", "# %% One\nx = 1\n"), ("2026-02-03", "# %% One\nx = 2\n"), ("2026-03-04", "# %% Renamed\nx = 2\n"),
                       ("2026-04-05", "# %% [markdown]\n# Prose\n# %% Renamed\nx = 2\n")):
        path.write_text(text)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-qm", "x", date=date)
    assert changed.date(tmp_path, source.read(path.read_text(), "docs/classic/demo/notebook.py")) == dt.date(2026, 2, 3)
    assert changed.date(tmp_path, source.read("# %% One\nx = 3\n", "docs/classic/demo/notebook.py")) is None
    (path.parent / "data.csv").write_text("1")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x", date="2026-05-06")
    changed._date.cache_clear()
    from pages import history
    history.head.cache_clear()
    assert changed.date(tmp_path, source.read(path.read_text(), "docs/classic/demo/notebook.py")) == dt.date(2026, 5, 6)


def test_a_notebook_that_waits_for_its_result_brings_its_script_alone(tmp_path):
    """What `serve` shows at first in a fresh clone."""
    (tmp_path / "docs/classic/demo").mkdir(parents=True)
    (tmp_path / "docs/classic/demo/notebook.py").write_text("# %% [markdown]\n# # Demo: companion notebook\n\n# %% Fit\nx = 1\n")
    found = embed.files(unexecuted(tmp_path, "docs/classic/demo/notebook.py"))
    assert [name.rpartition(".")[2] for name in found] == ["py"]
