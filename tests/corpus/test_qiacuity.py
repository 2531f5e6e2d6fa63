"""Every QIAcuity file of the corpus through `microchim read --json`, against the same file read with csv.

The corpus is no part of the repository: <repository>/../shared/corpus, or MICROCHIM_SHARED/corpus. Where it does
not exist the tests are skipped. The command is build/bin/microchim, or MICROCHIM_BIN.
"""

import csv
import functools
import io
import json
import math
import os
import pathlib
import subprocess

import numpy as np
import pytest
import tomllib

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("MICROCHIM_BIN", str(REPOSITORY / "build/bin/microchim"))
CORPUS = pathlib.Path(os.environ.get("MICROCHIM_SHARED", REPOSITORY.parent / "shared")) / "corpus/dpcr/qiagen"
FIXTURES = REPOSITORY / "plugins/qiagen-qiacuity/fixtures"
corpus_needed = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus of real files is not at {CORPUS}")
Z = 1.959964


# ---- an independent reading of the same files ----


def table_rows(path):
    """Rows by column name; the second of two columns with one name is "... again"."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    lines = [row for row in csv.reader(io.StringIO(text)) if row]
    if lines[0][0].startswith("sep="):
        lines = lines[1:]
    names = []
    for name in lines[0]:
        names.append(name if name not in names else name + " again")
    return [dict(zip(names, row, strict=False)) for row in lines[1:]]


def cell(row, *words):
    """The first cell whose column holds all of these words."""
    return next(value for name, value in row.items() if all(word in name.lower() for word in words))


def well(row):
    name = row.get("Well", row.get(""))
    return f"{name[0]}{int(name[1:]):02d}"


def count(row, what):
    return int(cell(row, "partitions", f"({what})"))


def rounding(text):
    """Half of the last place printed; the Software Suite prints at least three figures."""
    return 0.5001 * 10.0 ** -len(text.partition(".")[2])


@functools.cache
def corpus():
    """(analysis tables, files that somebody changed)"""
    tables, others = [], []
    for path in sorted(CORPUS.rglob("*.csv")):
        whole = b"Partitions (valid)" in path.read_bytes()[:4000]
        (tables if whole else others).append(path)
    return tables, others


def parameters(kind):
    if not CORPUS.is_dir():
        return [pytest.param(None, id="no corpus", marks=corpus_needed)]
    return [pytest.param(path, id=str(path.relative_to(CORPUS))) for path in corpus()[kind]]


# ---- the command ----


def run(path):
    done = subprocess.run([COMMAND, "read", str(path), "--json"], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


@functools.cache
def read(path):
    """The runs of a file."""
    code, document = run(path)
    assert code == 0, document
    return document.get("runs", [document])


def entries(path):
    """((plate, well, target) -> its counts), and the sample of each well"""
    found, samples = {}, {}
    for document in read(path):
        plate = document["run"]["plate"]
        for react in document["reacts"]:
            samples[plate, react["well"]] = (react["sample"], react["type"])
            for counts in react["counts"]:
                assert (plate, react["well"], counts["target"]) not in found
                found[plate, react["well"], counts["target"]] = counts
    return found, samples


def key(row):
    return row.get("Plate ID", ""), well(row), row["Target"]


def score(k, n):
    """Half-width of Software Suite 1, a part of the concentration: score interval of a Poisson count of n lambda."""
    m = -n * math.log1p(-k / n)
    return Z * math.sqrt(m + Z * Z / 4) / m


def wald(k, n):
    """Half-width since Software Suite 2: of an interval whose lower limit is at least 1 % of the concentration."""
    p = k / n
    arm = Z * math.sqrt(p / (n * (1 - p))) / -math.log1p(-p)
    return (arm + min(arm, 0.99)) / 2


# ---- analysis tables ----


@pytest.mark.parametrize("path", parameters(0))
def test_all_counts_of_a_table_are_exact(path):
    rows, (found, _) = table_rows(path), entries(path)
    assert len(found) == len(rows)
    assert not any(document["aggregates"] for document in read(path))
    for row in rows:
        counts = found[key(row)]
        assert (counts["positive"], counts["accepted"]) == (count(row, "positive"), count(row, "valid"))
        assert counts["accepted"] - counts["positive"] == count(row, "negative")


@pytest.mark.parametrize("path", parameters(0))
def test_samples_types_and_the_vendors_own_numbers_are_kept(path):
    types = {"Sample": "unkn", "Non Template Control": "ntc", "Control": "pos"}
    found, samples = entries(path)
    for row in table_rows(path):
        counts = found[key(row)]
        vendor = counts["vendor"]
        assert samples[key(row)[:2]] == (row["Sample/NTC/Control"], types[row.get("Type", "Sample")])
        conc, threshold = float(cell(row, "conc")), row["Threshold"]
        assert vendor["copies_per_ul"] == conc
        assert counts["threshold"] == (None if threshold == "-" else float(threshold))
        ci = row["CI (95%)"]
        if ci == "-":
            assert vendor["low"] is None and vendor["high"] is None and count(row, "positive") == 0
        else:
            half = float(ci.rstrip("%")) / 100
            assert vendor["low"] == pytest.approx(conc * max(1 - half, 0.01), rel=1e-12)
            assert vendor["high"] == pytest.approx(conc * (1 + half), rel=1e-12)


@pytest.mark.parametrize("path", parameters(0))
def test_nothing_of_a_table_is_lost(path):
    said = {(a["well"], a["key"], a["value"]) for d in read(path) for a in d["attributes"]}
    for row in table_rows(path):
        for name in ("Reaction Mix", "IC", "Control type", "SD", "CV%", "CI (95%)", "Type"):
            if name in row:
                assert ("", name, row[name]) in said or (well(row), f"{name} [{row['Target']}]", row[name]) in said
        if "CI (95%) again" in row:
            name = next(n for n in row if n.startswith("Mean conc"))
            assert any(k == f"{name}, CI (95%) [{row['Target']}]" and v == row["CI (95%) again"] for _, k, v in said)


@pytest.mark.parametrize("path", parameters(0))
def test_the_vendors_concentrations_are_one_volume_per_well(path):
    """The volume of these wells is not stated. All targets of a well must come to one, as far as they are rounded."""
    found, _ = entries(path)
    wells = {}
    for row in table_rows(path):
        counts, printed = found[key(row)], cell(row, "conc")
        assert counts["volume_nl"] is None and counts["copies_per_ul"] is None  # no plate is stated
        if counts["positive"] > 0:
            lam = -math.log1p(-counts["positive"] / counts["accepted"])
            half = rounding(printed)
            low, high = lam * 1000 / (float(printed) + half), lam * 1000 / max(float(printed) - half, 1e-9)
            known = wells.get(key(row)[:2], (0, math.inf))
            wells[key(row)[:2]] = (max(low, known[0]), min(high, known[1]))
    assert wells
    for low, high in wells.values():
        assert low <= high and high > 0.28 and low < 0.85


@pytest.mark.parametrize("path", parameters(0))
def test_the_vendors_95_percent_limits_follow_from_our_counts(path):
    """Tolerance: half of the last place; 0.3 % more in version 1, which rounds inside."""
    found, compared = entries(path)[0], 0
    for row in table_rows(path):
        counts, ci = found[key(row)], row["CI (95%)"]
        if ci == "-":
            continue
        k, n = counts["positive"], counts["accepted"]
        old = "Concentration (copies/µL)" in row
        ours, printed = 100 * (score if old else wald)(k, n), float(ci.rstrip("%"))
        tolerance = 0.05001 + (0.003 * printed if old else 0)
        assert ours == pytest.approx(printed, rel=0, abs=tolerance), row
        compared += 1
    assert compared > 0


@pytest.mark.parametrize("path", parameters(1))
def test_a_file_that_was_made_from_an_export_is_not_taken(path):
    """Partitions with columns that their author renamed: nothing in them says QIAcuity."""
    code, document = run(path)
    assert code == 3 or document["reader"]["id"] != "qiagen-qiacuity"


# ---- simulated files: what the corpus has no example of ----


@pytest.mark.parametrize(
    "name,plate", [("suite-3.1.csv", "26k"), ("suite-3.1-semicolon.csv", "26k"), ("suite-3.1-utf-16.csv", "26k")]
)
def test_concentrations_with_a_volume_agree_to_full_precision(name, plate):
    profile = tomllib.loads((REPOSITORY / f"instruments/qiagen/nanoplate-{plate}.toml").read_text())["partition"]
    (document,) = read(FIXTURES / name)
    volumes = {a["well"]: float(a["value"]) for a in document["attributes"] if a["key"].startswith("Volume per well")}
    rows = [(react["well"], 1, counts) for react in document["reacts"] for counts in react["counts"]]
    rows += [(pooled["name"], len(pooled["members"]), pooled) for pooled in document["aggregates"]]
    assert {row[1] for row in rows} == {1, 2}
    for name, wells, counts in rows:
        assert counts["volume_nl"] == pytest.approx(volumes[name] * 1000 / (profile["per_well"] * wells), rel=1e-15)
        assert counts["volume_source"] == f"file, instruments/qiagen/nanoplate-{plate}.toml"
        assert counts["copies_per_ul"] == pytest.approx(counts["vendor"]["copies_per_ul"], rel=1e-12)


def write_channel(path, name, wells, cells):
    head = "Plate name,Plate ID,Plate type,Well,Sample,Channel,Cycled volume,Threshold,Partition,"
    lines = ["sep=,", head + "Is invalid,Is positive,RFU,REF"]
    for label in wells:
        invalid, positive, rfu = cells[name, label]
        lines += [
            f"{'Big,4711,Nanoplate 26K 24-well' if len(lines) == 2 else ',,'},{label},S {label},{name},19.875,41.25,"
            f"{192 + i},{int(bad)},{int(hit)},{value:.2f},Std-Ref"
            for i, (bad, hit, value) in enumerate(zip(invalid, positive, rfu, strict=True))
        ]
    path.write_text("\n".join(lines) + "\n")


def test_every_partition_of_a_plate_is_counted_as_its_channel_says(tmp_path):
    rng, cells = np.random.default_rng(20), {}
    wells = [f"{row}{column}" for row in "AB" for column in (1, 2)]
    for label in wells:
        common = rng.random(26000) < 0.02
        for name, share in (("G", 0.01), ("Y", 0.3), ("R", 0.0)):
            invalid = common | (rng.random(26000) < 0.001)
            positive = (rng.random(26000) < share) & ~invalid
            cells[name, label] = invalid, positive, np.where(positive, 90, 20) + rng.normal(0, 3, 26000)
    for name in "GYR":
        write_channel(tmp_path / f"Big_RFU_{name}_.csv", name, wells, cells)
    (document,) = read(tmp_path)
    assert [react["well"] for react in document["reacts"]] == ["A01", "A02", "B01", "B02"]
    for react in document["reacts"]:
        label = react["well"].replace("0", "")
        listed = [cells[name, label] for name in "GYR"]
        anywhere = ~np.all([invalid for invalid, _, _ in listed], axis=0)
        partitions = react["partitions"]
        assert partitions["accepted"] == anywhere.sum() and partitions["excluded"] == (~anywhere).sum()
        for counts, channel, (invalid, positive, rfu) in zip(
            react["counts"], partitions["channels"], listed, strict=True
        ):
            assert counts["accepted"] == (~invalid).sum() and counts["positive"] == positive.sum()
            printed = np.array([float(f"{value:.2f}") for value in rfu[anywhere]], dtype=np.float32)
            assert np.float32(channel["min"]) == printed.min() and np.float32(channel["max"]) == printed.max()
            assert counts["volume_nl"] == pytest.approx(19.875 * 1000 / 26384, rel=1e-15)
