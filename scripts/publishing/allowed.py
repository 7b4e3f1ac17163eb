"""The allow-lists of allow.yml, compiled once. Read by the sanitizer, the outputs and the source gate; no logic."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parent / "allow.yml"


def _flat(groups: dict[str, list[str]]) -> frozenset[str]:
    return frozenset(name for names in groups.values() for name in names)


def _patterns(values: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in values.items()}


class Allowed:
    """Sets and patterns under the names of the file; patterns are meant for `fullmatch`."""

    def __init__(self, data: dict[str, Any]) -> None:
        article, page, mathematics, svg = data["article"], data["page"], data["mathematics"], data["svg"]
        self.elements = _flat(article["elements"])
        self.attributes = frozenset(article["attributes"])
        self.attributes_of = {name: frozenset(names) for name, names in article["attributes_of"].items()}
        self.attribute_prefixes = tuple(article["attribute_prefixes"])
        self.values = _patterns(article["values"])
        self.inputs = re.compile(article["inputs"])
        self.id_pattern = re.compile(data["ids"]["pattern"])
        self.id_underscored = re.compile(data["ids"]["underscored"])
        self.id_refused = frozenset(name.lower() for name in data["ids"]["refused"])
        self.class_pattern = re.compile(data["classes"]["pattern"])
        self.class_theme_prefix: str = data["classes"]["theme_prefix"]
        self.class_theme_allowed = frozenset(data["classes"]["theme_allowed"])
        self.class_refused = frozenset(name.lower() for name in data["classes"]["refused"])
        self.schemes = frozenset(data["urls"]["schemes"])
        self.url_attributes = frozenset(data["urls"]["attributes"])
        self.own_host = frozenset(data["urls"]["own_host"])
        self.math_elements = frozenset(mathematics["elements"])
        self.math_attributes = frozenset(mathematics["attributes"])
        self.math_values = _patterns(mathematics["values"])
        self.page_elements = self.elements | self.math_elements | _flat(page["elements"])
        self.page_svg_elements = frozenset(name.lower() for name in page["elements"]["icons"])
        self.page_attributes = self.attributes.union(page["attributes"], *self.attributes_of.values())
        self.page_prefixes = tuple(page["attribute_prefixes"])
        self.page_svg_attributes = frozenset(name.lower() for name in page["svg_attributes"])
        self.http_equiv = frozenset(page["http_equiv"])
        self.output_types: list[str] = data["outputs"]["types"]
        self.streams = frozenset(data["outputs"]["streams"])
        self.table_elements = frozenset(data["outputs"]["table_elements"])
        self.table_attributes = frozenset(data["outputs"]["table_attributes"])
        self.largest_png: int = data["outputs"]["largest_png"]
        self.largest_text: int = data["outputs"]["largest_text"]
        self.svg_elements = frozenset(svg["elements"])
        self.svg_attributes = frozenset(svg["attributes"])
        self.svg_properties = frozenset(svg["style_properties"])
        files = data["files"]
        self.contributed = frozenset(files["contributed"])
        self.assets = frozenset(files["assets"])
        self.published = frozenset(files["published"])
        self.named = frozenset(files["named"])
        self.assets_folder: str = files["assets_folder"]
        self.path = re.compile(files["path"])
        self.meta_refused = frozenset(data["front_matter"]["refused"])
        self.template_pages = frozenset(data["front_matter"]["template_pages"])


@lru_cache(maxsize=1)
def allowed() -> Allowed:
    return Allowed(yaml.safe_load(FILE.read_text("utf-8")))
