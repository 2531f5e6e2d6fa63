#!/usr/bin/env python3
"""Writes fixtures/ from simulated partitions; run it again after a change and look at the difference.

The instruments, programs, samples and numbers are made up. bad-* must be refused.
"""

import math
import pathlib
import shutil

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"

DROPSCOPE = """\
schema = "microchim/csv/1"
name = "DropScope Analyst 4"        # what the format is called; instrument profiles can recognise it
delimiter = ";"
decimal = ","
skip_lines = 4
partition_volume_nl = 0.63          # determined in our laboratory, 2026-05-04
missing = ["n.d."]

[run]
id = { column = "Run" }
instrument = "Nimbus DropScope"     # the same for all runs
serial_number = { column = "Unit" }
software = "DropScope Analyst"
started = { column = "Start" }
rows = 8
columns = 12

[columns]
well = "Position"
sample = "Name"
type = "Role"
target = "Assay"
dye = "Dye"
accepted = "Droplets (valid)"
positive = "Droplets (pos.)"
negative = "Droplets (neg.)"
threshold = "Cut-off"
concentration = "Conc. [copies/µl]"
low = "95% from"
high = "95% to"
status = "Flag"

[types]
"Patient" = "unkn"
"Blank" = "ntc"
"Positive control" = "pos"

[[leave_out]]                       # the line below the wells
column = "Position"
equals = "Total"

[[pooled]]                          # "Mean of 2", over A1 and A2
column = "Position"
equals = "Mean"
kind = "mean"
members = "Replicates"
"""


def counts(rng, rate, accepted):
    return int((rng.poisson(rate, accepted) > 0).sum())


def comma(value, digits=2):
    return f"{value:.{digits}f}".replace(".", ",")


def write(folder, files, encoding="utf-8", end="\n"):
    folder = HERE / folder
    folder.mkdir(parents=True)
    for name, text in files.items():
        kind = "utf-8" if name.endswith(".toml") else encoding
        mark = b"\xff\xfe" if kind == "utf-16-le" else b""
        (folder / name).write_bytes(mark + text.replace("\n", end).encode(kind))


def dropscope(rng):
    head = "DropScope Analyst;4.2.1\nOperator;jd\nExported;04.05.2026\n\n"
    head += "Run;Unit;Start;Position;Name;Role;Assay;Dye;Droplets (valid);Droplets (pos.);Droplets (neg.);Cut-off;"
    lines = [head + "Conc. [copies/µl];95% from;95% to;Flag;Replicates;Saturation"]
    wells = [("A1", "Müller d28", "Patient", 0.004, 0.55), ("A2", "Müller d28", "Patient", 0.004, 0.55),
             ("B1", "", "Blank", 0.0, 0.0), ("H12", "K562", "Positive control", 0.31, 0.62)]  # fmt: skip
    start = "N-77;DS-0042;2026-05-04T08:15:00+02:00"
    conc = {}
    for well, sample, role, low, high in wells:
        for target, dye, rate in (("SRY", "FAM", low), ("RPP30", "HEX", high)):
            accepted = int(rng.integers(17000, 19000))
            k = counts(rng, rate, accepted)
            p, se = k / accepted, math.sqrt(k) / accepted
            values = [-math.log(1 - x) / 0.63e-3 for x in (p, max(0, p - 1.96 * se), p + 1.96 * se)]
            conc.setdefault((sample, target), []).append((values[0], accepted, k))
            shown = ";".join(comma(v) for v in values) if k else "n.d.;-;-"
            flag = "" if k > 5 else "few"
            lines.append(f"{start};{well};{sample};{role};{target};{dye};{accepted};{k};{accepted - k};"
                         f"{comma(2500.5, 1)};{shown};{flag};;{comma(p * 100, 1)}")  # fmt: skip
    for target, dye in (("SRY", "FAM"), ("RPP30", "HEX")):
        c, n, k = np.mean(conc["Müller d28", target], axis=0)
        lines.append(f"{start};Mean;Müller d28;;{target};{dye};{comma(n, 1)};{comma(k, 1)};;;{comma(c)};;;;A1+A2;")
    lines.append(";;;Total;;;;;143000;;;;;;;;;")
    return "\n".join(lines) + "\n"


