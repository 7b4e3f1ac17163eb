"""The corpus of attacks/ against both layers, the sanitizer alone and the policy alone, in a real Chromium.

Each attack first succeeds on the stock stack (support/attacking.py), so that a refusal says something. Raw HTML and SVG
documents are outside the policy's reach: they count against layer one only.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import threading
from collections import Counter

import pytest
import yaml

import bootstrap
from publishing.seal import seal
from support import attacking, browsing, checkout as checkouts, server as servers

pytestmark = pytest.mark.browser

LEAST_ATTACKS, LEAST_OF_A_KIND, LEAST_BENIGN = 120, 8, 15
# A build stops at what it finds first (files, then sources, then rendered pages), so attacks are taken out in rounds.
ROUNDS = 6
LONGER_S = 60
CANARY = "canary-5f1c0b7e"


def visit(attacks, base, **options):
    """`attacking.visit` in a thread of its own: the fixtures' Playwright may hold this thread's event loop."""
    found = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(attacking.visit(attacks, base, bootstrap.ensure_browser(), browsing.FLAGS, **options))))
    thread.start()
    thread.join()
    return found[0]


def serve(folder):
    server = servers.start(folder)
    return server, f"http://127.0.0.1:{server.server_port}{servers.PREFIX}"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """The corpus, built with both layers off and judged by layer one; `through` holds what succeeded."""
    corpus = attacking.Corpus(tmp_path_factory.mktemp("corpus"))
    corpus.site.mkdir()
    server, base = serve(corpus.site)
    corpus.base = base
    corpus.build(base)
    ran, proven = visit(corpus.attacks, base)
    # On a crowded machine a page may take longer than it is given: what has not succeeded gets more time.
    again = visit([attack for attack in corpus.attacks if attack.number not in ran | proven], base, seconds=LONGER_S)
    ran, proven = ran | again[0], proven | again[1]
    feeds = corpus.feeds()
    for attack in corpus.attacks:
        attack.succeeded = (attack.number in ran if attack.proof == "script" else corpus.published(attack) if attack.proof == "published"
                            else attack.spec["feed"] in feeds if attack.proof == "feed" else attack.number in proven)
        if "link" in attack.spec or "published" in attack.spec:
            attack.succeeded = corpus.published(attack)
    corpus.judge()
    yield corpus
    server.shutdown()


def test_the_corpus_is_large_and_each_kind_is_there(corpus):
    kinds = Counter(attack.kind for attack in corpus.attacks)
    assert len(corpus.attacks) >= LEAST_ATTACKS and min(kinds.values()) >= LEAST_OF_A_KIND, kinds
    inputs = [re.sub(rf"\b{attack.number}\b|(?<=\D){attack.number}(?=\D)", "@@", json.dumps(attack.spec, sort_keys=True, default=str)) for attack in corpus.attacks]
    assert len({re.sub(r'"name": "[^"]*", ', "", text) for text in inputs}) == len(inputs), "mutants of one input count once"


def test_each_attack_succeeds_with_both_layers_off(corpus):
    assert not (harmless := ", ".join(attack.label for attack in corpus.attacks if not attack.succeeded)), harmless


def test_layer_one_alone_refuses_each_with_file_and_line(corpus):
    assert [attack.label for attack in corpus.attacks if not attack.findings] == []
    for attack in corpus.attacks:
        assert all(finding.level == "error" and finding.message for finding in attack.findings), attack.label
        if attack.source.endswith(".md"):
            lines = {finding.line for finding in attack.findings if finding.path == f"docs/{attack.source}"}
            assert lines & set(attack.lines), f"{attack.label}: lines {attack.lines}, findings {attack.findings}"


def test_no_script_runs_with_the_policy_alone(corpus, tmp_path):
    site = shutil.copytree(corpus.site, tmp_path / "site", symlinks=True)
    server, base = serve(site)
    try:
        # Built for another port: the addresses of the policy are this server's.
        seal(site, base, [attacking.ROOT / "overrides", *theme_folders()], sanitize=False)
        ran, _ = visit(corpus.attacks, base)
    finally:
        server.shutdown()
    beyond_its_reach = {attack.number for attack in corpus.attacks if "open" in attack.spec or attack.spec.get("document")}
    assert [attack.label for attack in corpus.attacks if attack.number in ran - beyond_its_reach] == []


def theme_folders():
    import material

    return [os.path.join(os.path.dirname(material.__file__), "templates")]


def plant(checkout, corpus, attack):
    """The attack as a contributor would send it: a page, a post or files below docs/ of the real site; gives their names."""
    name = f"attack-{attack.number}"
    place = checkout / "docs" / "contributing" / name
    if "post" in attack.spec:
        source = corpus.docs / attack.source
        shutil.copy2(source, checkout / "docs/journal/posts" / source.name)
        return [checkout / "docs/journal/posts" / source.name]
    shutil.copytree(corpus.docs / f"a{attack.number}", place, symlinks=True)
    page = place / "index.md"
    if page.is_file():
        page.write_text(re.sub(r"^template: lean\.html\n", "", page.read_text("utf-8"), flags=re.M), "utf-8", newline="")
    return [place]


def test_the_real_build_stops_at_every_attack_and_keeps_the_site(corpus, checkout):
    (checkout / "site").mkdir()
    (checkout / "site" / "index.html").write_text("the old site")
    planted = {attack.number: plant(checkout, corpus, attack) for attack in corpus.attacks}
    for _ in range(ROUNDS):
        done = checkouts.kb(checkout, "build", timeout=590)
        assert done.returncode == 1, f"built with {[a.label for a in corpus.attacks if a.number in planted]}:\n{done.stdout[-2000:]}"
        assert "Traceback" not in done.stdout
        named = {number for number, paths in planted.items()
                 if any(re.search(rf"^{re.escape(path.relative_to(checkout).as_posix())}\b.*error", done.stdout, re.M) for path in paths)}
        assert named, done.stdout[-3000:]
        for number in named:
            for path in planted.pop(number):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not planted:
            break
    assert not planted, [attack.label for attack in corpus.attacks if attack.number in planted]
    assert (checkout / "site" / "index.html").read_text() == "the old site"


BENIGN_CELLS = '''
# %% A table and colors
from IPython.display import HTML, display
display(HTML("<table><thead><tr><th>area</th></tr></thead><tbody><tr><td>benign &lt;b&gt;</td></tr></tbody></table>"))
print("\\x1b[31mred words\\x1b[0m and <b>plain ones</b>")
'''


def test_benign_pages_come_out_unharmed(browser, checkout):
    controls = yaml.safe_load((attacking.FOLDER / "benign.yml").read_text("utf-8"))
    assert len(controls) >= LEAST_BENIGN
    for number, control in enumerate(controls):
        place = checkout / "docs" / "contributing" / f"benign-{number}"
        place.mkdir()
        (place / "index.md").write_text(f"---\ntitle: Control {number}\ndescription: A page that looks dangerous and is not, as a control of the tests.\n---\n\n"
                                        f"## Lead\n\nA first sentence that says what this page is about, so that it is not nearly empty. It has to be some thirty words long, "
                                        f"which takes a second sentence, and this one.\n\n{control['body']}\n", "utf-8")
        (place / "pixel.png").write_bytes(attacking.png())
        (place / "table.csv").write_text("a,b\n1,2\n")
    notebook = checkout / "docs/classic/framing-a-problem/notebook.py"
    notebook.write_text(notebook.read_text("utf-8") + BENIGN_CELLS, "utf-8")
    settings = checkout / "mkdocs.yml"
    settings.write_text(settings.read_text("utf-8").replace("not_in_nav: |", "not_in_nav: |\n  /contributing/benign-*"), "utf-8")
    server, base = serve(checkout / "site")
    try:
        # What the gate holds against the form of these pages is not the matter here; safety findings are.
        done = checkouts.kb(checkout, "build", SITE_URL=base, timeout=590)
        assert done.returncode == 0, done.stdout[-3000:]
        page = browser.new_page()
        heard = browsing.listen(page)
        for number, control in enumerate(controls):
            page.goto(f"{base}contributing/benign-{number}/", wait_until="load")
            text = page.locator("article").inner_text()
            assert control.get("shows", "") in text, control["name"]
            assert "has" not in control or page.locator(f"article {control['has']}").count(), control["name"]
        page.goto(f"{base}classic/framing-a-problem/notebook/", wait_until="load")
        assert "benign <b>" in page.locator("article table").last.inner_text()
        assert "red words and <b>plain ones</b>" in page.locator("article").inner_text()
        heard.silent()
        page.close()
    finally:
        server.shutdown()


SPY = f'''
# %% Look around
import os, pathlib, subprocess
print(sorted(os.environ.items()))
for name in ("~/.netrc", "~/.git-credentials", "~/.ssh/id_rsa", os.environ.get("GITHUB_ENV", "/github.env")):
    try:
        print(pathlib.Path(name).expanduser().read_text())
    except OSError as error:
        print(type(error).__name__)
print("::warning::a workflow command")
raised = subprocess.run(["git", "config", "--list"], capture_output=True, text=True).stdout if pathlib.Path("/usr/bin/git").exists() else ""
print(raised)
'''


def test_no_secret_reaches_site_logs_or_cache(checkout, tmp_path):
    secrets = tmp_path / "home"
    secrets.mkdir()
    for name in (".netrc", ".git-credentials"):
        (secrets / name).write_text(CANARY)
    (secrets / ".gitconfig").write_text(f"[user]\n\tname = {CANARY}\n")
    (tmp_path / "github.env").write_text("")
    notebook = checkout / "docs/classic/framing-a-problem/notebook.py"
    notebook.write_text(notebook.read_text("utf-8") + SPY, "utf-8")
    done = checkouts.kb(checkout, "run", "docs/classic/framing-a-problem", HOME=str(secrets), TOKEN=CANARY, AWS_SECRET_ACCESS_KEY=CANARY,
                        GITHUB_ENV=str(tmp_path / "github.env"), timeout=590)
    built = checkouts.kb(checkout, "build", HOME=str(secrets), TOKEN=CANARY, timeout=590)
    log = done.stdout + built.stdout
    assert done.returncode == 0 and built.returncode == 0, log[-3000:]
    assert CANARY not in log and not re.search(r"^\s*::", log, re.M), log[-3000:]
    holders = [path for folder in ("site", ".cache") for path in (checkout / folder).rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert holders == [] and (tmp_path / "github.env").read_text() == ""
