"""Every Absolute Q file of the corpus through `microchim read --json`, against the same file read with csv.

Run as a program it prints how many numbers were compared and how far off the worst one is.
"""

import collections
import json
import math
import re
import shutil
import zipfile

import numpy as np
import pytest
from support import DPCR, lines, read, run

THERMO = DPCR / "thermo"
pytestmark = pytest.mark.skipif(not THERMO.is_dir(), reason=f"the corpus of real files is not at {THERMO}")

NL = 0.432
Z = 1.96  # not 1.959964: the limits of nearly full wells tell them apart
POOLS = ("Average", "Pooled")
DYES = ("FAM", "VIC", "ABY", "JUN")


# ---- an independent reading of the same files ----


def kind(path):
    rows = lines(path.read_bytes()[:4000].rpartition(b"\n")[0])[:2]
    names = set(rows[0] if rows else []) | set(rows[1] if len(rows) > 1 and not rows[0][0] else [])
    for name, column in (
        ("summary", "95%DeltaLCI"),
        ("multichannel", "Channels"),
        ("fluorescence", "FAM_pos"),
        ("results", "95%CI"),
    ):
        if column in names:
            return name
    return None


def files(name):
    found = [path for path in sorted(THERMO.rglob("*.csv")) if kind(path) == name] if THERMO.is_dir() else []
    return [pytest.param(path, id=path.name) for path in found] or [pytest.param(None, id="none")]


def well(name):
    return f"{name[0]}0{name[1]}"


def rows_of(path):
    """Rows as dictionaries; of a summary one per well and dye, with its "Dye"."""
    table = lines(path.read_bytes())
    if kind(path) != "summary":
        return [dict(zip(table[0], row, strict=False)) for row in table[1:] if any(row)]
    dyes, header, *rows = table
    starts = [c for c, dye in enumerate(dyes) if dye]
    found = []
    for row in filter(any, rows):
        shared = dict(zip(header[: starts[0]], row, strict=False)) | dict(zip(header[-3:], row[-3:], strict=True))
        for begin in starts:
            block = dict(zip(header[begin : begin + 15], row[begin : begin + 15], strict=True))
            found.append({**shared, **block, "Dye": dyes[begin]})
    return found


def wells_of(path):
    return [row for row in rows_of(path) if re.fullmatch("[A-D][1-4]", row["Well"])]


def rate(k, n):
    return -math.log1p(-k / n)


def deltas(k, n):
    """Distances of the 95 % limits from the concentration: normal on the logarithm of lambda."""
    spread = Z * math.sqrt(k / n / (n * (1 - k / n))) / rate(k, n)
    copies = rate(k, n) / NL * 1000
    return copies * (1 - math.exp(-spread)), copies * (math.exp(spread) - 1)


def half_of_last_place(text, places=None):
    decimals = len(text.partition(".")[2]) if places is None else places
    return 0.5 * 10.0**-decimals * 1.0001


# ---- what microchim read ----


def counts_of(document):
    return {(react["well"], c["dye"]): c for react in document["reacts"] for c in react["counts"]}


def attributes(document):
    return {(a["well"], a["key"]): a["value"] for a in document["attributes"]}


# ---- tables ----


@pytest.mark.parametrize("path", [*files("results"), *files("summary")])
def test_all_counts_of_a_table_are_exact(path):
    document, rows = read(path), wells_of(path)
    found = counts_of(document)
    assert len(found) == len(rows) > 0
    samples = {react["well"]: react["sample"] for react in document["reacts"]}
    for row in rows:
        counts = found[well(row["Well"]), row["Dye"]]
        assert (counts["positive"], counts["accepted"]) == (int(row["Positives"]), int(row["Total"]))
        assert counts["target"] == row["Target"]
        assert samples[well(row["Well"])] == row.get("Sample", row.get("Name"))
        assert counts["threshold"] == (float(row["Threshold"]) if "Threshold" in row else None)
        assert counts["vendor"]["status"] == row.get("QC", "")


