"""Every QuantaSoft file of the corpus through `microchim read --json`, against the same file read with csv.

Where the corpus does not exist the tests are skipped; support.py says where it is looked for.
"""

import csv
import functools
import io
import math
import zipfile

import numpy as np
import pytest
from support import BIORAD as CORPUS
from support import lines, read, run

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus of real files is not at {CORPUS}")

AMPLITUDES = (["Assay1 Amplitude", "Assay2 Amplitude"], ["Ch1 Amplitude", "Ch2 Amplitude"])
QUADRANTS = {1: "Ch1-Ch2-", 2: "Ch1+Ch2-", 3: "Ch1+Ch2+", 4: "Ch1-Ch2+"}  # by cluster code
VOLUME_NL = {"QuantaSoft old": 0.91, "QuantaSoft 1.7": 0.85, "QuantaSoft Analysis Pro": 0.85}


# ---- an independent reading of the same files ----


def dialect(header):
    names = [name.replace(".", " ") for name in header]  # R writes dots for blanks
    if "Sample description 1" in names or "Status Reason" in names or "MergedWells" not in header:
        return None
    if "DyeName(s)" in header:
        return "QuantaSoft Analysis Pro"
    return "QuantaSoft old" if "TypeAssay" in header else "QuantaSoft 1.7"


def table_rows(data):
    """Rows as dictionaries in the spelling of QuantaSoft 1.7, empty ones left out."""
    header, *rows = lines(data)
    names = {
        "Accepted Droplets": "AcceptedDroplets",
        "Conc(copies/µL)": "Concentration",
        "Assay": "Target",
        "TypeAssay": "TargetType",
    }
    header = [names.get(name, name) for name in header]
    return [dict(zip(header, row, strict=False)) for row in rows if any(row)]


@functools.cache
def corpus():
    """(tables, amplitude files on their own, files of other programs); an entry is a path."""
    tables, amplitudes, others = [], [], []
    for path in sorted(p for p in CORPUS.rglob("*") if p.suffix in (".csv", ".tsv", ".xlsx", ".xls")):
        first = lines(path.read_bytes()[:6000].partition(b"\n")[0])
        header = first[0] if first else []
        (tables if dialect(header) else amplitudes if header[:2] in AMPLITUDES else others).append(path)
    return tables, amplitudes, others


def parameters(kind):
    if not CORPUS.is_dir():
        return [pytest.param(None, id="no corpus")]
    return [pytest.param(path, id=str(path.relative_to(CORPUS))) for path in corpus()[kind]]


def droplets(data):
    """(amplitudes as float32, cluster codes or None); the empty well's 0,0,0 is no droplet."""
    header, *rows = lines(data)
    rows = [row for row in rows if row]
    values = np.array([[float(cell) for cell in row[:2]] for row in rows]).astype(np.float32)
    codes = np.array([int(row[2]) for row in rows]) if len(header) > 2 else None
    if len(rows) == 1 and not values.any():
        values, codes = values[:0], None if codes is None else codes[:0]
    return values, codes


# ---- what the command says ----


def entries(document):
    """((well or M01, target, members) -> the list of its counts)"""
    found = {}
    for react in document["reacts"]:
        for counts in react["counts"]:
            found.setdefault((react["well"], counts["target"], ""), []).append(counts)
    for pooled in document["aggregates"]:
        found.setdefault((pooled["name"], pooled["target"], ",".join(pooled["members"])), []).append(pooled)
    return found


def key(row):
    return row["Well"], row["Target"], (row.get("MergedWells") or "").strip("()")


def rounding(text):
    """Half of the last place that QuantaSoft means: three figures from 1000 on, float32 where it prints 15 digits."""
    value = float(text)
    places = len(text.partition(".")[2])
    half = 0.5 * 10.0**-places if places or value < 1000 else 0.5 * 10.0 ** (math.floor(math.log10(value)) - 2)
    return 1.0001 * half + 1e-6 * value


# ---- result tables ----


