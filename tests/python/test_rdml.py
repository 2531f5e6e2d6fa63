"""RDML of `microchim convert --to rdml`: against the schemas of the RDML consortium, and as rdmlpython reads it.

The schemas are in <repository>/../shared/schemas (or MICROCHIM_SHARED/schemas); without them, without lxml or without
the package `rdmlpython`, the tests that need them are skipped.
"""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from product import COMMAND

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("MICROCHIM_SHARED", REPOSITORY.parent / "shared"))
FIXTURES = REPOSITORY / "plugins/rdml/fixtures"
OTHERS = [p for p in FIXTURES.iterdir() if not p.name.startswith("bad-") and p.suffix not in (".expected", ".md")]


def convert(path: Path, out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), "convert", str(path), "--to", "rdml", "-o", str(out), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def document(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read("rdml_data.xml")


@pytest.fixture(scope="module")
def written(droplets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One well of 400 droplets, 30 and 100 of them positive."""
    out = tmp_path_factory.mktemp("rdml") / "run.rdml"
    done = convert(droplets, out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def schema() -> Any:
    etree = pytest.importorskip("lxml.etree")
    file = SHARED / "schemas/RDML_v1_3_REC.xsd"
    if not file.exists():
        pytest.skip(f"there is no {file}")
    return etree.XMLSchema(etree.parse(str(file)))


@pytest.fixture(scope="module")
def opened(written: Path) -> Any:
    return pytest.importorskip("rdmlpython").Rdml(str(written))


def test_the_document_is_valid(written: Path, schema: Any) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema.assertValid(etree.fromstring(document(written)))


@pytest.mark.parametrize("path", OTHERS, ids=[p.name for p in OTHERS])
def test_every_dialect_that_is_read_is_written_valid(path: Path, schema: Any, tmp_path: Path) -> None:
    etree = pytest.importorskip("lxml.etree")
    out = tmp_path / "run.rdml"
    done = convert(path, out)
    if several := re.search(r"with --run '([^']*)'", done.stderr):  # a file of RDML holds one of them here
        done = convert(path, out, "--run", several[1])
    if "is not known, and RDML demands it" in done.stderr:
        assert done.returncode == 4 and not out.exists()
        return
    assert done.returncode == 0, done.stderr
    schema.assertValid(etree.fromstring(document(out)))


def test_two_conversions_are_the_same_bytes(written: Path, droplets: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.rdml"
    assert convert(droplets, again).returncode == 0
    assert again.read_bytes() == written.read_bytes()


def test_the_archive_holds_what_rdml_wants_and_nothing_else(written: Path) -> None:
    with zipfile.ZipFile(written) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        table = archive.read(names[1]).decode().splitlines()
    assert names[0] == "rdml_data.xml"
    assert len(names) == 2 and re.fullmatch(r"partitions/[A-Za-z0-9_-]+_C03\.tsv", names[1])
    assert table[0] == "SRY\tSRY\tRPP30\tRPP30"
    rows = [line.split("\t") for line in table[1:]]
    assert len(rows) == 400
    assert [sum(row[c] == "p" for row in rows) for c in (1, 3)] == [30, 100]


def test_rdmlpython_validates_the_file(opened: Any, written: Path) -> None:
    assert opened.version() == "1.3"
    assert opened.isvalid(str(written))


def test_rdmlpython_reads_the_counts(opened: Any) -> None:
    run = opened.experiments()[0].runs()[0]
    assert run["pcrFormat_columns"] == "12"
    (react,) = run.getreactjson()["reacts"]
    assert (react["id"], react["sample"]) == (str(2 * 12 + 3), "P1-d7")
    counts = {data["tar"]: (data["pos"], data["neg"]) for data in react["partitions"]["datas"]}
    assert counts == {"SRY": ("30", "370"), "RPP30": ("100", "300")}


def test_rdmlpython_reads_the_partitions(opened: Any, written: Path) -> None:
    raw = opened.experiments()[0].runs()[0].get_digital_raw_data("C3")
    with zipfile.ZipFile(written) as archive:
        assert raw == archive.read(archive.namelist()[1]).decode()


def test_the_file_reads_back(written: Path, droplets: Path) -> None:
    mc = pytest.importorskip("microchim")
    before, after = mc.read_run(droplets)["C03"], mc.read_run(written)["C03"]
    assert before.sample == after.sample
    assert [(c.target, c.positive, c.accepted) for c in before.counts] == [
        (c.target, c.positive, c.accepted) for c in after.counts
    ]