@pytest.mark.parametrize("path", [*files("results"), *files("summary")])
def test_concentrations_from_counts_are_what_the_vendor_printed(path):
    found = counts_of(read(path))
    for row in wells_of(path):
        counts = found[well(row["Well"]), row["Dye"]]
        printed = row.get("Conc.", row.get("Conc. cp/uL"))
        assert counts["vendor"]["copies_per_ul"] == float(printed)
        assert counts["volume_nl"] == NL
        assert counts["copies_per_ul"] == pytest.approx(float(printed), rel=0, abs=half_of_last_place(printed, 2))


@pytest.mark.parametrize("path", files("summary"))
def test_limits_of_a_summary_follow_from_the_counts(path):
    found = counts_of(read(path))
    for row in wells_of(path):
        counts = found[well(row["Well"]), row["Dye"]]
        vendor = counts["vendor"]
        if counts["positive"] == 0:
            assert vendor["low"] is None and vendor["high"] is None
            continue
        low, high = deltas(counts["positive"], counts["accepted"])
        tolerance = half_of_last_place("", 2) + half_of_last_place("", 3)  # of the concentration and of the delta
        ours = counts["copies_per_ul"]
        assert vendor["low"] == pytest.approx(ours - low, rel=0, abs=tolerance)
        assert vendor["high"] == pytest.approx(ours + high, rel=0, abs=tolerance)
        assert float(row["95%DeltaLCI"]) == pytest.approx(low, rel=0, abs=half_of_last_place("", 3))
        assert float(row["95%DeltaUCI"]) == pytest.approx(high, rel=0, abs=half_of_last_place("", 3))
        assert float(row["Precision %"]) == pytest.approx(100 * high / ours, rel=0, abs=half_of_last_place("", 3))


@pytest.mark.parametrize("path", files("results"))
def test_half_width_of_the_older_table_is_the_lower_distance_on_the_logarithm(path):
    document = read(path)
    found, said = counts_of(document), attributes(document)
    for row in wells_of(path):
        counts = found[well(row["Well"]), row["Dye"]]
        half, copies = float(row["95%CI"]), float(row["Conc. cp/uL"])
        assert counts["vendor"]["low"] == pytest.approx(copies - half, rel=0, abs=1e-9)
        assert counts["vendor"]["high"] == pytest.approx(copies + half, rel=0, abs=1e-9)
        assert said[well(row["Well"]), f"95%CI [{row['Target']}]"] == row["95%CI"]
        low = deltas(counts["positive"], counts["accepted"])[0] if counts["positive"] else 0
        assert half == pytest.approx(low, rel=0, abs=half_of_last_place("", 2))


@pytest.mark.parametrize("path", [*files("results"), *files("summary")])
def test_rows_for_several_wells_are_no_wells(path):
    document = read(path)
    expected, wells = [], wells_of(path)
    for row in rows_of(path):
        if row["Well"] in POOLS:
            group = row["Group"].partition(" (")[0]
            ours = [w for w in wells if w["Dye"] == row["Dye"] and (w["Group"] or "Group") == group]
            expected.append((row, [well(w["Well"]) for w in ours]))
    assert len(document["aggregates"]) == len(expected)
    for pooled, (row, members) in zip(document["aggregates"], expected, strict=True):
        assert (pooled["name"], pooled["target"], pooled["dye"]) == (row["Well"], row["Target"], row["Dye"])
        assert pooled["members"] == members
        assert pooled["pooling"] == ("mean" if row["Well"] == "Average" else "sum")
        printed = row.get("Conc.", row.get("Conc. cp/uL"))
        assert pooled["vendor"]["copies_per_ul"] == float(printed)
        if row["Well"] == "Average":
            assert pooled["accepted"] is None and pooled["positive"] is None
            found = counts_of(document)
            numbers = [found[name, row["Dye"]] for name in members]
            assert float(row["Total"]) == pytest.approx(np.mean([c["accepted"] for c in numbers]), abs=0.0051)
            values = {a["value"] for a in document["attributes"] if not a["well"]}
            assert {row["Total"], row["SD"], row["CV%"]} <= values
    assert not {react["well"] for react in document["reacts"]} - {well(w["Well"]) for w in wells}


