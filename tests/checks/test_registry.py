"""The registry, the reference page and the code say the same."""

from __future__ import annotations

import re
from pathlib import Path

from checks import policy, reference
from checks.registry import families, rules
from pages.findings import LEVELS

ROOT = Path(__file__).resolve().parents[2]
ID = re.compile(r'"([A-Z]{3}-\d{3})"')


def test_every_id_that_the_code_uses_is_explained():
    used = {match for file in (ROOT / "scripts").rglob("*.py") for match in ID.findall(file.read_text(encoding="utf-8"))}
    assert used - set(rules()) == set()


def test_every_rule_is_used_and_whole():
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "scripts").rglob("*.py"))
    for rule in rules().values():
        assert f'"{rule.id}"' in code, rule.id
        assert rule.level in LEVELS and rule.why.endswith(".") and rule.repair.endswith("."), rule.id
        assert rule.id.startswith(rule.family) and rule.family in families()


def test_safety_and_encoding_cannot_be_waived():
    assert [rule.id for rule in rules().values() if rule.waivable and rule.family in ("SAF", "PUB", "WVR")] == []
    assert not rules()["TXT-101"].waivable and not rules()["TXT-104"].waivable


def test_the_reference_page_is_fresh():
    """Repair: python3 scripts/kb.py fix docs/contributing/checks.md"""
    assert (ROOT / reference.REFERENCE_FILE).read_text(encoding="utf-8") == reference.render()


def test_policy_is_well_formed():
    """What a non-programmer may edit stays what the code expects."""
    tags = policy.load("tags")
    assert tags == sorted(set(tags)) and all(isinstance(tag, str) for tag in tags)
    assert all(word == word.lower() for word in policy.words())
    for kind, keys in policy.load("front_matter").items():
        for name, rule in keys.items():
            assert rule["type"] in ("text", "list", "slugs", "number", "date", "flag", "choice", "any"), (kind, name)
