"""Every QX Manager file of the corpus through `microchim read --json`, against the same file read with csv.

Where the corpus does not exist the tests are skipped; support.py says where it is looked for. What is not in it, above
all the QX600, stands in the reader's fixtures.
"""

import csv
import functools
import io
import math
import re
import shutil
import xml.etree.ElementTree as xml
import zipfile

import numpy as np
import pytest
from support import BIORAD, REPOSITORY, read, run

pytestmark = pytest.mark.skipif(not BIORAD.is_dir(), reason=f"the corpus of real files is not at {BIORAD}")

DANISH = BIORAD / "monis4567__compare_eDNA_in_ddPCR_and_qPCR"
WORKBOOKS = BIORAD / "monis4567__ddPCR_comparison_MST_smpls_2021"
VOLUME_NL = 0.85  # all of these are of two colours
SATURATED = ("1000000", "1e+06")
NOTHING = ("", "NA")


# ---- an independent reading of the same files ----


def normal(name):
    """What R makes of "Conc(copies/µL)" and what QX Manager 1 and 2 call differently are one column."""
    return re.sub("[^a-z0-9µ+-]", "", name.lower())


def sheet(path):
    """The first sheet of a workbook as lists of text."""
    tag = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        strings = xml.fromstring(archive.read("xl/sharedStrings.xml"))
        shared = ["".join(t.text or "" for t in item.iter(f"{tag}t")) for item in strings.iter(f"{tag}si")]
        rows = []
        for row in xml.fromstring(archive.read("xl/worksheets/sheet1.xml")).iter(f"{tag}row"):
            cells = {}
            for cell in row.iter(f"{tag}c"):
                value = cell.find(f"{tag}v")
                text = "" if value is None else value.text or ""
                letters = cell.get("r").rstrip("0123456789")
                column = functools.reduce(lambda n, c: 26 * n + ord(c) - 64, letters, 0) - 1
                cells[column] = shared[int(text)] if cell.get("t") == "s" else text
            rows.append([cells.get(c, "") for c in range(max(cells, default=-1) + 1)])
    return rows


def raw_rows(path):
    if path.suffix == ".xlsx":
        return sheet(path)
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    return list(csv.reader(io.StringIO(text)))


def table_rows(path):
    header, *rows = raw_rows(path)
    names = [normal(name) for name in header]
    return [dict(zip(names, row + [""] * len(names), strict=False)) for row in rows if any(row)]


def is_table(path):
    if path.suffix not in (".csv", ".xlsx") or "_Amplitude" in path.name:
        return False
    first = raw_rows(path)[:1]
    return bool(first) and "statusreason" in {normal(name) for name in first[0]}


def is_amplitude(path):
    return path.suffix == ".csv" and path.read_bytes()[:15] == b"Target Value of"


@functools.cache
def corpus():
    """(tables, amplitude files, files of nobody that lie beside them)"""
    paths = sorted(p for p in BIORAD.rglob("*") if p.suffix in (".csv", ".xlsx"))
    tables, amplitudes = [p for p in paths if is_table(p)], [p for p in paths if is_amplitude(p)]
    beside = [*sorted(WORKBOOKS.iterdir()), *DANISH.rglob("*.xls"), *BIORAD.glob("gledguri*/Data/*environmental*.csv")]
    return tables, amplitudes, [p for p in beside if p not in tables]


def parameters(kind):
    if not BIORAD.is_dir():
        return [pytest.param(None, id="no corpus")]
    return [pytest.param(path, id=str(path.relative_to(BIORAD))) for path in corpus()[kind]]


def well_of(path):
    return path.name.rsplit("_", 2)[1]


def amplitude_lines(path):
    """(targets, cells of every line without the comma at its end)"""
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    header = text.index("") + 1
    names = [name for name in text[header].split(",") if name]
    rows = [line.rstrip(",").split(",") for line in text[header + 1 :] if line]
    targets = [name for name in names if not re.fullmatch(r"Ch\dAmplitude", name)]
    return targets, len(names) - len(targets), [] if rows == [["0", "0", "0"]] else rows


def entries(document):
    """(well, target) -> counts"""
    return {(react["well"], counts["target"]): counts for react in document["reacts"] for counts in react["counts"]}


def stated(text):
    return None if text in (*NOTHING, *SATURATED, "No Call") else float(text)


# ---- data tables ----


@pytest.mark.parametrize("path", parameters(0))
def test_all_counts_of_a_table_are_exact(path):
    document, rows = read(path), table_rows(path)
    found = entries(document)
    assert document["reader"]["id"] == "biorad-qxmanager" and rows
    assert len(found) == len(rows) == sum(len(react["counts"]) for react in document["reacts"])
    for row in rows:
        counts = found[row["well"], row["target"]]
        assert (counts["positive"], counts["accepted"]) == (int(row["positives"]), int(row["accepteddroplets"]))
        assert counts["accepted"] - counts["positive"] == int(row["negatives"])


