"""The exports of the RT-PCR software (ViiA 7, QuantStudio Flex) through `microchim read --json`, against the same files
read with csv and openpyxl, against what another program made of them, and against the vendor's own arithmetic.

The corpus is no part of the repository; support.py says where it is looked for.
"""

import collections
import csv
import functools
import io
import json
import math
import statistics
import subprocess

import numpy
import openpyxl
import pytest
import support

FOLDER = support.DPCR.parent / "qpcr/abi_quantstudio_text"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpus of real files is not at {FOLDER}")

TASKS = {"UNKNOWN": "unkn", "STANDARD": "std", "NTC": "ntc", "IPC": "pos", "BlockedIPC": "nac", "": "unkn"}
TASKS |= {"PC_ALLELE_1": "pos", "PC_ALLELE_2": "pos", "PC_ALLELE_BOTH": "pos"}


def files(*kinds):
    if not FOLDER.is_dir():
        return [pytest.param(None, id="no corpus")]
    found = sorted(path for path in FOLDER.rglob("*") if path.suffix in (kinds or (".txt", ".xlsx")))
    assert found
    return [pytest.param(path, id=path.name) for path in found]


# ---- an independent reading ----


def number(cell):
    if cell is None or cell == "" or isinstance(cell, int | float):
        return None if cell in (None, "") else float(cell)
    return float(cell.replace(",", ""))


def position(text):
    text = text.strip()
    return f"{text[0]}{int(text[1:]):02}"


def dicts(rows):
    header = [str(cell) for cell in rows[0]]
    out = []
    for row in rows[1:]:
        if row and row[0] not in (None, "") and str(row[0]).replace(".0", "").isdigit():
            named = {}
            for name, cell in zip(header, row, strict=False):
                named.setdefault(name, "" if cell is None else cell)
            out.append(collections.defaultdict(str, named))
    return out


@functools.cache
def tables(path):
    """(preamble, section -> rows)."""
    preamble, sections = {}, {}
    if path.suffix == ".xlsx":
        for sheet in openpyxl.load_workbook(path, read_only=True):
            rows = list(sheet.iter_rows(values_only=True))
            begin = next(i for i, row in enumerate(rows) if row and row[0] == "Well")
            preamble |= {row[0].strip(): row[1] for row in rows[:begin] if len(row) > 1}
            sections[sheet.title] = dicts(rows[begin:])
        return preamble, sections
    name = None
    for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8")), delimiter="\t"):
        if row and row[0].startswith("* "):
            key, _, value = row[0][2:].partition("=")
            preamble[key.strip()] = value.strip()
        elif row and row[0].startswith("["):
            name = row[0][1:-1]
            sections[name] = []
        elif name and row:
            sections[name].append(row)
    return preamble, {name: dicts(rows) for name, rows in sections.items()}


