"""MkDocs' events, each a few lines that call our packages. The only file that imports MkDocs.

MkDocs puts a hook's folder on the import path only while it imports the hook: everything of ours is imported here.
"""

from __future__ import annotations

import gc
import logging
import os
from functools import partial
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from mkdocs import livereload
from mkdocs.exceptions import PluginError
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs_jupyter.config import settings as jupyter

from checks.gate import gate
from notebooks.embed import MARK, PLACEHOLDER
from notebooks.page import TEMPLATES
from notebooks.site import Notebooks, run_in_background, watched_folder
from pages import finished, highlighting, history, inlining, posts
from pages.findings import Refused
from pages.model import load_site
from pages.rendered import Asked, Rendered
from publishing import addresses, offline, redirects, scripts, stylesheet
from publishing.mathematics import Formulas, name_headers
from publishing.paths import judge_sources
from publishing.sanitizer import judge_html, judge_meta
from publishing.seal import seal
from publishing.sources import SourceLines
from publishing.tables import framed
from publishing.verdicts import Verdicts
from roadmap import wanted
from roadmap.coverage import load_map
from roadmap.drawing import draw
from roadmap.navigation import Sidebar, navigation
from roadmap.structured import structured_data
from roadmap.topic import describe
from search import index as search_index

ROOT = Path(__file__).resolve().parent.parent

OBJECTS_BETWEEN_COLLECTIONS = 20_000

# A hook module is executed anew for each rebuild of `serve`, so this holds exactly one build.
build: dict = {"command": "build"}

# MkDocs' own script; `on_serve` says why its numbers stand elsewhere.
LIVE_RELOAD = livereload._SCRIPT_TEMPLATE.substitute(
    epoch="document.currentScript.dataset.epoch", request_id="document.currentScript.dataset.request")


def refuse(findings):
    """Stops the build with all findings in one message."""
    if findings:
        raise PluginError(f"the build is refused, site/ stays as it was\n{Refused(findings)}")


def on_startup(*, command, dirty):
    build["command"] = command
    highlighting.share()
    # Everything imported stays; looking through it for what could go, again and again, costs a twentieth of a build.
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)


@event_priority(100)  # the feeds and the theme read these settings in the same event
def on_config(config):
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(history.source_date_epoch(ROOT)))
    site_url, repo_url = addresses.of_environment(os.environ)
    config.site_url = site_url or config.site_url
    config.repo_url = repo_url or config.repo_url or None
    if not config.repo_url:
        config.edit_uri = None
    if os.environ.get("KB_OFFLINE"):
        # From file:// the theme ends its stream of pages instead, and no script of ours would hear of one.
        config.theme["features"] = [feature for feature in config.theme["features"] if not feature.startswith("navigation.instant")]
    config.markdown_extensions.append(inlining.ScreenedPatterns())
    config.theme.get_env = partial(_environment, config.theme.get_env)
    build["formulas"], build["verdicts"], build["findings"] = Formulas(), Verdicts(), []
    refuse(judge_sources(Path(config.docs_dir), ROOT))
    build["site"] = site = load_site(ROOT)
    refuse(gate(ROOT, site))
    refuse([finding for page in site.pages for finding in judge_meta(page.meta, page.source, SourceLines(page.text))])
    build["coverage"] = coverage = load_map(site, drafts=build["command"] == "serve")
    jupyter.templates_dir = str(TEMPLATES)
    build["rendered"] = Rendered(ROOT, Path(config.config_file_path).read_bytes())
    build["notebooks"], build["embeddings"] = Notebooks(ROOT), {}
    drafts = build["command"] == "serve"
    paths = [f"docs/{page.notebook}" for page in site.pages if page.notebook and (drafts or not page.draft)]
    if build["command"] == "serve":
        # The page says that it waits; a result that arrives in the watched folder rebuilds it.
        run_in_background(ROOT, build["notebooks"].take_cached(paths), lambda findings: print(*(f.render() for f in sorted(findings)), sep="\n"))
    else:
        refuse(build["notebooks"].execute(paths))
        refuse(build["notebooks"].check((page.source, page.text) for page in site.pages if not page.draft))
    build["sheets"], config.extra_css = [str(path) for path in config.extra_css], []
    config.nav = navigation(site, coverage, drafts=build["command"] == "serve")
    return config


def _environment(make):
    """The theme's templates, compiled once and not for each build; MkDocs asks for their list without its ten thousand icons, which it leaves out."""
    env = make()
    (compiled := ROOT / ".cache" / "templates").mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(compiled))

    def list_templates():
        found = set()
        for top in map(str, env.loader.searchpath):
            for folder, folders, names in os.walk(top):
                folders[:] = [name for name in folders if not name.startswith(".")]
                found.update(os.path.relpath(os.path.join(folder, name), top).replace(os.sep, "/") for name in names)
        return sorted(found)

    env.loader.list_templates = list_templates
    return env


