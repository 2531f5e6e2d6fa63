"""microchim convert: tables for spreadsheets, one RDML or ASM file per run, nothing overwritten, nothing invented.

What an ASM document must hold is tested in tests/python/test_asm.py.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
from pathlib import Path

import pytest
from command import ROOT, error_of, run

DESCRIPTION = """\
schema = "microchim/csv/1"
partition_volume_nl = { column = "v" }

[run]
id = { column = "plate" }
instrument = "Nimbus DropScope"
rows = 8
columns = 12

[columns]
well = "well"
sample = "sample"
type = "type"
target = "target"
dye = "dye"
channel = "ch"
accepted = "n"
positive = "k"
excluded = "out"
threshold = "t"
concentration = "conc"
low = "low"
high = "high"
status = "status"

[[pooled]]
column = "row"
equals = "sum"
kind = "sum"
members = "members"

[[pooled]]
column = "row"
equals = "mean"
kind = "mean"
members = "members"
"""
HEADER = "plate,row,well,members,sample,type,target,dye,ch,n,k,out,t,conc,low,high,status,v"
AWKWARD = [
    "=1+1",
    "+49",
    "-",
    "-5",
    "@SUM(A1)",
    "'tis",
    "''",
    "a,b",
    'say "x"',
    "Ärztin µ 中",
    "two\nlines",
    "007",
    "1e5",
]
ONE_RUN = [
    ["P1", "well", "A01", "", "P1 d28", "unkn", "SRY", "FAM", "1", 17842, 31, 12, 5000.5, 2.05, 1.3, 2.9, "OK", 0.85],
    ["P1", "well", "A01", "", "P1 d28", "unkn", "RPP30", "HEX", "2", 17842, 17842, "", "", "", "", "", "No Call", 0.85],
    ["P1", "well", "B02", "", "NTC", "ntc", "SRY", "FAM", "1", 0, 0, "", -12.25, "", "", "", "", ""],
    ["P1", "well", "C03", "", "P1 d28", "unkn", "SRY", "FAM", "1", 16001, 7, "", 0.1, 1 / 3, "", "", "", 0.85],
    ["P1", "sum", "M01", "A1 C3", "P1 d28", "", "SRY", "FAM", "1", 33843, 38, "", "", 2.2, "", "", "", 0.85],
    ["P1", "mean", "+M", "A1 C3", "P1 d28", "", "SRY", "FAM", "1", "", "", "", "", 1.5, "", "", "", ""],
]


def drop(folder: Path, rows: list[list[object]]) -> Path:
    folder.mkdir()
    text = io.StringIO()
    csv.writer(text).writerows([HEADER.split(","), *rows])
    (folder / "results.csv").write_text(text.getvalue())
    (folder / "description.toml").write_text(DESCRIPTION)
    return folder


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return drop(tmp_path / "one run", ONE_RUN)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return drop(tmp_path / "two runs", ONE_RUN + [["P2", *row[1:]] for row in ONE_RUN[:1]])


def well_at(i: int) -> str:
    """The wells of a plate in its order: A1 to A12, B1 ..."""
    return f"{'ABCDEFGH'[i // 12]}{i % 12 + 1}"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def runs_of(path: Path) -> list[dict]:
    done = run("read", path, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    return document.get("runs", [document])


# ---- CSV


def test_one_row_per_well_and_target(one: Path) -> None:
    done = run("convert", one, "--to", "csv")
    assert done.returncode == 0, done.stderr
    rows = table(done.stdout)
    assert [(r["run"], r["row"], r["well"], r["target"]) for r in rows] == [
        ("P1", "well", "A01", "SRY"),
        ("P1", "well", "A01", "RPP30"),
        ("P1", "well", "B02", "SRY"),
        ("P1", "well", "C03", "SRY"),
        ("P1", "sum", "M01", "SRY"),
        ("P1", "mean", "'+M", "SRY"),
    ]
    first = rows[0]
    rate = -math.log1p(-31 / 17842)
    assert float(first["lambda"]) == pytest.approx(rate, rel=1e-14)
    assert float(first["copies_per_ul"]) == pytest.approx(rate / 0.85e-3, rel=1e-14)
    assert (first["volume_nl"], first["volume_source"], first["excluded"]) == ("0.85", "file", "12")
    saturated, empty, mean = rows[1], rows[2], rows[5]
    assert (saturated["lambda"], saturated["copies_per_ul"], saturated["vendor_status"]) == ("", "", "No Call")
    assert (empty["lambda"], empty["threshold"], empty["volume_nl"]) == ("", "-12.25", "")
    assert (mean["accepted"], mean["vendor_copies_per_ul"], mean["members"]) == ("", "1.5", "A01,C03")


def test_lines_end_and_quotes_are_those_of_rfc_4180(tmp_path: Path) -> None:
    done = run(
        "convert",
        drop(tmp_path / "d", [[*ONE_RUN[0][:4], 'a "b", c', *ONE_RUN[0][5:]]]),
        "--to",
        "csv",
        "-o",
        tmp_path / "x",
    )
    assert done.returncode == 0
    data = (tmp_path / "x").read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") == 2 and data.endswith(b"\r\n")
    assert b'"a ""b"", c"' in data


def test_no_cell_is_a_formula_and_the_guard_can_be_taken_off(tmp_path: Path) -> None:
    rows = [[*ONE_RUN[0][:2], well_at(i), "", name, *ONE_RUN[0][5:]] for i, name in enumerate(AWKWARD)]
    cells = table(run("convert", drop(tmp_path / "d", rows), "--to", "csv").stdout)
    for cell, name in zip((r["sample"] for r in cells), AWKWARD, strict=True):
        assert cell[:1] not in tuple("=+-@\t\r\n")
        assert cell.removeprefix("'") == name


def test_blanks_around_a_text_survive(tmp_path: Path) -> None:
    rows = [
        [*ONE_RUN[0][:2], f"A{i + 1}", "", f"'{name}", *ONE_RUN[0][5:]] for i, name in enumerate([" x", "x ", " =1"])
    ]
    source = drop(tmp_path / "d", rows)
    (source / "description.toml").write_text(DESCRIPTION.replace("[run]", 'guard = "\'"\n\n[run]', 1))
    assert [react["sample"] for react in runs_of(source)[0]["reacts"]] == [" x", "x ", " =1"]
    cells = table(run("convert", source, "--to", "csv").stdout)
    assert [r["sample"] for r in cells] == ["' x", "'x ", "' =1"]


def test_the_description_in_the_documentation_reads_it_back(tmp_path: Path, two: Path) -> None:
    rows = [[*ONE_RUN[0][:2], well_at(i), "", name, *ONE_RUN[0][5:]] for i, name in enumerate(AWKWARD)]
    for source in (two, drop(tmp_path / "awkward", rows)):
        back = tmp_path / f"back from {source.name}"
        assert run("convert", source, "--to", "csv", "-o", back / "runs.csv").returncode == 0
        toml = re.search(r"```toml\n(.*?)```", (ROOT / "docs/convert.md").read_text(encoding="utf-8"), re.S)
        assert toml is not None
        (back / "description.toml").write_text(toml[1])
        before, after = runs_of(source), runs_of(back)
        assert len(before) == len(after)
        for a, b in zip(before, after, strict=True):
            assert a["run"]["id"] == b["run"]["id"]
            assert a["reacts"] == b["reacts"]
            assert a["aggregates"] == b["aggregates"]


def test_all_runs_are_in_one_table_or_the_one_asked_for(two: Path) -> None:
    assert {r["run"] for r in table(run("convert", two, "--to", "csv").stdout)} == {"P1", "P2"}
    assert {r["run"] for r in table(run("convert", two, "--to", "csv", "--run", "P2").stdout)} == {"P2"}
    done = run("convert", two, "--to", "csv", "--run", "P3")
    assert done.returncode == 2 and "'P1', 'P2'" in done.stderr


def test_runs_without_a_name_get_one(one: Path) -> None:
    description = one / "description.toml"
    description.write_text(DESCRIPTION.replace('id = { column = "plate" }\n', ""))
    assert {r["run"] for r in table(run("convert", one, "--to", "csv").stdout)} == {"one run"}


# ---- RDML and ASM


@pytest.mark.parametrize("form", ["rdml", "asm"])
def test_a_file_holds_one_run(two: Path, tmp_path: Path, form: str) -> None:
    date = ["--run-date", "2026-11-22T08:12:00+01:00"] if form == "asm" else []
    done = run("convert", two, "--to", form, "-o", tmp_path / "out", *date)
    assert done.returncode == 2 and "'P1', 'P2'" in done.stderr and "--run 'P1'" in done.stderr
    assert not (tmp_path / "out").exists()
    done = run("convert", two, "--to", form, "--run", "P2", "-o", tmp_path / "out", *date)
    assert done.returncode == 0, done.stderr


def test_rdml_is_an_archive(two: Path, tmp_path: Path) -> None:
    done = run("convert", two, "--to", "rdml", "--run", "P2", "-o", tmp_path / "run.rdml")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "run.rdml") as archive:
        assert b"<pos>31</pos>" in archive.read("rdml_data.xml")
    done = run("convert", two, "--to", "rdml", "--run", "P2")
    assert done.returncode == 2 and "-o run.rdml" in done.stderr


# ---- files, streams, exit codes


def test_nothing_is_replaced_without_force(one: Path, tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    out.write_text("mine")
    done = run("convert", one, "--to", "csv", "-o", out)
    assert done.returncode == 5 and "--force" in done.stderr and out.read_text() == "mine"
    done = run("convert", one, "--to", "csv", "-o", out, "--force")
    assert done.returncode == 0 and done.stdout == "" and "Written to" in done.stderr
    assert table(out.read_text())[0]["well"] == "A01"
    assert [p.name for p in tmp_path.iterdir() if "part" in p.name] == []


def test_a_dash_is_standard_output(one: Path) -> None:
    plain = run("convert", one, "--to", "csv").stdout
    assert plain == run("convert", one, "--to", "csv", "-o", "-").stdout and plain


def test_json_is_one_document_about_the_file(one: Path, tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    done = run("convert", one, "--to", "csv", "-o", out, "--json")
    answer = json.loads(done.stdout)
    assert (answer["format"], answer["runs"], answer["file"]) == ("csv", ["P1"], str(out)) and out.exists()
    done = run("convert", one, "--to", "csv", "--json")
    assert done.returncode == 2 and error_of(done)["code"] == 2
    done = run("convert", one, "--to", "asm", "-o", tmp_path / "a.json", "--json")
    assert done.returncode == 4 and error_of(done)["kind"] == "ConfigError"


def test_usage(one: Path, tmp_path: Path) -> None:
    assert run("convert", one).returncode == 2
    assert run("convert", one, "--to", "xlsx").returncode == 2
    assert run("convert", one, "--to", "csv", "--run-date", "2026-11-22T08:12:00Z").returncode == 2
    assert run("convert", tmp_path / "missing", "--to", "csv").returncode == 3
    done = run("convert", "--help")
    assert done.returncode == 0 and "Examples:" in done.stdout
