"""Policy is data: the YAML files in policy/, read once. Whoever edits them needs no Python.

Called by the families. What pages and outputs may contain (elements, attributes, schemes) is the publishing room's
policy and is read from there.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from checks.registry import Loader

POLICY_FOLDER = Path(__file__).with_name("policy")
PUBLISHABLE_FILE = Path(__file__).parent.parent / "publishing" / "allow.yml"


@lru_cache(maxsize=None)
def load(name: str) -> Any:
    """The policy file `name`.yml."""
    return yaml.load((POLICY_FOLDER / f"{name}.yml").read_text(encoding="utf-8"), Loader=Loader)


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """Project words that the spelling check accepts, lower case."""
    lines = (POLICY_FOLDER / "words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=1)
def publishable() -> Any:
    """What may be published (elements, attributes, schemes, file types): the sanitizer's own lists."""
    return yaml.load(PUBLISHABLE_FILE.read_text(encoding="utf-8"), Loader=Loader)


def limit(name: str) -> Any:
    """One line of limits.yml."""
    return load("limits")[name]