@pytest.mark.parametrize("path", parameters(0))
def test_samples_dyes_channels_and_the_vendors_own_numbers_are_kept(path):
    document = read(path)
    found, reacts = entries(document), {react["well"]: react for react in document["reacts"]}
    types = {"Unknown": "unkn", "NTC": "ntc", "PosCtrl": "pos", "NegCtrl": "ntp"}
    for row in table_rows(path):
        counts, react = found[row["well"], row["target"]], reacts[row["well"]]
        assert react["sample"] == ("" if row["sampledescription1"] == "NA" else row["sampledescription1"])
        assert react["type"] == types[row["sampletype"]]
        assert counts["dye"] == row["dyenames"]
        assert counts["channel"] == {"FAM": "1", "EvaGreen": "1", "HEX": "2", "VIC": "2"}[row["dyenames"]]
        threshold = stated(row["threshold1"])
        assert counts["threshold"] == (threshold or None)
        vendor = counts["vendor"]
        conc = row["conccopiesµl"]
        for name, text in (("copies_per_ul", conc), ("low", row["poissonconfmin"]), ("high", row["poissonconfmax"])):
            assert vendor[name] == stated(text)
        for word in (row["status"], row["statusreason"]):
            assert word in NOTHING or word in vendor["status"]
        assert ("No Call" in vendor["status"]) == (conc == "No Call")
        assert ("saturated" in vendor["status"]) == (conc in SATURATED)


@pytest.mark.parametrize("path", parameters(0))
def test_concentration_from_counts_is_what_the_vendor_printed(path):
    document, compared = read(path), 0
    assert {c["volume_nl"] for react in document["reacts"] for c in react["counts"]} == {VOLUME_NL}
    found = entries(document)
    for row in table_rows(path):
        printed, counts = stated(row["conccopiesµl"]), found[row["well"], row["target"]]
        if printed is None:
            continue
        ours = -math.log1p(-counts["positive"] / counts["accepted"]) / VOLUME_NL * 1000
        assert ours == pytest.approx(printed, rel=3.1e-6, abs=1e-12), row
        assert counts["copies_per_ul"] == pytest.approx(ours, rel=1e-12)
        compared += 1
    assert compared > 0


@pytest.mark.parametrize("path", parameters(0))
def test_no_cell_of_a_table_is_lost(path):
    document = read(path)
    said = {attribute["value"] for attribute in document["attributes"]}
    used = "well sampledescription1 target positives accepteddroplets negatives status statusreason dyenames".split()
    used += "conccopiesµl poissonconfmin poissonconfmax threshold1".split()
    for row in table_rows(path):
        for name, cell in row.items():
            # Numbers of a workbook may be spelt in another way.
            if name in used or cell in NOTHING or cell in said or path.suffix == ".xlsx":
                continue
            raise AssertionError((row["well"], name, cell))


# ---- amplitude files ----


def assert_droplets(react, path):
    targets, channels, rows = amplitude_lines(path)
    partitions = react["partitions"]
    assert partitions["accepted"] == len(rows)
    assert len(partitions["channels"]) >= channels
    by_target = {channel["target"]: channel for channel in partitions["channels"] if channel["target"]}
    for t, target in enumerate(targets):
        calls = [row[len(row) - len(targets) + t] for row in rows]
        if target in by_target and rows:
            assert by_target[target]["positive"] == calls.count("1")
        counts = next(c for c in react["counts"] if c["target"] == target)
        assert counts["positive"] == calls.count("1")
        assert counts["accepted"] == len(rows) - calls.count("u")


@pytest.mark.parametrize("path", parameters(1))
def test_an_amplitude_file_alone_gives_every_droplet(path):
    (react,) = read(path)["reacts"]
    assert react["well"] == well_of(path)
    assert_droplets(react, path)
    targets, channels, rows = amplitude_lines(path)
    whole = [row for row in rows if len(row) == channels + len(targets) and any("." in cell for cell in row)]
    if len(whole) != len(rows):
        return  # decimal commas, below
    values = np.array([[float(cell) for cell in row[:channels]] for row in rows]).astype(np.float32)
    for channel, column in zip(react["partitions"]["channels"], values.T, strict=False):
        assert np.float32(channel["min"]) == column.min() and np.float32(channel["max"]) == column.max()


def danish():
    return [path for path in corpus()[1] if DANISH in path.parents] if BIORAD.is_dir() else []


