"""Every readable real-time file of the corpus, written as CSV, RDML and ASM, and looked at from outside.

The corpus is no part of the repository; where it does not exist the tests are skipped.
"""

import csv
import io
import json
import subprocess
import sys
import zipfile

import pytest
from support import COMMAND, DPCR, REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tests/python"))

QPCR = DPCR.parent / "qpcr"
SCHEMA = DPCR.parents[1] / "schemas/RDML_v1_3_REC.xsd"
pytestmark = pytest.mark.skipif(not QPCR.is_dir(), reason=f"the corpus of real files is not at {QPCR}")


def files():
    if not QPCR.is_dir():
        return [pytest.param(None, id="no corpus")]
    found = (path for path in sorted(QPCR.rglob("*")) if path.is_file() and path.suffix != ".json")
    return [pytest.param(path, id=str(path.relative_to(QPCR))) for path in found if path.name != "MANIFEST.tsv"]


def command(*words):
    return subprocess.run([COMMAND, *map(str, words)], capture_output=True, timeout=120)


def runs(path):
    """The runs with real-time reactions, as documents; none for a file that is refused."""
    done = command("read", path, "--json")
    document = json.loads(done.stdout)
    if done.returncode:
        return []
    return [run for run in document.get("runs", [document]) if any(react["curves"] for react in run["reacts"])]


def check_csv(path, documents):
    done = command("convert", path, "--to", "csv")
    assert done.returncode == 0, done.stderr.decode()
    rows = [row for row in csv.DictReader(io.StringIO(done.stdout.decode(), newline="")) if row["left_out"]]
    curves = [(react, curve) for run in documents for react in run["reacts"] for curve in react["curves"]]
    assert len(rows) == len(curves)
    for row, (react, curve) in zip(rows, curves, strict=True):
        assert row["well"] == react["well"]
        assert (float(row["cq"]) if row["cq"] else None) == curve["cq"]
        assert (float(row["quantity"]) if row["quantity"] else None) == curve["quantity"]
        assert row["type"] == curve["type"]


def names(path):
    done = command("convert", path, "--to", "csv")
    return list(dict.fromkeys(row["run"] for row in csv.DictReader(io.StringIO(done.stdout.decode(), newline=""))))


def check_rdml(path, name, run, folder):
    etree = pytest.importorskip("lxml.etree")
    file = folder / "run.rdml"
    done = command("convert", path, "--to", "rdml", "--run", name, "--force", "-o", file)
    assert done.returncode == 0, done.stderr.decode()
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    document = etree.fromstring(zipfile.ZipFile(file).read("rdml_data.xml"))
    assert schema.validate(document), schema.error_log.last_error
    again = runs(file)
    assert len(again) == 1
    cqs = [sorted((r["well"], repr(c["cq"]), c["type"]) for r in one["reacts"] for c in r["curves"]) for one in again]
    positions = any(curve.get("position") for react in run["reacts"] for curve in react["curves"])
    if not positions:  # RDML holds a target once in a well
        assert cqs[0] == sorted((r["well"], repr(c["cq"]), c["type"]) for r in run["reacts"] for c in r["curves"])


def check_asm(path, name):
    from asm_schema import REAL_TIME, validator

    words = ["--run-date", "2026-11-22T08:12:00Z", "--well-volume", "20"]
    done = command("convert", path, "--to", "asm", "--run", name, *words)
    assert done.returncode == 0, done.stderr.decode()
    errors = [error.message[:300] for error in validator(REAL_TIME).iter_errors(json.loads(done.stdout))]
    assert errors == []


@pytest.mark.parametrize("path", files())
def test_exports(path, tmp_path):
    documents = runs(path)
    if not documents:
        return  # refused, or digital: the tests of the readers say which and why
    check_csv(path, documents)
    every = names(path)
    assert len(every) == len(documents)
    for name, run in zip(every, documents, strict=True):
        check_rdml(path, name, run, tmp_path)
    check_asm(path, every[0])