WIDE = """\
schema = "microchim/csv/1"
files = "*results.csv"
partition_volume_nl = { column = "Volume (nL)" }

[run]
instrument = "Chamberlain C1"

[columns]
well = "Chamber"
sample = "Sample"
accepted = "Analysed"

[[target]]
name = "SRY"
dye = "FAM"
channel = "1"
positive = "Blue +"
threshold = "Blue threshold"

[[target]]
name = { column = "Green target" }
dye = "HEX"
channel = "2"
positive = "Green +"
"""


def wide(rng):
    lines = ["Chamber,Sample,Analysed,Blue +,Blue threshold,Green target,Green +,Volume (nL),Temperature"]
    for well, green in (("A1", "RPP30"), ("A2", "TERT"), ("B1", ""), ("B2", "")):
        accepted = int(rng.integers(19000, 21000))
        blue = counts(rng, 0.1, accepted) if well != "B2" else ""
        k = counts(rng, 0.4, accepted) if green else "N/A"
        lines.append(
            f'{well},"Day 1, {well}",{accepted},{blue},{1800 if blue else ""},{green},{k},0.5,{21 + len(lines)}'
        )
    return "\n".join(lines) + "\n"


PARTITIONS = """\
schema = "microchim/csv/1"
partition_volume_nl = 0.5

[columns]
well = "Well"
sample = "Sample"
target = "Target"
accepted = "N"
positive = "k"

[partitions]
file = "{run}_{well}.txt"
delimiter = "tab"
decimal = ","

[[partitions.channel]]
column = "Ch1"
target = "SRY"
threshold = 3000
call = "Ch1 call"
positive = "+"
negative = "-"
unclassified = "?"

[[partitions.channel]]
column = "Ch2"
target = "RPP30"
"""


def partitions(rng, targets=("SRY", "RPP30")):
    table, files = ["Well,Sample,Target,N,k"], {}
    for well, sample in (("A1", "Day 1"), ("A02", "Day 7")):
        n = 60
        m = [rng.poisson(rate, n) > 0 for rate in (0.1, 0.7)]
        a = [
            rng.normal(np.where(hit, high, low), 150)
            for hit, high, low in zip(m, (5200, 4100), (1200, 900), strict=True)
        ]
        table += [f"{well},{sample},{target},{n},{int(hit.sum())}" for target, hit in zip(targets, m, strict=True)]
        rows = ["Ch1\tCh1 call\tCh2"]
        rows += [f"{comma(x)}\t{'-+'[int(hit)]}\t{comma(y)}" for x, hit, y in zip(a[0], m[0], a[1], strict=True)]
        files[f"Plate 1_{well}.txt"] = "\n".join(rows) + "\n"
    return {"plate 1.csv": "\n".join(table) + "\n", **files}


ONE_TABLE = """\
schema = "microchim/csv/1"

[run]
software = "Honeycomb"

[partitions]
file = "*_partitions.csv"
well = 2                            # the second column

[partitions.excluded]
column = "Usable"
unless = ["yes"]

[[partitions.channel]]
column = "FAM"
target = "SRY"
call = "FAM+"

[[partitions.channel]]
column = "HEX"
target = "RPP30"
call = "HEX+"
"""


def one_table(rng):
    rows = ["Index,Lane,FAM,FAM+,HEX,HEX+,Usable"]
    for well in ("A1", "B1"):
        for i in range(40):
            hit = rng.random(2) < (0.2, 0.5)
            x, y = rng.normal(np.where(hit, 900, 200), 30)
            usable = "no" if rng.random() < 0.1 else "yes"
            rows.append(f'{i},{well},{x:.3f},{int(hit[0])},"{y:.2f}",{str(bool(hit[1])).upper()},{usable}')
    return "\n".join(rows) + "\n"


SIMPLE = """\
schema = "microchim/csv/1"

[columns]
well = "Well"
sample = "Sample"
target = "Target"
accepted = "Accepted"
positive = "Positive"
"""


def simple(rng, wells, targets=("SRY", "RPP30"), extra="", head=""):
    lines = ["Well,Sample,Target,Accepted,Positive" + head]
    for well in wells:
        for target, rate in zip(("SRY", "RPP30"), (0.01, 0.6), strict=True):
            if target not in targets:
                continue
            n = int(rng.integers(15000, 19000))
            lines.append(f"{well},Day {well[1:]},{target},{n},{counts(rng, rate, n)}{extra}")
    return "\n".join(lines) + "\n"