def readings(row):
    """Every way in which two amplitudes may stand in the cells of one line of a file with decimal commas."""
    if len(row) == 5:
        return [(f"{row[0]}.{row[1]}", f"{row[2]}.{row[3]}")]
    if len(row) == 3:
        return [(row[0], row[1])]
    found = [(row[0], f"{row[1]}.{row[2]}"), (f"{row[0]}.{row[1]}", row[2])]
    ok = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")
    return [pair for pair in found if all(ok.fullmatch(x) and len(x.strip("-").replace(".", "")) <= 7 for x in pair)]


@pytest.mark.parametrize("path", danish(), ids=well_of)
def test_amplitudes_with_decimal_commas(path):
    document = read(path)
    _, _, rows = amplitude_lines(path)
    sets = [readings(row) for row in rows]
    assert all(sets)
    for c, channel in enumerate(document["reacts"][0]["partitions"]["channels"]):
        certain = np.array([float(s[0][c]) for s in sets if len(s) == 1]).astype(np.float32)
        possible = {np.float32(float(pair[c])) for s in sets for pair in s}
        for what, extreme in (("min", certain.min()), ("max", certain.max())):
            value = np.float32(channel[what])
            assert value in possible
            # No ambiguous line was read as something that lies where no droplet is.
            assert abs(value - extreme) < 0.5 * np.std(certain)
    ambiguous = sum(len(row) == 4 for row in rows)
    notes = [note["what"] for note in document["notes"] if "decimal commas" in note["what"]]
    assert bool(notes) == (ambiguous > 0)
    if ambiguous:
        (note,) = notes
        said = re.search(
            r"in (\d+) lines? .*: (\d+) lines? with one .* (\d+) decided .* (\d+) where the likelier", note
        )
        total, one, placed, likelier = map(int, said.groups())
        assert total == ambiguous == one + placed + likelier
        assert one == sum(len(row) == 4 and len(s) == 1 for row, s in zip(rows, sets, strict=True))
        said = [a["value"] for a in document["attributes"] if a["key"] == "lines with uncertain decimal commas"]
        lines = [int(line) for text in said for line in text.split(",")]
        assert len(lines) == likelier
        assert all(len(rows[line - 6]) == 4 for line in lines)  # five lines stand before the first droplet


# ---- several files in one drop ----


@pytest.fixture(name="plate")
def plate_of_one_run(tmp_path):
    for path in danish():
        shutil.copy(path, tmp_path)
    (table,) = DANISH.rglob("ddpcr0015*.csv")
    shutil.copy(table, tmp_path)
    return tmp_path, table


def test_a_table_and_amplitude_files_whose_names_differ_in_case_are_one_run(plate):
    folder, table = plate
    document = read(folder)
    reacts, rows = {react["well"]: react for react in document["reacts"]}, table_rows(table)
    assert len(reacts) == len(rows) == 56
    for path in danish():
        react = reacts[well_of(path)]
        assert_droplets(react, path)
        first, second = react["partitions"]["channels"]
        assert (first["target"], second["target"]) == ("MyaareCO1", "")
    assert not [n for n in document["notes"] if "amplitude file lists" in n["what"] or "kept apart" in n["what"]]


def test_every_table_of_the_corpus_is_a_run_of_its_own():
    document = read(DANISH)
    runs = document["runs"]
    assert len(runs) == 7
    assert {len(r["reacts"]) for r in runs} == {56}
    droplets = [sum(react["partitions"] is not None for react in r["reacts"]) for r in runs]
    assert sorted(droplets) == [0] * 6 + [12]


# ---- instruments ----


@pytest.mark.parametrize(
    "fixture,instrument,volume",
    [("qxm1.csv", "QX200", 0.85), ("qxm2.csv", "QX200", 0.85), ("qxm2-six-colours.csv", "QX600", 0.795)],
)
def test_the_columns_tell_the_instrument_and_so_the_volume(fixture, instrument, volume):
    document = read(REPOSITORY / "plugins/biorad-qxmanager/fixtures" / fixture)
    assert document["run"]["instrument"] == instrument
    for counts in (counts for react in document["reacts"] for counts in react["counts"]):
        assert counts["volume_nl"] == volume
        if counts["vendor"]["copies_per_ul"] is not None:
            assert counts["copies_per_ul"] == pytest.approx(counts["vendor"]["copies_per_ul"], rel=3.1e-6)


# ---- what is not ours ----


@pytest.mark.parametrize("path", parameters(2))
def test_a_file_that_is_no_export_is_refused_in_a_sentence(path):
    code, document = run(path)
    assert code == 3
    assert document["error"]["kind"] == "ReadError" and document["error"]["message"]