@pytest.mark.parametrize("path", [*files("results"), *files("summary")])
def test_nothing_a_table_says_is_lost(path):
    document = read(path)
    text = json.dumps(document, ensure_ascii=False)
    said = collections.Counter(re.findall(r'"([^"]*)"', text))
    for row in rows_of(path):
        for name, cell in row.items():
            if name in ("Well", "Run", "Run name") or not cell:
                continue
            number = re.fullmatch(r"-?[\d.]+", cell) and float(cell)
            forms = {cell} | ({json.dumps(number), json.dumps(int(number))} if number is not None and number else set())
            if number == 0 or (name == "Group" and cell in text):  # "Group 1 (16), VIC, Gene A"
                continue
            assert any(form in said or f": {form}," in text or f": {form}}}" in text for form in forms), (name, cell)


# ---- the multichannel file ----


def combinations(path):
    """(sample -> total), (sample, dye -> positives), (sample, combination -> count)"""
    totals, positives, counts = {}, collections.Counter(), {}
    for row in rows_of(path):
        dyes = row["Channels"].split()
        totals[row["Sample"]] = max(totals.get(row["Sample"], 0), int(row["Total"]))
        for dye in dyes:
            positives[row["Sample"], dye] += int(row["Count"])
        counts[row["Sample"], " ".join(dyes) or "none"] = (row["Count"], row["Copies per microliter"])
    return totals, positives, counts


def check_combinations(document, path, dyes):
    totals, positives, counts = combinations(path)
    found, said = counts_of(document), attributes(document)
    wells = {react["sample"]: react["well"] for react in document["reacts"]}
    for sample, total in totals.items():
        assert sum(int(count) for (s, _), (count, _) in counts.items() if s == sample) == total
        for dye in dyes:
            c = found[wells[sample], dye]
            assert (c["positive"], c["accepted"]) == (positives[sample, dye], total)
    for (sample, dyes_of, *_), (count, copies) in counts.items():
        assert said[wells[sample], f"Count [{dyes_of}]"] == count
        assert said[wells[sample], f"Copies per microliter [{dyes_of}]"] == copies
        if dyes_of != "none" and int(count):
            ours = rate(int(count), totals[sample]) / NL * 1000
            assert float(copies) == pytest.approx(ours, rel=0, abs=half_of_last_place("", 2))


@pytest.mark.parametrize("path", files("multichannel"))
def test_a_multichannel_file_alone_is_read_by_the_names_of_its_samples(path):
    document = read(path)
    for react in document["reacts"]:
        assert react["sample"] == f"Sample {react['well'].replace('0', '')}"
    check_combinations(document, path, DYES)


def one(name):
    return next(iter(files(name))).values[0]


def test_summary_and_multichannel_file_are_one_run(tmp_path):
    for name in ("summary", "multichannel"):
        shutil.copy(one(name), tmp_path / f"run_{name}.csv")
    document = read(tmp_path)
    assert "runs" not in document or len(document["runs"]) == 1
    check_combinations(document, one("multichannel"), DYES)
    for row in wells_of(one("summary")):
        counts = counts_of(document)[well(row["Well"]), row["Dye"]]
        assert (counts["positive"], counts["target"]) == (int(row["Positives"]), row["Target"])
    assert not [note for note in document["notes"] if note["severity"] == "warning"]


def test_chosen_names_of_samples_are_found_through_the_summary(tmp_path):
    renamed = {"Sample A1": "Recipient", "Sample A2": "Recipient"}
    for name in ("summary", "multichannel"):
        text = one(name).read_text()
        for old, new in renamed.items():
            text = text.replace(old, new)
        (tmp_path / f"run_{name}.csv").write_text(text)
    found = counts_of(read(tmp_path))
    assert (found["A01", "VIC"]["positive"], found["A02", "VIC"]["positive"]) == (3237, 3177)
    code, document = run(tmp_path / "run_multichannel.csv")
    assert code != 0 and "summary" in document["error"]["message"]


def test_a_zip_with_empty_members_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(one("summary"), "run_summary.csv")
        archive.writestr("run_multichannel.csv", "")
        archive.writestr("run_fluorescence.csv", "")
    document = read(tmp_path / "export.zip")
    assert counts_of(document) == counts_of(read(one("summary")))
    assert any("run_fluorescence.csv" in note["what"] for note in document["notes"])


# ---- chambers ----


