"""Sites of any size for measurements: generated explainers of a real one's length, in a copy of this checkout or as a stock Material site.

Both get the same Markdown in the same four sections. A page has no notebook unless it is asked for, so that no execution hides what a
build costs.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from support.checkout import copy_checkout

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = {"classic": "Classic machine learning", "deep-learning": "Deep learning fundamentals",
            "architectures": "Modern architectures", "projects": "Projects and engineering practice"}
HEADINGS = ("Why it exists", "How it works", "By hand", "Build it", "Use it", "What it assumes", "When not to use it", "Pitfalls",
            "Check yourself", "Where next", "Sources")
LONGEST_WAY = 8
# The sentence that `edit` turns into the other and back.
OPENINGS = ("An opening of", "A changed opening of")
# As short as a companion notebook can be: the libraries that most import, one fit, one table, one plot.
NOTEBOOK = '''# %% [markdown]
# # Concept {page}: companion notebook
#
# The data is generated, and each cell is short. Every number of page {page} would come from here.

# %% Imports and data
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score

rng = np.random.default_rng({page})
X = rng.normal(size=(200, 5))
y = X @ np.arange(5) + rng.normal(size=200)

# %% [markdown]
# ## Five strengths
#
# A model that fits the training data too closely keeps its noise, and $\\hat y = X w + b$ says so.

# %% Scores of five strengths
strengths = [0.01, 0.1, 1.0, 10.0, 100.0]
scores = [float(cross_val_score(Ridge(alpha=alpha), X, y).mean()) for alpha in strengths]
print("\\n".join(f"{{alpha:6}} {{score:.4f}}" for alpha, score in zip(strengths, scores)))

# %% The curve of the scores alt="A curve that is flat and then falls"
fig, ax = plt.subplots()
ax.semilogx(strengths, scores)
ax.set_xlabel("alpha")
ax.set_ylabel("R squared")
plt.show()
'''
# Half of a page's formulas and code stand on no other page: what is remembered by content must be made once for each.
PARAGRAPH = ("A model number {page} that fits the training data too closely keeps its noise, and the validation score says so. "
             "[The page before](../concept-{before:04}/index.md#how-it-works) holds the mean $\\bar x$ over *ten* seeds, and "
             "$\\hat y_{{{page}}} = X w + b_{{{part}}}$ is what `predict_{page}` returns for a sample that nobody has seen.\n\n")
CODE = ('```python\ndef part_{part}_of_{page}(X, y, learning_rate=0.1):\n    """One step, shape (n_features,)."""\n    gradient = 2 * X.T @ (X @ w - y) / len(X)\n'
        "    return w - learning_rate * gradient\n```\n\n")
SHARED = "```python\nmodel = Ridge(alpha=1.0).fit(X_train, y_train)\nprint(model.score(X_test, y_test))\n```\n\n"
FORMULA = "$$\n\\hat w_{{{page}}} = \\arg\\min_w \\sum_{{i=1}}^{{n}} (y_i - x_i^\\top w)^2 + \\lambda \\lVert w \\rVert_{{{part}}}^2\n$$\n\n"
FOLD = "??? hint \"Hint\"\n    Compare part {part} with the mean alone.\n\n| a | b |\n|---|--:|\n| one | {page} |\n| two | {part} |\n\n"


def slug(number: int) -> str:
    return f"concept-{number:04}"


def section_of(number: int) -> str:
    return list(SECTIONS)[number % len(SECTIONS)]


def explainer(number: int) -> str:
    """A page of some twelve kilobytes."""
    # Chains of prerequisites are as long as the map's longest.
    before = number - len(SECTIONS) if (number // len(SECTIONS)) % LONGEST_WAY else number
    needs = [slug(before)] if before != number else []
    head = yaml.safe_dump({"title": f"Concept {number} of the benchmark", "description": f"Page {number} of the benchmark, as long as a real explainer of the site.",
                           "aliases": [f"name {number}"], "zh": "概念", "prerequisites": needs, "minutes": 12,
                           "questions": [f"what is concept {number}", f"when should I not use concept {number}"], "status": "complete", "tags": ["Regression"]},
                          allow_unicode=True, sort_keys=False)
    body = "".join(f"## {name}\n\n" + "".join(piece.format(page=number, part=part, before=before) for piece in (PARAGRAPH, PARAGRAPH, CODE, FORMULA, FOLD)) + SHARED
                   for part, name in enumerate(HEADINGS, 1))
    return f"---\n{head}---\n\n{OPENINGS[0]} two sentences. It stands above the first heading of page {number}.\n\n{body}"


def ours(folder: Path, pages: int, notebooks: bool = False) -> Path:
    """A checkout whose four sections hold `pages` generated explainers instead of the real ones, each with a notebook if asked for."""
    made = copy_checkout(folder)
    shutil.rmtree(made / ".cache", ignore_errors=True)
    for section in SECTIONS:
        for page in (made / "docs" / section).iterdir():
            if page.is_dir():
                shutil.rmtree(page)
        _write_section(made / "docs" / section)
    for post in (made / "docs" / "journal" / "posts").glob("*.md"):
        if "why-i-started" not in post.name:
            post.unlink()
    planned: dict = {section: {"title": title, "pages": {}} for section, title in SECTIONS.items()}
    for number in range(pages):
        _write(made / "docs", number, notebooks)
        planned[section_of(number)]["pages"][slug(number)] = {"title": f"Concept {number} of the benchmark", "needs": [], "data": "generated", "wave": 1}
    (made / "scripts" / "roadmap" / "concepts.yml").write_text(yaml.safe_dump(planned, sort_keys=False), "utf-8")
    # Links of the remaining pages to explainers that are gone would stop a strict build.
    settings = made / "mkdocs.yml"
    settings.write_text(settings.read_text("utf-8").replace("strict: true", "strict: false"), "utf-8")
    return made


def stock(folder: Path, pages: int) -> Path:
    """MkDocs with Material as its guide sets it up, our Markdown extensions, and the whole navigation, which is the theme's default."""
    docs = folder / "docs"
    docs.mkdir(parents=True)
    (docs / "index.md").write_text("# Home\n\nThe benchmark's home page.\n", "utf-8")
    nav: list = [{"Home": "index.md"}]
    for section, title in SECTIONS.items():
        (docs / section).mkdir()
        _write_section(docs / section)
        nav.append({title: [f"{section}/index.md", *(f"{section}/{slug(number)}/index.md" for number in range(pages) if section_of(number) == section)]})
    for number in range(pages):
        _write(docs, number)
    loaded = _settings()
    extensions = loaded["markdown_extensions"]
    (folder / "mkdocs.yml").write_text(yaml.safe_dump({
        "site_name": "Stock", "site_url": "http://127.0.0.1:8000/", "nav": nav, "plugins": ["search", "material/tags"], "markdown_extensions": extensions,
        "theme": {"name": "material", "font": False, "features": ["navigation.instant", "navigation.tabs", "navigation.indexes", "navigation.footer", "search.suggest", "content.code.copy"]},
    }, sort_keys=False), "utf-8")
    return folder


def edit(made: Path, number: int) -> None:
    """One sentence of one page becomes another."""
    page = made / "docs" / section_of(number) / slug(number) / "index.md"
    text = page.read_text("utf-8")
    now, then = OPENINGS if OPENINGS[0] in text else OPENINGS[::-1]
    page.write_text(text.replace(now, then, 1), "utf-8")


def _write_section(folder: Path) -> None:
    """The section's page with its title, without the sentences that lead through explainers which are not here."""
    _, head, _ = (ROOT / "docs" / folder.name / "index.md").read_text("utf-8").split("---\n", 2)
    (folder / "index.md").write_text(f"---\n{head}---\n\nA section of the benchmark.\n", "utf-8")


def _write(docs: Path, number: int, notebook: bool = False) -> None:
    page = docs / section_of(number) / slug(number) / "index.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(explainer(number), "utf-8")
    if notebook:
        page.with_name("notebook.py").write_text(NOTEBOOK.format(page=number), "utf-8")


def _settings() -> dict:
    class Loader(yaml.SafeLoader):
        """mkdocs.yml reads some values from the environment by a tag of its own."""

    Loader.add_constructor("!ENV", lambda loader, node: None)
    return yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader)