@event_priority(100)  # before the blog plugin reads the posts' front matter
def _change_sources(files, *, config):
    site = build["site"]
    # It made its settings, which the theme reads; from here on it would only search every page for attributes that none has.
    config.plugins["material/search"].config.enabled = False
    for page in site.pages:
        file = files.get_file_from_path(page.path)
        if file is None:
            continue
        if page.kind == "post":
            if copy := posts.write_normalized(page, ROOT / ".cache" / "posts"):
                file.abs_src_path = str(copy)
        elif page.draft and build["command"] != "serve":
            file.inclusion = InclusionLevel.EXCLUDED
            if notebook := files.get_file_from_path(page.notebook):
                notebook.inclusion = InclusionLevel.EXCLUDED
    _point_at_executed_copies(files)
    return files


@event_priority(-100)  # mkdocs-jupyter has wrapped the notebooks it found by that path, and its wrapper forgets the path
def _add_notebook_files(files, *, config):
    _point_at_executed_copies(files)
    for path, data in build["notebooks"].files().items():
        files.append(File.generated(config, path, content=data))
    return files


def _point_at_executed_copies(files):
    for path, copy in build["notebooks"].executed().items():
        files.get_file_from_path(path).abs_src_path = str(copy)


on_files = CombinedEvent(_change_sources, _add_notebook_files)


def on_nav(nav, *, config, files):
    build["nav"] = nav
    return nav


def address_from(page, files):
    """Gives relative addresses from `page` to files named by their path below docs/."""
    return lambda path: files.get_file_from_path(path).url_relative_to(page.file)


@event_priority(-100)  # after mkdocs-jupyter has put its own render in place
def on_pre_page(page, *, config, files):
    path = f"docs/{page.file.src_uri}"
    if path in build["notebooks"].results:
        convert = page.render

        def converted():
            convert(config, files)
            return page.content

        def render(config, files):
            page.markdown = build["notebooks"].page_markdown(path, converted)
            _render_once(page, config, files)

        page.render = render
        # It stands where its explainer stands: same tab, same sidebar, one step further down the path.
        page.explainer = files.get_file_from_path(f"{page.file.src_uri.rpartition('/')[0]}/index.md").page
        page.parent = page.explainer.parent
    elif type(page) is Page:  # the blog's pages render themselves
        page.render = lambda config, files: _render_once(page, config, files)
    return page


def _render_once(page, config, files):
    """`Page.render` with its formulas, or what they left when nothing they read has changed. What is refused or warned about is rendered each time."""
    rendered, path = build["rendered"], page.file.src_uri
    key = rendered.key(path, page.file.url, build["formulas"].salt, page.markdown)
    if found := rendered.get(path, key, files):
        page.content, page._title_from_render, page.present_anchor_ids = found["text"], found["title"], set(found["anchors"])
        page.toc = TableOfContents([_toc_from(item) for item in found["toc"]])
        page.links_to_anchors = {files.get_file_from_path(path): links for path, links in found["links"].items()}
        return
    asked, heard = Asked(files), logging.Handler(logging.WARNING)
    warnings: list[logging.LogRecord] = []
    heard.emit = warnings.append
    log = logging.getLogger("mkdocs")
    log.addHandler(heard)
    try:
        Page.render(page, config, asked)
    finally:
        log.removeHandler(heard)
    page.content, findings = build["formulas"].render(page.content, f"docs/{path}", lambda *needles: _lines(path).line_of(*needles))
    build["findings"] += findings
    if not warnings and not findings and log.isEnabledFor(logging.WARNING):
        rendered.put(path, key, {
            "title": page._title_from_render, "anchors": sorted(page.present_anchor_ids), "asked": asked.answers,
            "toc": [_toc_to(item) for item in page.toc], "links": {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()}}, page.content)


def _lines(path):
    source = ROOT / "docs" / path
    return SourceLines(source.read_text("utf-8") if source.is_file() else "")


def _toc_to(item):
    return [item.title, item.id, item.level, [_toc_to(child) for child in item.children]]


def _toc_from(item):
    title, id, level, children = item
    link = AnchorLink(title, id, level)
    link.children = [_toc_from(child) for child in children]
    return link


