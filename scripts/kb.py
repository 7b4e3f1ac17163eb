#!/usr/bin/env python3
"""The command line: one verb a function, no logic. Run it with any Python 3.11+: python3 scripts/kb.py --help"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bootstrap  # noqa: E402

if __name__ == "__main__":
    bootstrap.ensure_environment(sys.argv[1:])

from enum import Enum  # noqa: E402
from typing import Annotated, Optional  # noqa: E402

import typer  # noqa: E402

# Plain tracebacks never reach a contributor (main() below); typer's own decorated ones would hide the message.
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Machine Learning, Seriously: build, check and extend the knowledge base.")
Paths = Annotated[Optional[list[Path]], typer.Argument(help="Files or folders; all of docs/ when none is named.")]
OK, FINDINGS, FAILED = 0, 1, 2


class Format(str, Enum):
    text = "text"
    github = "github"
    json = "json"


@app.command()
def serve(port: Annotated[int, typer.Option(help="Port on this machine.")] = 8000) -> None:
    """Build, serve with live reload, and execute missing notebooks in the background."""
    from publishing import build

    bootstrap.ensure_node_packages()
    raise typer.Exit(build.serve(port))


@app.command("build")
def build_site(offline: Annotated[bool, typer.Option("--offline", help="A folder that works from file://.")] = False) -> None:
    """Write site/, strictly, replacing it only when the new one is whole."""
    from publishing import build

    bootstrap.ensure_node_packages()
    raise typer.Exit(build.build(offline=offline))


@app.command()
def run(
    paths: Paths = None,
    jobs: Annotated[Optional[int], typer.Option(help="Notebooks at a time; all cores when not given.")] = None,
    dask: Annotated[Optional[str], typer.Option(help="Address of a Dask scheduler that shares the work.")] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Execute even what has a cached result.")] = False,
    twice: Annotated[bool, typer.Option("--twice", help="Execute a second time with reduced instruction sets and compare.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove cached results that nothing refers to.")] = False,
) -> None:
    """Execute notebooks, several at once, from a cache that is never stale."""
    from notebooks import run as engine

    raise typer.Exit(engine.command(paths or [], jobs=jobs, dask=dask, use_cache=not no_cache, twice=twice, prune=prune))


@app.command()
def check(paths: Paths = None, format: Annotated[Format, typer.Option(help="How to print the findings.")] = Format.text) -> None:
    """Judge contributions without building or executing anything."""
    from checks import run as checks

    bootstrap.ensure_node_packages()
    raise typer.Exit(checks.command("check", paths or [], format.value))


@app.command()
def fix(paths: Paths = None) -> None:
    """Repair what can be repaired without a decision."""
    from checks import run as checks

    bootstrap.ensure_node_packages()
    raise typer.Exit(checks.command("fix", paths or [], "text"))


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="explainer, project or post")],
    title: Annotated[Optional[str], typer.Argument(help="The title, or the slug on the map.")] = None,
    section: Annotated[str, typer.Option(help="The section, for a page that is not on the map yet.")] = "",
) -> None:
    """Begin a page that passes every check but its placeholders."""
    from scaffold import prompts

    raise typer.Exit(prompts.new(kind, title or "", section))


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="A Jekyll post (2026-01-31-title.md) or an .ipynb.")],
    concept: Annotated[str, typer.Option(help="The slug on the map, for a notebook whose name is none.")] = "",
) -> None:
    """Bring in Jekyll posts and notebooks, listing what cannot be carried over."""
    from scaffold import prompts

    raise typer.Exit(prompts.import_files(files, concept))


@app.command()
def preview(base: Annotated[str, typer.Argument(help="The commit or branch that the change is compared with.")] = "main") -> None:
    """Build the offline site into preview/, opening on a list of the changed pages."""
    from publishing import preview as previews

    bootstrap.ensure_node_packages()
    raise typer.Exit(previews.make(base))


@app.command()
def test(
    all: Annotated[bool, typer.Option("--all", help="Also double execution, kills, scale and every page in every state.")] = False,
    arguments: Annotated[Optional[list[str]], typer.Argument(help="Passed on to pytest after --.")] = None,
) -> None:
    """Run every check and test, the browser tests too."""
    import testing

    bootstrap.ensure_node_packages()
    raise typer.Exit(testing.run(bootstrap.ensure_browser(), everything=all, arguments=arguments or []))


@app.command()
def bench(
    name: Annotated[Optional[str], typer.Argument(help="One of tests/benchmarks/; lists them when not given.")] = None,
    parts: Annotated[Optional[list[str]], typer.Argument(help="Only these parts of it, where it has parts.")] = None,
) -> None:
    """Measure against peers, as ratios in one run; the peers get environments of their own."""
    import testing

    bootstrap.ensure_node_packages()
    raise typer.Exit(testing.bench(name, parts or []))


def main() -> None:
    try:
        app()
    except KeyboardInterrupt:
        bootstrap.say("kb: interrupted")
        raise SystemExit(130) from None
    except BrokenPipeError:
        raise SystemExit(FAILED) from None
    except (OSError, RuntimeError) as error:
        bootstrap.fail(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