def saved_again(data, separator):
    """What a spreadsheet saves where numbers have decimal commas: no needless quotes, separators between cells."""

    def cell(text):
        try:
            return text.replace(".", ",") if float(text) == float(text) else text
        except ValueError:
            return text

    text = io.StringIO()
    header, *rows = lines(data)
    body = [[cell(c) for c in row[: len(header)]] for row in rows if any(row)]
    csv.writer(text, delimiter=separator).writerows([header, *body])
    return text.getvalue()


@pytest.mark.parametrize("separator", [";", "\t"], ids=["semicolons", "tabs"])
@pytest.mark.parametrize("path", parameters(0))
def test_a_table_that_a_spreadsheet_saved_with_decimal_commas_says_the_same(path, separator, tmp_path):
    again = tmp_path / path.name
    again.write_text(saved_again(path.read_bytes(), separator), encoding="utf-8-sig")
    said, expected = entries(read(again)), entries(read(path))
    words = {react["sample"] for react in read(path)["reacts"]}
    assert said == expected
    numbers = {word for word in words if word.replace(".", "", 1).isdigit() and "." in word}
    assert numbers or {react["sample"] for react in read(again)["reacts"]} == words


@pytest.mark.parametrize("path", parameters(0))
def test_all_counts_of_a_table_are_exact(path):
    rows, found = table_rows(path.read_bytes()), entries(read(path))
    assert sum(map(len, found.values())) == len(rows)
    for row in rows:
        (counts,) = found[key(row)]
        assert (counts["positive"], counts["accepted"]) == (int(row["Positives"]), int(row["AcceptedDroplets"]))
        assert counts["accepted"] - counts["positive"] == int(row["Negatives"])
        if row.get("TargetType", "").startswith("Ch"):
            assert counts["channel"] == row["TargetType"][2]


@pytest.mark.parametrize("path", parameters(0))
def test_samples_status_and_the_vendors_own_numbers_are_kept(path):
    document = read(path)
    found, samples = entries(document), {react["well"]: react["sample"] for react in document["reacts"]}
    for row in table_rows(path.read_bytes()):
        vendor = found[key(row)][0]["vendor"]
        if not row.get("MergedWells"):
            assert samples[row["Well"]] == row["Sample"]
        assert row["Status"] in vendor["status"]
        for name, column in (("copies_per_ul", "Concentration"), ("low", "PoissonConfMin"), ("high", "PoissonConfMax")):
            stated = row[column] not in ("", "No Call", "1000000")
            assert vendor[name] == (float(row[column]) if stated else None)
        assert ("No Call" in vendor["status"]) == (row["Concentration"] == "No Call")


@pytest.mark.parametrize("path", parameters(0))
def test_concentration_from_counts_is_what_the_vendor_printed(path):
    document, compared = read(path), 0
    volumes = {c["volume_nl"] for react in document["reacts"] for c in react["counts"]}
    assert volumes == {VOLUME_NL[dialect(lines(path.read_bytes())[0])]}
    for row in table_rows(path.read_bytes()):
        if row["Concentration"] in ("No Call", "1000000"):
            continue
        counts = entries(document)[key(row)][0]
        ours = -math.log1p(-counts["positive"] / counts["accepted"]) / volumes.copy().pop() * 1000
        assert ours == pytest.approx(float(row["Concentration"]), rel=0, abs=rounding(row["Concentration"])), row
        if counts["copies_per_ul"] is not None:
            assert counts["copies_per_ul"] == pytest.approx(ours, rel=1e-12)
        compared += 1
    assert compared > 0


@pytest.mark.parametrize("path", parameters(0))
def test_merged_rows_are_the_sums_of_their_wells_and_no_wells_themselves(path):
    document = read(path)
    wells = {(react["well"], counts["target"]): counts for react in document["reacts"] for counts in react["counts"]}
    assert not any(well.startswith("M") for well, _ in wells)
    for pooled in document["aggregates"]:
        members = [wells[well, pooled["target"]] for well in pooled["members"]]
        for number in ("accepted", "positive"):
            assert pooled[number] == sum(member[number] for member in members)


# ---- amplitude files ----