def on_page_markdown(markdown, *, page, config, files):
    if page.file.src_uri == wanted.PAGE:
        return f"{markdown}\n\n{wanted.board(build['coverage'], build['site'])}"
    if explainer := getattr(page, "explainer", None):
        page.meta.setdefault("description", f"The notebook behind “{explainer.title}”, executed: every cell with its output, to read here or to download.")
    embedding = build["notebooks"].embedding(f"docs/{page.file.src_uri}", markdown, address_from(page, files))
    if embedding is None or page.file.src_uri.endswith(".py"):
        return markdown
    build["embeddings"][page.file.src_uri] = embedding
    return embedding.markdown(markdown)


def on_page_content(html, *, page, config, files):
    path = f"docs/{page.file.src_uri}"
    if embedding := build["embeddings"].get(page.file.src_uri):
        html = embedding.content(html)
    elif path in build["notebooks"].results:
        html = build["notebooks"].page_content(path, html, address_from(page, files))
    html, findings = build["formulas"].render(html, path, lambda *needles: _lines(page.file.src_uri).line_of(*needles))  # those that an output brought, and posts
    key = build["verdicts"].key("article", path, html)
    if not build["verdicts"].clean(key):
        if judge_html(html, path):
            findings += judge_html(html, path, _lines(page.file.src_uri))  # once more, for the lines of the source
        else:
            build["verdicts"].remember(key)
    build["findings"] += findings
    return name_headers(html)


@event_priority(-100)  # all pages are rendered and none is written yet
def on_env(env, *, config, files):
    refuse(build["findings"])
    env.globals["sidebar"] = Sidebar(partial(env.get_template("partials/sidebar.html").render, site_name=config.site_name)).html
    env.globals["coverage"] = coverage = build["coverage"]
    env.globals["draw"] = lambda section: draw(section, coverage)
    env.globals["addresses"] = {file.src_uri: file.url for file in files}
    shared = finished.common(ROOT, config, build["nav"], coverage, files, build["command"])
    templates = {"main.html": finished.Finished(build["rendered"], shared, env.get_template("main.html"), lambda page: type(page) is Page, framed)}
    find = env.get_template
    env.get_template = lambda name, *more, **named: templates.get(name) if not more and not named and name in templates else find(name, *more, **named)
    return env


def on_page_context(context, *, page, config, nav):
    source = build["site"].by_path.get(page.file.src_uri)
    context["topic"] = topic = describe(source, build["site"], build["coverage"], ROOT) if source else None
    context["structured_data"] = structured_data(topic, str(page.meta.get("title") or page.title), str(page.meta.get("description") or config.site_description),
                                                 page.canonical_url, config.site_url, config.site_name)
    return context


def on_post_page(output, *, page, config):
    if type(page) is Page:
        page.markdown = page.content = ""  # written: a thousand of them would be held to the end
    # Excerpts of the journal reach a page without on_page_content.
    if MARK in output:
        output = PLACEHOLDER.sub("", output)
    if "arithmatex" in output:
        output, findings = build["formulas"].render(output, f"docs/{page.file.src_uri}", lambda tex: 1)
        build["findings"] += findings
    return output if type(page) is Page else framed(output)


@event_priority(-100)  # the feeds and every other plugin have written their files
def on_post_build(*, config):
    build["formulas"].close()
    stylesheet.join(Path(config.site_dir), build["sheets"])
    scripts.join(Path(config.site_dir))
    build["findings"] += redirects.write(Path(config.site_dir), config.site_url)
    search_index.write_theme_index(Path(config.site_dir))
    if build["command"] == "serve":
        search_index.write_client(Path(config.site_dir) / search_index.CLIENT, offline=False)
    else:
        search_index.publish(build["site"], build["coverage"], Path(config.site_dir), offline=bool(os.environ.get("KB_OFFLINE")))
    live = [LIVE_RELOAD] if build["command"] == "serve" else []
    for_file_addresses = bool(os.environ.get("KB_OFFLINE"))
    build["findings"] += seal(Path(config.site_dir), config.site_url, config.theme.dirs, more_scripts=live,
                              verdicts=build["verdicts"], with_policy=not for_file_addresses)
    if for_file_addresses:
        build["findings"] += offline.make(Path(config.site_dir))
    refuse(build["findings"])
    if build["command"] == "serve":
        search_index.follow(build["site"], build["coverage"], Path(config.site_dir))


def on_serve(server, *, config, builder):
    """MkDocs' live-reload script with its two numbers in attributes: one text, so that the policy can name its hash."""

    def inject(content, epoch):
        before, end, after = content.rpartition(b"</body>")
        tag = f'<script data-epoch="{epoch}" data-request="{livereload._timestamp()}">{LIVE_RELOAD}</script>'
        return before + tag.encode() + end + after

    server._inject_js_into_html = inject
    server.watch(str(watched_folder(ROOT)), recursive=False)
    return server