OURS = """\
schema = "microchim/csv/1"
name = "microchim convert"
guard = "'"
partition_volume_nl = { column = "volume_nl" }

[run]
id = { column = "run" }

[columns]
well = "well"
sample = "sample"
type = "type"
target = "target"
dye = "dye"
channel = "channel"
accepted = "accepted"
positive = "positive"
excluded = "excluded"
threshold = "threshold"
concentration = "vendor_copies_per_ul"
low = "vendor_low"
high = "vendor_high"
status = "vendor_status"

[[pooled]]
column = "row"
equals = "sum"
kind = "sum"
members = "members"
"""
OURS_TABLE = """\
run,row,well,members,sample,type,target,dye,channel,accepted,positive,excluded,threshold,volume_nl,volume_source,lambda,\
copies_per_ul,vendor_copies_per_ul,vendor_low,vendor_high,vendor_status
plate 9,well,A01,,'=1+1,unkn,SRY,FAM,1,17000,12,,-12.5,0.5,file,0.0007061316020938,1.4122632041876,1.41,0.7,2.5,OK
plate 9,well,A02,,''tis,ntc,SRY,FAM,1,16000,0,3,,0.5,file,0,0,,,,No Call
plate 9,sum,'@M1,"A01,A02",'=1+1,,SRY,FAM,1,33000,12,,,0.5,file,0.00036370250,0.727405,,,,
"""


def bad(good):
    """Name, description, table."""
    line = good.splitlines()
    yield "bad-key", SIMPLE.replace("positive =", "postive ="), good
    yield "bad-syntax", SIMPLE.replace('"Sample"', '"Sample'), good
    yield "bad-schema", SIMPLE.replace("csv/1", "csv/2"), good
    yield "bad-needs", SIMPLE.replace('accepted = "Accepted"\n', ""), good
    yield "bad-volume", SIMPLE.replace("[columns]", "partition_volume_nl = -1\n\n[columns]"), good
    yield "bad-column", SIMPLE.replace('"Accepted"', '"Valid"'), good
    yield "bad-well-column", SIMPLE.replace('"Well"', '"Position"'), good
    yield "bad-files", SIMPLE.replace("[columns]", 'files = "*.tsv"\n\n[columns]'), good
    yield "bad-count", SIMPLE, good.replace(line[2].rsplit(",", 1)[1], "9l31")
    yield "bad-missing", SIMPLE, good.replace(line[2].rsplit(",", 1)[1], "-")
    yield (
        "bad-decimal",
        SIMPLE + 'threshold = "T"\n',
        simple(np.random.default_rng(5), ["A1"], extra=',"12,5"', head=",T"),
    )
    yield (
        "bad-sum",
        SIMPLE + 'negative = "Negative"\n',
        simple(np.random.default_rng(6), ["A1"], extra=",9999", head=",Negative"),
    )
    yield "bad-type", SIMPLE + 'type = "Role"\n', simple(np.random.default_rng(7), ["A1"], extra=",Blnk", head=",Role")
    yield "bad-thousands", SIMPLE, "Well,Sample,Target,Accepted,Positive\nA1,Day 1,SRY,18.000,12\n"
    yield "bad-header", SIMPLE, f"Analyst 4\nOperator,jd\n\n{good}"
    yield "bad-no-schema", SIMPLE.split("\n", 1)[1], good
    yield "bad-place", SIMPLE + "one_run = true\n", good
    yield "bad-types", SIMPLE + '[types]\n"Day 1" = "pos"\n', good
    yield "bad-two-targets", SIMPLE + '[[target]]\nname = "SRY"\npositive = "Positive"\n', good
    yield "bad-plate", SIMPLE + "[run]\nrows = 8\ncolumns = 12\n", good.replace("A1,", "P24,")
    yield "bad-plate-half", SIMPLE + "[run]\nrows = 8\n", good
    yield "bad-twice", SIMPLE, good + line[1] + "\n"
    yield "bad-sample", SIMPLE, good.replace("A1,Day 1,RPP30", "A1,Day 2,RPP30")
    yield "bad-well", SIMPLE, good + "Total,,SRY,100000,23\n"
    yield "bad-cut", SIMPLE, good[:-6]