@functools.cache
def well_names(path):
    """Number of a well -> "A01", as the tables that have both say, or by counting."""
    preamble, sections = tables(path)
    columns = 24 if "384" in preamble["Block Type"] else 12
    names = {n + 1: f"{chr(65 + n // columns)}{n % columns + 1:02}" for n in range(columns * columns * 2 // 3)}
    for rows in sections.values():
        for row in rows:
            if row["Well Position"]:
                assert names[int(float(row["Well"]))] == position(row["Well Position"])
    return names


def well(path, row):
    return well_names(path)[int(float(row["Well"]))]


def expected(path):
    """(well, target) -> what the set-up and the results say."""
    _, sections = tables(path)
    out = collections.defaultdict(dict)
    for row in sections.get("Sample Setup", []):
        for i in (1, 2):
            if row["SNP Assay Name"]:
                target, dye = f"{row['SNP Assay Name']}-{row[f'Allele{i} Name']}", row[f"Allele{i} Reporter"]
            else:
                target, dye = row["Target Name"], row["Reporter"]
            if not target:
                continue
            here = out[well(path, row), target]
            here |= {"sample": row["Sample Name"], "dye": dye, "type": TASKS[row["Task"]]}
            here["nominal"] = number(row["Quantity"])
    for row in sections.get("Results", []):
        alleles = ("Allele1 ", "Allele2 ") if row["SNP Assay Name"] else ("",)
        for allele in alleles:
            target = f"{row['SNP Assay Name']}-Allele {allele[6]}" if allele else row["Target Name"]
            here = out[well(path, row), target]
            cq = row[allele + "Ct"] or row["CT"] or row["CRT"]
            here |= {"sample": row["Sample Name"], "type": TASKS[row["Task"]], "row": row, "result": True}
            if not allele:
                here["dye"] = row["Reporter"]
            here["cq"] = None if cq in ("Undetermined", "") else number(cq)
            here["threshold"] = number(row[allele + "Ct Threshold"] or row["Crt Threshold"])
            here["baseline"] = tuple(number(row[f"{allele}Baseline {end}"]) for end in ("Start", "End"))
            here["quantity"] = number(row["Quantity"])
            here["efficiency"] = number(row["Efficiency"])
    return out


@functools.cache
def points(path):
    done = subprocess.run(
        [support.COMMAND, "read", str(path), "--json", "--partitions"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def reactions(document):
    return {(r["well"], c["target"]): (r, c) for r in document["reacts"] for c in r["curves"]}


def close(one, other):
    return one is None and other is None or (None not in (one, other) and math.isclose(one, other, rel_tol=1e-9))


def same_curve(floats, values):
    return len(floats) == len(values) and all(
        (a is None and b is None) or math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
        for a, b in zip(floats, values, strict=True)
    )


# ---- what the files say ----


@pytest.mark.parametrize("path", files())
def test_every_reaction_is_as_the_file_says(path):
    document, wanted = support.read(path), expected(path)
    assert document["reader"]["id"] == "thermo-quantstudio"
    found = reactions(document)
    assert found.keys() == wanted.keys() and found
    for key, want in wanted.items():
        react, curve = found[key]
        assert (react["sample"], curve["dye"], curve["type"]) == (want["sample"], want["dye"], want["type"]), key
        assert curve["signal"] == "normalised" and not curve["excluded"]
        if not want.get("result"):
            assert (curve["cq"], curve["amplified"], curve["threshold"]) == (None, None, None)
            continue
        assert close(curve["cq"], want["cq"]), key
        assert curve["amplified"] == (want["cq"] is not None)
        assert close(curve["threshold"], want["threshold"])
        assert (curve["baseline_first"], curve["baseline_last"]) == want["baseline"]
        nominal = want.get("nominal") if want["type"] == "std" else None
        assert close(curve["quantity"], want["quantity"] if nominal is None else nominal), key
        base = None if want["efficiency"] is None else 1 + want["efficiency"] / 100
        assert close(curve["efficiency"], base)


@pytest.mark.parametrize("path", files())
def test_every_point_of_every_curve(path):
    curves = collections.defaultdict(lambda: ([], []))
    for row in tables(path)[1].get("Amplification Data", []):
        if row["Rn"] == "":
            continue
        for values, name in zip(curves[well(path, row), row["Target Name"]], ("Rn", "Delta Rn"), strict=False):
            values += [None] * (int(row["Cycle"]) - 1 - len(values))
            values.append(number(row[name]))
    found = reactions(support.read(path))
    for key, (_, curve) in found.items():
        rn, delta = curves.pop(key, ([], []))
        assert same_curve(curve["fluorescence"], rn), key
        assert same_curve(curve.get("baselined", []), delta), key
    assert not curves


@pytest.mark.parametrize("path", files(".txt"))
def test_every_reading_of_dyes_filters_and_melting(path):
    wanted = collections.defaultdict(lambda: ([], []))
    _, sections = tables(path)
    for section, kind in (("Multicomponent Data", "dye"), ("Raw Data", "filter")):
        for row in sections.get(section, []):
            for name, cell in row.items():
                if name in ("Well", "Well Position", "Cycle") or cell == "":
                    continue
                at, values = wanted[well(path, row), kind, name]
                at.append(number(row["Cycle"])), values.append(number(cell))
    for row in sections.get("Melt Curve Raw Data", []):
        for name, kind in (("Fluorescence", "melt"), ("Derivative", "melt derivative")):
            at, values = wanted[well(path, row), kind, ""]
            at.append(number(row["Temperature"])), values.append(number(row[name]))
    found = 0
    for react in points(path)["reacts"]:
        for series in react.get("series", []):
            kind = series["kind"].replace("_", " ").replace("-", " ")
            at, values = wanted.pop((react["well"], kind, series["name"]))
            assert same_curve(series["at"], at) and same_curve(series["fluorescence"], values)
            found += 1
    # What is left are wells that the set-up leaves empty.
    used = {key[0] for key in expected(path)}
    assert all(key[0] not in used for key in wanted)
    assert found or not any(sections.get(s) for s in ("Multicomponent Data", "Raw Data", "Melt Curve Raw Data"))


@pytest.mark.parametrize("path", files())
def test_nothing_is_lost(path):
    document, (preamble, sections) = support.read(path), tables(path)
    said = collections.defaultdict(set)
    for entry in document["attributes"]:
        said[entry["key"]].add(entry["value"])
    for key, value in preamble.items():
        text = str(value if value is not None else "").removesuffix(".0")
        assert not text or text in said[key]
    for row in sections.get("Results", []):
        label = row["SNP Assay Name"] or row["Target Name"]
        for column in ("Ct Mean", "RQ", "Call", "Y-Intercept", "Slope", "Cq Conf", "Tm1", "Allele2 Amp Score"):
            if row[column] != "" and path.suffix == ".txt":
                assert row[column] in said[column] | said[f"{column} [{label}]"]


def test_the_time_that_a_run_ended_is_said_plainly():
    times = set()
    for parameter in files():
        document = support.read(parameter.values[0])
        said = {a["key"]: a["value"] for a in document["attributes"]}
        times.add((said["Experiment Run End Time"], said["run ended"]))
        assert document["run"]["started"] == ""  # no file says when
    assert ("2022-08-12 16:28:28 PM EDT", "2022-08-12T16:28:28 EDT") in times
    assert ("2001-12-31 09:09:19 PM EST", "2001-12-31T21:09:19 EST") in times
    assert ("2010-10-21 00:51:26 AM EDT", "2010-10-21T00:51:26 EDT") in times


# ---- a second oracle: what allotropy made of the same files ----


def measurements(path):
    document = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    for entry in document["qpcr aggregate document"]["qpcr document"]:
        aggregate = entry["measurement aggregate document"]
        for one in aggregate["measurement document"]:
            sample = one["sample document"]
            processed = one.get("processed data aggregate document", {}).get("processed data document", [{}])
            yield sample, one.get("target DNA description"), processed[0]


@pytest.mark.parametrize("path", files())
def test_another_program_reads_the_same(path):
    found, compared = reactions(support.read(path)), 0
    for sample, target, processed in measurements(path):
        place = sample.get("well location identifier") or sample.get("location identifier")
        key = (position(place) if place[0].isalpha() else well_names(path)[int(float(place))], target)
        react, curve = found[key]
        assert react["sample"] == sample["sample identifier"] or not react["sample"]
        cq = processed.get("cycle threshold result (qPCR)", {}).get("value")
        assert close(curve["cq"], cq)
        how = processed.get("data processing document", {})
        threshold = how.get("cycle threshold value setting (qPCR)", {}).get("value")
        assert close(curve["threshold"], threshold)
        for ours, theirs in (("baseline_first", "start"), ("baseline_last", "end")):
            cycle = how.get(f"baseline determination {theirs} cycle setting", {}).get("value")
            assert curve[ours] == cycle
        compared += 1
    assert compared > 0


# ---- the vendor's arithmetic ----


def groups(path):
    out = collections.defaultdict(list)
    for (_, target), want in expected(path).items():
        if want.get("result"):
            out[target].append(want)
    return out


def test_the_standard_curve_is_least_squares_over_single_wells():
    lines = 0
    for parameter in files(".txt"):
        path = parameter.values[0]
        by_target = collections.defaultdict(list)
        for (place, target), (_, curve) in reactions(support.read(path)).items():
            by_target[target].append((place, curve))
        for target, curves in by_target.items():
            standards = [c for _, c in curves if c["type"] == "std" and c["cq"]]
            if len({c["quantity"] for c in standards}) < 3:
                continue
            x = numpy.log10([c["quantity"] for c in standards])
            y = numpy.array([c["cq"] for c in standards])
            slope, intercept = numpy.polyfit(x, y, 1)
            row = groups(path)[target][0]["row"]
            assert slope == pytest.approx(number(row["Slope"]), abs=2e-3)
            assert intercept == pytest.approx(number(row["Y-Intercept"]), abs=5e-3)
            assert numpy.corrcoef(x, y)[0, 1] ** 2 == pytest.approx(number(row["R(superscript 2)"]), abs=1e-3)
            for _, curve in curves:
                if curve["amplified"] is None:
                    continue  # left out of the results
                assert curve["efficiency"] == pytest.approx(10 ** (-1 / slope), abs=2e-3)
                if curve["type"] == "unkn" and curve["cq"]:
                    assert curve["quantity"] == pytest.approx(10 ** ((curve["cq"] - intercept) / slope), rel=2e-3)
            lines += 1
    assert lines > 0


def whole():
    """The file whose replicates are all there and have the names they had."""
    return [p for p in files() if p.id.endswith("_example04.txt")]


@pytest.mark.parametrize("path", whole())
def test_ct_mean_and_sd_are_of_the_replicates(path):
    members, printed, compared = collections.defaultdict(list), {}, 0
    found = reactions(support.read(path))
    for key, want in expected(path).items():
        if want.get("cq") is None:
            continue
        # Replicates are wells of one sample; standards have no names here, but quantities.
        group = (want["sample"] or want["nominal"], key[1], want["type"])
        members[group].append(found[key][1]["cq"])
        row = want["row"]
        printed[group] = (number(row["Ct Mean"] or row["Crt Mean"]), number(row["Ct SD"] or row["Crt SD"]))
    for group, cqs in members.items():
        mean, sd = printed[group]
        assert statistics.mean(cqs) == pytest.approx(mean, abs=1.1e-3), group
        if len(cqs) > 1:
            assert statistics.stdev(cqs) == pytest.approx(sd, abs=1.1e-3), group
        compared += 1
    assert compared > 4


def rn_ratios(path):
    """Rn over reporter / passive reference, wherever a file has both."""
    passive = tables(path)[0]["Passive Reference"]
    for react in points(path)["reacts"]:
        series = [s for s in react.get("series", []) if s["kind"] == "dye"]
        dyes = {s["name"]: dict(zip(s["at"], s["fluorescence"], strict=True)) for s in series}
        for curve in react["curves"]:
            for cycle, rn in enumerate(curve["fluorescence"], 1):
                if passive in dyes and cycle in dyes[passive] and curve["dye"] in dyes and rn is not None:
                    yield rn, dyes[curve["dye"]][cycle] / dyes[passive][cycle]


@pytest.mark.parametrize("path", files(".txt"))
def test_rn_is_reporter_over_passive_reference(path):
    # In the presence/absence files Rn is a little larger; by what, the program does not say.
    tolerance = 0.03 if tables(path)[0]["Experiment Type"] == "Presence/Absence" else 6e-4
    ratios = list(rn_ratios(path))
    assert all(rn == pytest.approx(ratio, abs=tolerance) for rn, ratio in ratios)
    assert ratios or path.name[-13:-4] not in ("example02", "al_test02")


@pytest.mark.parametrize("path", files())
def test_delta_rn_is_rn_less_a_straight_line(path):
    if tables(path)[0].get("Quantification Cycle Method") == "Crt":
        pytest.skip("the Crt method fits no line to the baseline")
    compared = 0
    for curve in (c for r in support.read(path)["reacts"] for c in r["curves"]):
        first, last = curve["baseline_first"], curve["baseline_last"]
        rn, delta = curve["fluorescence"], curve.get("baselined")
        if not first or last is None or last > len(rn) or None in rn or last - first < 2:
            continue
        cycles = numpy.arange(1, len(rn) + 1)
        # The baseline of presence/absence is not that of the printed cycles, but a line it is.
        whole = tables(path)[0]["Experiment Type"] == "Presence/Absence"
        chosen = cycles > 0 if whole else (cycles >= first) & (cycles <= last)
        values = numpy.array(rn) - (delta if whole else 0)
        line = numpy.polyval(numpy.polyfit(cycles[chosen], values[chosen], 1), cycles)
        assert numpy.abs(numpy.array(rn) - line - delta).max() < 1.3e-3  # both are printed to 0.001
        compared += 1
    assert compared or path.name[-13:-4] not in ("example02", "example03", "example04")


# ---- drops ----


def test_two_experiments_in_one_folder_are_two_runs(tmp_path):
    paths = [p.values[0] for p in files(".txt") if p.values[0].name.endswith(("example02.txt", "example04.txt"))]
    for path in paths:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "again.txt").write_bytes(paths[0].read_bytes())
    (tmp_path / "notes.txt").write_text("loaded on Monday\n")
    code, document = support.run(tmp_path)
    assert code == 0
    assert sorted(run["run"]["id"] for run in document["runs"]) == sorted(
        support.read(path)["run"]["id"] for path in paths
    )
    assert sorted(len(run["files"]) for run in document["runs"]) == [1, 2]