@pytest.mark.parametrize("path", files("fluorescence"))
def test_every_chamber_is_read(path):
    wells = collections.defaultdict(list)
    for row in rows_of(path):
        wells[well(row["Well ID"])].append(row)
    reacts = {react["well"]: react for react in read(path)["reacts"]}
    assert reacts.keys() == wells.keys()
    found = counts_of(read(path))
    for name, rows in wells.items():
        kept = [row for row in rows if row["Reject"] == "False"]
        partitions = reacts[name]["partitions"]
        assert (partitions["accepted"], partitions["excluded"]) == (len(kept), len(rows) - len(kept))
        channels = {channel["name"]: channel for channel in partitions["channels"]}
        assert channels.keys() == {"ROX", *DYES}
        assert "positive" not in channels["ROX"]
        for dye, channel in channels.items():
            values = np.array([float(row[dye]) for row in kept]).astype(np.float32)
            assert (np.float32(channel["min"]), np.float32(channel["max"])) == (values.min(), values.max())
        for dye in DYES:
            positive = sum(row[f"{dye}_pos"] == "True" for row in kept)
            assert channels[dye]["positive"] == found[name, dye]["positive"] == positive
            assert channels[dye]["target"] == found[name, dye]["target"] == kept[0][f"{dye}_target"]
            assert found[name, dye]["threshold"] == float(kept[0][f"{dye}_threshold"])
            assert found[name, dye]["accepted"] == len(kept)


def test_files_of_one_run_that_disagree_are_kept_apart(tmp_path):
    """The fluorescence file of the corpus was shortened to four chambers a well."""
    for name in ("summary", "fluorescence"):
        shutil.copy(one(name), tmp_path / f"run_{name}.csv")
    document = read(tmp_path)
    assert len(document["runs"]) == 2
    notes = [note["what"] for part in document["runs"] for note in part["notes"] if note["severity"] == "warning"]
    assert any("4 accepted chambers" in note and "20419" in note for note in notes)


# ---- a second witness ----


def witness(path):
    """(well, dye) -> (total, positives) as another program read the same file; None where it has none beside it."""
    other = path.with_suffix(".json")
    if not other.is_file():
        return None
    found = {}
    for document in json.loads(other.read_text())["dPCR aggregate document"]["dPCR document"]:
        for m in document["measurement aggregate document"]["measurement document"]:
            (data,) = m["processed data aggregate document"]["processed data document"]
            (control,) = m["device control aggregate document"]["device control document"]
            key = well(m["sample document"]["well location identifier"]), control["reporter dye setting"]
            found[key] = (m["total partition count"]["value"], data["positive partition count"]["value"])
    return found


@pytest.mark.parametrize("path", [*files("results"), *files("summary"), *files("fluorescence")])
def test_another_program_read_the_same_counts(path):
    expected = witness(path)
    assert expected
    # It counts rejected chambers in the total; none of those is positive.
    found = {key: (c["accepted"] + (c["excluded"] or 0), c["positive"]) for key, c in counts_of(read(path)).items()}
    assert found == expected


def worst():
    """(numbers compared, worst distance in halves of the last place) by kind of number."""
    table = collections.defaultdict(lambda: [0, 0.0])

    def add(name, printed, ours, places):
        table[name][0] += 1
        table[name][1] = max(table[name][1], abs(float(printed) - ours) / (0.5 * 10.0**-places))

    for name in ("results", "summary"):
        for path in (p.values[0] for p in files(name)):
            for row in wells_of(path):
                n, k = int(row["Total"]), int(row["Positives"])
                add(f"{name}: concentration", row.get("Conc.", row.get("Conc. cp/uL")), rate(k, n) / NL * 1000, 2)
                if k == 0:
                    continue
                low, high = deltas(k, n)
                if name == "results":
                    add("results: 95%CI", row["95%CI"], low, 2)
                else:
                    add("summary: 95%DeltaLCI", row["95%DeltaLCI"], low, 3)
                    add("summary: 95%DeltaUCI", row["95%DeltaUCI"], high, 3)
    return table


if __name__ == "__main__":
    for what, (compared, distance) in worst().items():
        print(f"{what}: {compared} compared, worst {distance:.3f} of half the last place printed")