REAL_TIME = """\
schema = "microchim/csv/1"
name = "Cyclomat"
delimiter = ";"
decimal = ","
no_cq = ["No Ct", "45"]

[columns]
well = "Pos"
sample = "Name"
type = "Role"
target = "Assay"
dye = { value = "FAM" }
cq = "Cp"
quantity = "Copies"
unit = "copies"
threshold = "Line"

[types]
"S" = "std"
"W" = "ntc"
"" = "unkn"
"""
CYCLOMAT = """\
Pos;Name;Role;Assay;Cp;Copies;Line;Mean
A1;S1;S;SRY;21,5;10000;0,2;21,5
A1;S1;S;RPP30;22,25;10000;0,2;
A2;Day 28;;SRY;33,125;4,25;0,2;33,1
A2;Day 28;;RPP30;24,5;2150;0,2;
A3;Water;W;SRY;No Ct;;0,2;
A3;Water;W;RPP30;45,0;;0,2;
A4;Day 56;;SRY;;;0,2;
"""
WIDE_CURVES = """
[[curves]]
file = "*_sry.csv"
cycle = "Cycle"
target = "SRY"
signal = "raw"
"""
LONG_CURVES = """
[[curves]]
file = "long.csv"
cycle = "Cycle"
well = "Well"
fluorescence = "Rn"
target = { column = "Assay" }
signal = "normalised"
decimal = "."
delimiter = ","
"""


def real_time():
    yield "real-time", {"cyclomat.toml": REAL_TIME, "run.csv": CYCLOMAT}
    sry = "Cycle;A1;A2;A5;Lamp\n1;10,5;11;9;100\n2;20,25;12;9,5;101\n3;40;;10;100\n"
    long = "Well,Cycle,Assay,Rn\nA1,1,RPP30,0.5\nA1,2,RPP30,0.75\nA2,1,RPP30,0.25\nA2,2,RPP30,0.375\n"
    both = REAL_TIME + WIDE_CURVES + LONG_CURVES
    yield "curves", {"cyclomat.toml": both, "run.csv": CYCLOMAT, "run_sry.csv": sry, "long.csv": long}
    alone = 'schema = "microchim/csv/1"\ndecimal = ","\n' + WIDE_CURVES.replace("*", "{run}")
    yield "curves-alone", {"alone.toml": alone, "monday_sry.csv": sry, "tuesday_sry.csv": sry.replace("40", "41")}
    blocks = REAL_TIME
    for line in ('target = "Assay"\n', 'cq = "Cp"\n', 'quantity = "Copies"\n', 'unit = "copies"\n'):
        blocks = blocks.replace(line, "")
    for name, column in (("SRY", "Cp SRY"), ("RPP30", "Cp RPP30")):
        blocks += f'\n[[target]]\nname = "{name}"\ncq = "{column}"\n'
    table = "Pos;Name;Role;Cp SRY;Cp RPP30;Line\nA1;Day 28;;33,5;24,5;0,1\nA2;Water;W;No Ct;;0,1\n"
    yield "real-time-wide", {"blocks.toml": blocks, "run.csv": table}

    files = {"description.toml": REAL_TIME, "run.csv": CYCLOMAT}
    yield "bad-cq", files | {"run.csv": CYCLOMAT.replace("33,125", "33,12S")}
    yield "bad-cq-and-counts", files | {"description.toml": REAL_TIME.replace("threshold", "positive")}
    yield "bad-signal", files | {"description.toml": both.replace('"raw"', '"RFU"')}
    useless = alone.replace("\n[[", '\nno_cq = "40"\n[[')
    yield "bad-no-cq", {"description.toml": useless, "monday_sry.csv": sry}
    curves = {"description.toml": both, "run.csv": CYCLOMAT}
    yield "bad-cycle-twice", curves | {"run_sry.csv": sry.replace("\n2;", "\n1;")}
    yield "bad-cycle", curves | {"run_sry.csv": sry.replace("\n2;", "\n2,5;")}
    yield "bad-curve-target", curves | {"run_sry.csv": sry, "description.toml": both.replace('target = "SRY"\n', "")}
    yield "bad-curve-wells", curves | {"run_sry.csv": "Cycle;left;right\n1;2;3\n"}
    yield "bad-curve-cut", curves | {"run_sry.csv": sry[:-5]}


