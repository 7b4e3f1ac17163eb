"""A Jekyll post and an .ipynb come in whole: what cannot be carried over is named with its line, twice changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cases import ipynb, png
from checks import run
from miniature import make
from scaffold import importer

JEKYLL = '''---
layout: single
title:  "Why gradients explode"
date:   2025-12-31 10:00:00 +0800
categories: ML
tags: [Regression]
author: someone
header:
  teaser: /assets/x.png
---

* TOC
{:toc}

The loss became $$ \\infty $$ after {{ site.baseurl }} ten steps, and nobody had looked at the norm of the gradient.

See [the earlier post]({% post_url 2025-01-02-before %}) and [another]({{ site.baseurl }}{% link _posts/2024-01-01-gone.md %}).

Clip it first.
Then look again.
{: .notice--warning}

{% highlight python linenos %}
x = {"a": 1}
{% endhighlight %}

![The loss over ten steps]({{ "/assets/loss.png" | relative_url }})
{: .align-center}

{% raw %}
Shown as `{{ braces }}`.
{% endraw %}

{% include video id="1" %}

```python
y = 2  # {: .not-a-list }
```
'''


@pytest.fixture
def site(tmp_path) -> Path:
    return make(tmp_path / "site")


@pytest.fixture
def post(tmp_path) -> Path:
    blog = tmp_path / "blog"
    (blog / "_posts").mkdir(parents=True)
    (blog / "assets").mkdir()
    (blog / "assets/loss.png").write_bytes(png())
    (blog / "_posts/2025-12-31-Why_Gradients Explode.md").write_text(JEKYLL, encoding="utf-8")
    (blog / "_posts/2025-01-02-before.md").write_text("---\ntitle: Before\n---\n\nIt was only a plan then, in one sentence that says so.\n")
    return blog / "_posts/2025-12-31-Why_Gradients Explode.md"


def test_a_jekyll_post(site, post):
    importer.import_file(post.parent / "2025-01-02-before.md", site)
    done = importer.import_file(post, site)
    assert done.written == ["docs/journal/posts/2025-12-31-why-gradients-explode/loss.png", "docs/journal/posts/2025-12-31-why-gradients-explode.md"]
    text = (site / done.written[1]).read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    assert yaml.safe_load(head) == {"title": "Why gradients explode", "date": __import__("datetime").date(2025, 12, 31), "categories": ["ML"],
                                    "tags": ["Regression"], "authors": ["author"]}
    assert body == '''
The loss became $\\infty$ after  ten steps, and nobody had looked at the norm of the gradient.

<!-- more -->

See [the earlier post](2025-01-02-before.md) and [another](_posts/2024-01-01-gone.md).

!!! warning

    Clip it first.
    Then look again.

```python
x = {"a": 1}
```

![The loss over ten steps](2025-12-31-why-gradients-explode/loss.png)

Shown as `{{ braces }}`.

`{% include video id="1" %}`

```python
y = 2  # {: .not-a-list }
```
'''
    assert [(loss.line, loss.what) for loss in sorted(set(done.losses))] == [
        (7, 'author "someone" is not in docs/journal/.authors.yml'),
        (8, 'front matter "header" has no meaning here'),
        (12, "a table of contents: every page has one"),
        (13, "a table of contents: every page has one"),
        (17, "a link to _posts/2024-01-01-gone.md, which is not here; import it first"),
        (28, 'class "align-center"'),
        (34, 'Liquid {% include video id="1" %}, which stands in the text as code now'),
    ]
    assert {found.id for found in run.check(site) if found.level == "error"} == {"LNK-101", "TXT-107"}


def test_importing_twice_changes_nothing(site, post):
    importer.import_file(post, site)
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    again = importer.import_file(post, site)
    assert again.written == [] and len(again.unchanged) == 2
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


def test_what_was_written_since_is_kept(site, post):
    done = importer.import_file(post, site)
    (site / done.written[1]).write_text("mine\n")
    again = importer.import_file(post, site)
    assert (site / done.written[1]).read_text() == "mine\n"
    assert any("differs; it was not replaced" in loss.what for loss in again.losses)


def test_a_notebook_becomes_a_notebook_and_a_page(site, tmp_path):
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["Counts of *words*, one for each class.\n", "\n", "## The counts"]},
        {"cell_type": "code", "id": "b", "metadata": {}, "source": ["%matplotlib inline\n", "import numpy as np\n", "counts = np.arange(3)"],
         "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}], "execution_count": 4},
        {"cell_type": "code", "id": "c", "metadata": {}, "source": ["!pip install x\n", "# Sum of counts\n", "total = counts.sum()"], "outputs": [], "execution_count": None},
        {"cell_type": "code", "id": "d", "metadata": {}, "source": ["print(total)"], "outputs": [], "execution_count": None},
        {"cell_type": "raw", "id": "e", "metadata": {}, "source": ["<b>"]},
    ]
    (tmp_path / "Naive_Bayes.ipynb").write_text(ipynb(cells=cells))
    done = importer.import_file(tmp_path / "Naive_Bayes.ipynb", site)
    assert done.written == ["docs/classic/naive-bayes/notebook.py", "docs/classic/naive-bayes/index.md"]
    assert (site / done.written[0]).read_text() == '''# %% [markdown]
# # Naive Bayes: companion notebook

# %% [markdown]
# Counts of *words*, one for each class.
#
# ## The counts

# %% The counts
import numpy as np
counts = np.arange(3)

# %% Sum of counts
# Sum of counts
total = counts.sum()

# %% The counts, part 2
print(total)
'''
    assert done.render("x.ipynb").split("\n")[2:] == [
        "not carried over:", "    x.ipynb, cell 2: %matplotlib inline", "    x.ipynb, cell 2: its stored outputs: kb run makes them",
        "    x.ipynb, cell 3: !pip install x", "    x.ipynb, cell 5: a raw cell of 1 line"]
    assert {found.id for found in run.check(site) if found.level == "error"} == {"TXT-108"}
    assert importer.import_file(tmp_path / "Naive_Bayes.ipynb", site).written == []


@pytest.mark.parametrize(("name", "data", "message"), [
    ("2026-01-01-a.md", b"\xff\xfe", "is not UTF-8"),
    ("2026-01-01-a.md", b"---\ntitle: [\n---\nText\n", "is not valid YAML"),
    ("notes.md", b"text", "is no post"),
    ("rows.csv", b"a,b", "is neither a post"),
    ("naive-bayes.ipynb", b"{}", "is not a notebook"),
    ("naive-bayes.ipynb", b"[[[", "is not a notebook"),
    ("naive-baies.ipynb", ipynb().encode(), 'did you mean "naive-bayes"'),
])
def test_what_cannot_be_imported_is_said(site, tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(importer.CannotImport, match=message):
        importer.import_file(tmp_path / name, site)


def test_an_image_outside_the_blog_is_not_taken(site, tmp_path):
    blog = tmp_path / "blog/_posts"
    blog.mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(png())
    (blog / "2026-01-01-a.md").write_text("---\ntitle: A\n---\n\n![A picture](../../secret.png)\n")
    done = importer.import_file(blog / "2026-01-01-a.md", site)
    assert done.written == ["docs/journal/posts/2026-01-01-a.md"]
    assert any("was not found below" in loss.what for loss in done.losses)


PIECES = ["{% raw %}", "{% endraw %}", "{% highlight py %}", "{% endhighlight %}", "{: .notice}", "{: #a}", "{:toc}", "$$x$$", "```", "~~~", "![a](b.png)",
          "[a]({% link x %})", "{{ site.baseurl }}", "{{ x }}", "\n", "\n\n", "word ", "* TOC", "{::comment}", "<!--more-->", "---", "é", "\u200b", "\t", "(", "["]


@settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=30))
@example(["{:toc}", "word "])
@example(["{:toc", "word "])
@example(["{:toc}", "{:toc}", "word ", "```"])
def test_no_word_is_lost_and_nothing_raises(tmp_path_factory, pieces):
    """Whatever a post holds, each of its words is in the result, and the result imports to the same."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "docs/journal/posts").mkdir(parents=True)
    (folder / "2026-01-01-a.md").write_text("---\ntitle: A\n---\n\n" + "".join(pieces) + "\n", encoding="utf-8", errors="replace")
    done = importer.import_file(folder / "2026-01-01-a.md", folder)
    text = (folder / "docs/journal/posts/2026-01-01-a.md").read_text(encoding="utf-8")
    assert text.count("word") == "".join(pieces).count("word")
    assert importer.import_file(folder / "2026-01-01-a.md", folder).written == []
    assert all(loss.line >= 1 for loss in done.losses)


@settings(max_examples=100, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=4) |
                    st.dictionaries(st.sampled_from(["cells", "nbformat", "nbformat_minor", "metadata", "cell_type", "source", "outputs"]), inner, max_size=5), max_leaves=15))
def test_a_broken_notebook_is_refused_or_imported(tmp_path_factory, data):
    folder = make(tmp_path_factory.mktemp("fuzz"))
    (folder / "naive-bayes.ipynb").write_text(json.dumps(data), encoding="utf-8")
    try:
        importer.import_file(folder / "naive-bayes.ipynb", folder)
    except importer.CannotImport:
        assert not (folder / "docs/classic/naive-bayes").exists()
