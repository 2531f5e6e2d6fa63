#!/usr/bin/env python3
"""Writes readers.md beside this file: what can be read, from each reader's own folder. --check only compares.

A reader says its name and maturity in reader.cpp, and what it reads in the table under "## Dialects" of its README.md:
dialect, software and versions, what is read, fixture (in backticks, in its fixtures/).
"""

import pathlib
import re
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs/readers.md"
HEAD = """# What can be read

Made by `docs/make_readers.py` from the folders of the readers; do not edit. *tested*: held against real files of that
instrument software. *draft*: written after second-hand descriptions, no real file was at hand; every result says so.
What a format looks like, and which menu makes it, stands in the README of each reader.

| Reader | Dialect | Software and versions | What is read | Maturity | Fixture |
| --- | --- | --- | --- | --- | --- |
"""


def constant(source: str, name: str) -> str:
    found = re.search(rf'\*?{name} = "([^"]*)"', source)
    if not found:
        raise SystemExit(f"no {name} in a reader.cpp")
    return found[1]


def dialects(readme: pathlib.Path) -> list[list[str]]:
    """Rows of the table under "## Dialects"."""
    section = readme.read_text().partition("\n## Dialects\n")[2].partition("\n## ")[0]
    rows = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row] for row in rows[2:]]
    if not cells or any(len(row) != 4 for row in cells):
        raise SystemExit(f"{readme}: no table of four columns under '## Dialects'")
    return cells


def check_fixture(folder: pathlib.Path, cell: str) -> None:
    for name in re.findall(r"`([^`]+)`", cell):
        if not (folder / "fixtures" / name.rstrip("/")).exists():
            raise SystemExit(f"{folder}/README.md names the fixture '{name}', which is not there")


def page() -> str:
    lines = []
    for source in sorted(REPOSITORY.glob("plugins/*/reader.cpp")):
        folder, text = source.parent, source.read_text()
        if folder.name == "template":
            continue
        for dialect, software, what, fixture in dialects(folder / "README.md"):
            check_fixture(folder, fixture)
            link = f"[{constant(text, 'name')}](../plugins/{folder.name}/README.md)"
            cells = (link, dialect, software, what, constant(text, "maturity"), fixture)
            lines.append("| " + " | ".join(cells) + " |\n")
    return HEAD + "".join(lines)


if __name__ == "__main__":
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text() != text:
            raise SystemExit("docs/readers.md is not what the readers say; run docs/make_readers.py")
    else:
        PAGE.write_text(text)