def main():
    for item in HERE.iterdir() if HERE.exists() else []:
        if item.is_dir():
            shutil.rmtree(item)
        elif item.suffix == ".toml":
            item.unlink()
    rng = np.random.default_rng(20260504)
    write("dropscope", {"dropscope.toml": DROPSCOPE, "N-77 export.csv": dropscope(rng)}, encoding="cp1252", end="\r\n")
    files = {"chamberlain.toml": WIDE, "c1 results.csv": wide(rng), "c1 log.csv": "Time,Event\n8:15,start\n"}
    write("wide", files, encoding="utf-8-sig")
    write("partitions", {"two-files.toml": PARTITIONS, **partitions(rng)})
    write("one-partition-table", {"honeycomb.toml": ONE_TABLE, "lane_partitions.csv": one_table(rng)}, end="\r")
    run_column = SIMPLE.replace("[columns]", '[run]\nid = { column = "Plate" }\n\n[columns]')
    table = simple(rng, ["A1", "A2"], extra=",P1", head=",Plate")
    table += simple(rng, ["A1", "B1"], extra=",P2").split("\n", 1)[1]
    write("run-column", {"runs.toml": run_column, "both.csv": table})
    again = table.replace("P2", "P3").replace("A2,", "C2,")
    changed = again.replace(again.splitlines()[1].split(",")[3], "14999")
    write("runs-that-disagree", {"runs.toml": run_column, "analysis 1.csv": table, "analysis 2.csv": changed})
    monday, tuesday = simple(rng, ["A1", "A2"]), simple(rng, ["A1", "B3"])
    part = "\n".join(monday.splitlines()[:3]) + "\n"
    several = {"tables.toml": SIMPLE, "monday.csv": monday, "tuesday.csv": tuesday, "monday part.csv": part}
    write("several-tables", several | {"people.csv": "Name;Room\nJD;12\n"})
    one_run = SIMPLE.replace("[columns]", 'one_run = true\nfiles = ["sry.txt", "rpp30.txt"]\n\n[columns]')
    one_run = one_run.replace('"Positive"', "5").replace('"Sample"', "2")
    each = {f"{t.lower()}.txt": simple(rng, ["A1", "A2"], [t]).replace(",", "\t") for t in ("SRY", "RPP30")}
    write("one-run", {"parts.toml": one_run, **each, "readme.txt": "nothing\n"}, encoding="utf-16-le", end="\r\n")
    fixed = SIMPLE.replace('target = "Target"', 'target = { value = "SRY" }').replace("accepted =", "negative =")
    write("no-target-column", {"fixed.toml": fixed, "t.csv": "Well,Sample,Accepted,Positive\nA1,s 1,18000,12"})
    write("microchim-csv", {"convert.toml": OURS, "converted.csv": OURS_TABLE}, end="\r\n")

    good = simple(rng, ["A1", "A2"])
    for name, description, table in bad(good):
        write(name, {"description.toml": description, "run.csv": table})
    write("bad-two-descriptions", {"a.toml": SIMPLE, "b.toml": SIMPLE, "run.csv": good})
    calls = partitions(rng)
    calls["Plate 1_A1.txt"] = calls["Plate 1_A1.txt"].replace("\t-\t", "\to\t", 1)
    write("bad-call", {"description.toml": PARTITIONS, **calls})
    lines = partitions(rng)
    lines["Plate 1_A02.txt"] = lines["Plate 1_A02.txt"][:-30].rsplit("\t", 1)[0]
    write("bad-cut-partitions", {"description.toml": PARTITIONS, **lines})
    for name, files in real_time():
        write(name, files)
    (HERE / "bad-alone.toml").write_text(SIMPLE)
    (HERE / "SOURCES.md").write_text(
        "# Fixtures\n\nAll made by us: `../make_fixtures.py` simulates them. Instruments, programs and samples are "
        "invented, no byte comes from a real\nexport. Run the script to make them again; each `.expected` is what "
        "`microchim check-reader LIBRARY fixtures/ --print`\nsaid, reviewed by eye.\n"
    )


if __name__ == "__main__":
    main()
