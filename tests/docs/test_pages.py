"""What docs/security and SECURITY.md name is there: links, files of the service, tests, functions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "SECURITY.md", *sorted((ROOT / "docs/security").glob("*.md"))]


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs/serve.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if link.startswith("https:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sources_and_tests_that_are_named_exist(page: Path) -> None:
    text = page.read_text()
    sources = {path.name for folder in ("service", "core", "cli", "tests") for path in (ROOT / folder).rglob("*.?pp")}
    tests = {path.name for path in (ROOT / "tests").rglob("*.py")}
    for name in set(re.findall(r"[\w/]*?(\w+\.[ch]pp)", text)):
        assert name in sources, name
    for name in set(re.findall(r"\b(test_\w+\.py)", text)):
        assert name in tests, name
    for path in set(
        re.findall(r"\b((?:serve|http|store|jobs|drop|accounts|service|fuzz|docs|read)/\w+\.(?:py|cpp))", text)
    ):
        assert any((ROOT / folder / path).exists() for folder in ("tests", "service")), path


def test_functions_that_are_named_exist() -> None:
    code = "".join(path.read_text() for path in (ROOT / "service").rglob("*.?pp"))
    named = re.findall(r"`(?:\w+::)?([a-z]+(?:_[a-z]+)+)`", (ROOT / "docs/security/threat-model.md").read_text())
    others = {"result_version", "lab_order", "application_acknowledgement"} | {
        "retention_days",
        "disk_reserve_mib",
    }  # columns, keys
    assert named
    for name in set(named) - others:
        assert re.search(rf"\b{name}\(", code), name