def assert_partitions(partitions, data):
    values, codes = droplets(data)
    assert partitions["accepted"] == len(values)
    for channel, column, codes_positive in zip(partitions["channels"], values.T, ((2, 3), (3, 4)), strict=False):
        if len(values):
            assert np.float32(channel["min"]) == column.min() and np.float32(channel["max"]) == column.max()
        if codes is not None and len(codes):
            assert channel["positive"] == np.isin(codes, codes_positive).sum()
        else:
            assert "positive" not in channel


@pytest.mark.parametrize("path", parameters(1))
def test_an_amplitude_file_alone_gives_every_droplet(path):
    (react,) = read(path)["reacts"]
    assert f"_{react['well']}_Amplitude" in path.name
    positives = [channel.get("positive") for channel in react["partitions"]["channels"]]
    assert [c["positive"] for c in react["counts"]] == [p for p in positives if p is not None]
    assert_partitions(react["partitions"], path.read_bytes())


@pytest.mark.parametrize("name", ["michbur__dpcR_data/QX100_rawdata.zip", "Gromgorgel__ddPCR/example.zip"])
def test_a_zip_of_amplitude_files_is_one_run(name):
    reacts = {react["well"]: react for react in read(CORPUS / name)["reacts"]}
    with zipfile.ZipFile(CORPUS / name) as archive:
        files = {n.rsplit("_", 2)[1]: archive.read(n) for n in archive.namelist() if n.endswith("_Amplitude.csv")}
    assert reacts.keys() == files.keys()
    for well, data in files.items():
        assert_partitions(reacts[well]["partitions"], data)


@pytest.mark.parametrize(
    "folder,table",
    [("daattali__ddpcr/inst/sample_data/small", "small.csv"), ("bioc__PoDCall/inst/extdata", "Sample_names.csv")],
)
def test_a_table_and_its_amplitude_files_are_one_run_that_agrees(folder, table):
    document = read(CORPUS / folder)
    rows = table_rows((CORPUS / folder / table).read_bytes())
    reacts = {react["well"]: react for react in document["reacts"]}
    assert reacts.keys() == {row["Well"] for row in rows}
    for path in (CORPUS / folder).rglob("*_Amplitude.csv"):
        well = path.name.rsplit("_", 2)[1]
        react, (_, codes) = reacts[well], droplets(path.read_bytes())
        assert_partitions(react["partitions"], path.read_bytes())
        for row in (row for row in rows if row["Well"] == well):
            channel = react["partitions"]["channels"][int(row["TargetType"][2]) - 1]
            assert channel["target"] == row["Target"]
            assert channel["positive"] == int(row["Positives"])
            assert react["partitions"]["accepted"] == int(row["AcceptedDroplets"])
            for code, quadrant in QUADRANTS.items():
                assert (codes == code).sum() == int(row[quadrant])
                said = {"well": well, "key": f"{quadrant} [{row['Target']}]", "value": row[quadrant]}
                assert said in document["attributes"]
    assert not [note for note in document["notes"] if note["severity"] == "warning" and note["where"] in reacts]


@pytest.mark.parametrize("folder", ["joeshaw824__ddpcr_nipd/data/ddpcr_data", "jcamunas__ddPCR_NIPT/NIPT_cases"])
def test_a_folder_of_many_tables_is_as_many_runs_each_as_its_table_alone(folder):
    runs = {one["run"]["id"]: one for one in read(CORPUS / folder)["runs"]}
    tables = [path for path in corpus()[0] if path.parent == CORPUS / folder]
    assert runs.keys() == {path.stem for path in tables}
    for path in tables:
        alone, beside = read(path), runs[path.stem]
        assert beside["reacts"] == alone["reacts"] and beside["aggregates"] == alone["aggregates"]
        assert [file["name"].rsplit("/")[-1] for file in beside["files"]] == [path.name]


# ---- what is not ours ----


@pytest.mark.parametrize("path", parameters(2))
def test_a_file_of_another_program_is_not_taken_by_this_reader(path):
    code, document = run(path)
    assert code == 3 or document["reader"]["id"] != "biorad-quantasoft"
    if code != 0:
        assert document["error"]["kind"] == "ReadError" and document["error"]["message"]
