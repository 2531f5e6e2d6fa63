"""Makes fixtures/ from nothing: no value in it was measured. Run it in this folder; then
microchim check-reader build/lib/microchim/thermo-design-analysis.so plugins/thermo-design-analysis/fixtures --print
"""

import csv
import io
import math
import pathlib
import sys
import zipfile
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests/read"))
from xls import workbook as old_workbook  # noqa: E402

OUT = HERE / "fixtures"
SOURCES = """# Fixtures

All made by us: `../make_fixtures.py` invents them after the descriptions in `../README.md`; no value was measured, no
byte comes from a real export. Run the script to make them again; each `.expected` is what
`microchim check-reader LIBRARY fixtures/ --print` said, reviewed by eye.
"""
CYCLES = range(1, 9)
SLOPE, INTERCEPT = -3.4, 38.0
# well, sample, target, task, reporter, quantity of a standard, Cq
PLATE = [
    ("A1", "Std 1", "SRY", "STANDARD", "FAM", 1000.0, 27.8),
    ("A2", "Std 2", "SRY", "STANDARD", "FAM", 100.0, 31.2),
    ("B1", "Day 28", "SRY", "UNKNOWN", "FAM", None, 33.5),
    ("B1", "Day 28", "RPP30", "UNKNOWN", "VIC", None, 24.1),
    ("B2", "Water", "SRY", "NTC", "FAM", None, None),
]
V1_LINES = [
    ("Block Type", "96-Well 0.1-mL Block"),
    ("Chemistry", "TAQMAN"),
    ("Experiment File Name", "C:\\runs\\graft.eds"),
    ("Experiment Name", "graft"),
    ("Experiment Run End Time", "2025-03-04 16:05:06 PM CET"),
    ("Experiment Type", "Standard Curve"),
    ("Instrument Name", "      QS3"),
    ("Instrument Serial Number", "272399999"),
    ("Instrument Type", "QuantStudio™ 3 System"),
    ("Passive Reference", "ROX"),
    ("Post-read Stage/Step", None),
    ("Stage/ Cycle where Ct Analysis is performed", "Stage2, Step2"),
]
V2_LINES = [
    ("File Name", "C:\\runs\\graft.eds"),
    ("Comment", None),
    ("Operator", "lab"),
    ("Barcode", "P0412"),
    ("Instrument Type", "QuantStudio™ 5 System"),
    ("Block Type", "96-Well 0.2-mL Block"),
    ("Instrument Serial Number", 272399998.0),
    ("Run Start Date/Time", "2025-03-04 12:04:59 AM CET"),
    ("Run End Data/Time", "2025-03-04 01:30:00 PM CET"),
    ("Passive Reference", "ROX"),
    ("PCR Stage/Step Number", "Stage 2 Step 2"),
    ("Software Name and Version", "Design & Analysis Software v2.7.0"),
    ("Plugin Name and Version", "Primary Analysis v1.8.0, Standard Curve v1.7.0"),
]
RESULTS = "Well,Well Position,Omit,Sample,Target,Task,Reporter,Quencher,Amp Status,Amp Score,Curve Quality,"
RESULTS = (
    RESULTS + "Result Quality Issues,Cq,Cq Confidence,Threshold,Auto Baseline,Baseline Start,Baseline End"
).split(",")
LINE = ["Well", "Well Position", "Sample", "Quantity", "Target", "Task", "Reporter", "Cq", "Y-Intercept", "R2", "Slope"]
LINE += ["Efficiency", "Omit"]


def number(well):
    return (ord(well[0]) - 65) * 12.0 + float(well[1:])


def curve(cq):
    return [0.4 if cq is None else round(0.4 + 1 / (1 + math.exp((cq - 24) / 3 - cycle + 4)), 4) for cycle in CYCLES]


def quantity(nominal, cq):
    return nominal if nominal else None if cq is None else 10 ** ((cq - INTERCEPT) / SLOPE)


# ---- Design & Analysis 1 ----


def v1_sheets(truth, lines):
    yes = {True: True, False: False} if truth is bool else {True: "true", False: "false"}
    setup = [["Well", "Well Position", "Sample Name", "Target Name", "Task", "Reporter", "Quantity", "Comments"]]
    setup += [[number(w), w, s, t, task, dye, q, ""] for w, s, t, task, dye, q, _ in PLATE]
    setup += [[number("B3"), "B3", "", "", "", "", "", ""]]
    results = [["Well", "Well Position", "Omit", "Sample Name", "Target Name", "Task", "Reporter", "CT", "Ct Mean"]]
    results[0] += [
        "Quantity",
        "Y-Intercept",
        "R(superscript 2)",
        "Slope",
        "Efficiency",
        "Ct Threshold",
        "Baseline Start",
    ]
    results[0] += ["Baseline End", "Amp Status", "Comments", "HIGHSD", "NOAMP", "Tm1"]
    for w, s, t, task, dye, q, cq in PLATE:
        of_line = [INTERCEPT, 0.999, SLOPE, 96.8] if t == "SRY" else ["", "", "", ""]
        amount = quantity(q, cq) if t == "SRY" else None
        results += [
            [
                number(w),
                w,
                yes[w == "A2"],
                s,
                t,
                task,
                dye,
                "Undetermined" if cq is None else cq,
                cq,
                amount,
                *of_line,
                0.2,
                3.0,
                7.0,
                "No Amp" if cq is None else "Amp",
                "",
                "N",
                "Y" if cq is None else "N",
                "",
            ]
        ]
    curves = [["Well", "Well Position", "Cycle", "Target Name", "Rn", "Delta Rn"]]
    for w, _, t, _, _, _, cq in PLATE:
        curves += [[number(w), w, float(c), t, y, round(y - 0.4, 4)] for c, y in zip(CYCLES, curve(cq), strict=False)]
    curves += [[number("B3"), "B3", float(c), "", "", ""] for c in CYCLES]
    dyes = [["Well", "Well Position", "Cycle", "ROX", "FAM", "VIC"]]
    filters = [["Well", "Well Position", "Cycle", "x1-m1", "x4-m4"]]
    for w in ("A1", "B3"):
        dyes += [[number(w), f"      {w}", float(c), 1000.0 + c, 400.0, ""] for c in CYCLES]
        filters += [[number(w), f"      {w}", float(c), 900.5, 1200.0 + c] for c in CYCLES]
    melt = [["Well", "Reading", "Well Position", "Temperature", "Fluorescence", "Derivative", "Target Name"]]
    melt += [[1.0, float(i), "A1", 60.0 + i, 5.0 - i, 1.0, "SRY"] for i in range(3)]
    tables = {"Sample Setup": setup, "Raw Data": filters, "Amplification Data": curves, "Multicomponent Data": dyes}
    tables |= {"Results": results, "Melt Curve Raw Data": melt}
    return {name: [*map(list, lines), [], *rows] for name, rows in tables.items()}


# ---- Design & Analysis 2 ----


def v2_results(verdict):
    rows = [RESULTS]
    for w, s, t, task, dye, _, cq in PLATE:
        status, none = ("No Amp" if cq is None else "Amp"), "Undetermined"
        if verdict is str:
            status, none = status.upper().replace(" ", "_"), none.upper()
        issue = "NOISE, THOLDFAIL" if cq is None else ""
        rows += [[number(w), w, "TRUE" if w == "A2" else "FALSE", s, t, task, dye, "NFQ-MGB", status, 1.25, "", issue]]
        rows[-1] += [none if cq is None else cq, 0.98, 0.2, "TRUE", 3.0, 7.0]
    return rows


def v2_tables():
    line = [LINE]
    for w, s, t, task, dye, q, cq in PLATE:
        of_line = [INTERCEPT, 0.999, SLOPE, 96.8] if t == "SRY" else ["", "", "", ""]
        amount = quantity(q, cq) if t == "SRY" else None
        line += [[number(w), w, s, amount, t, task, dye, "UNDETERMINED" if cq is None else cq, *of_line, "FALSE"]]
    curves = [["Well", "Well Position", "Cycle Number", "Target", "Rn", "dRn", "Sample", "Omit"]]
    for w, s, t, _, _, _, cq in PLATE:
        curves += [
            [number(w), w, float(c), t, y, round(y - 0.4, 4), s, "FALSE"]
            for c, y in zip(CYCLES, curve(cq), strict=False)
        ]
    dyes = [["Well", "Well Position", "Stage Number", "Step Number", "Cycle Number", "FAM", "ROX"]]
    dyes += [[number(w), w, 2.0, 2.0, float(c), 400.0, 1000.0 + c] for w in ("A1", "H12") for c in CYCLES]
    filters = [["Well", "Well Position", "Cycle Number", "X1_M2", "X1_M1"]]
    filters += [[1.0, "A1", float(c), 900.5, 1200.0 + c] for c in CYCLES]
    group = [["Sample", "Target", "Number of Replicates", "Quantity", "Number of Cqs", "Cq Mean", "Biogroup"]]
    group += [["Day 28", "SRY", 1.0, "-", 0.0, 33.5, None], ["Std 1", "SRY", 1.0, 1000.0, 0.0, 27.8, None]]
    tables = {"Results": v2_results(str), "Amplification Data": curves, "Multicomponent": dyes, "Raw Data": filters}
    return tables | {"Replicate Group Result": group, "Standard Curve Result": line}


def diomni_tables():
    results = [["Well", "Sample", "Target", "Task", "Reporter", "Amp Status", "Cq", "Quality issue(s)"]]
    results += [["A01", "Day 28", "SRY", "UNKNOWN", "FAM", "AMP", "33.5", ""]]
    results += [["A02", "Control", "SRY", "POSITIVE_CONTROL", "FAM", "AMP", "24.25", "CQCONF, NOISE"]]
    results += [["B01", "Water", "SRY", "NTC", "FAM", "NO_AMP", "UNDETERMINED", ""]]
    call = [["Well", "Sample", "Target", "Reporter", "Cq", "Call"]]
    call += [["A01", "Day 28", "SRY", "FAM", "33.5", "POSITIVE"], ["B01", "Water", "SRY", "FAM", "", "NEGATIVE"]]
    return {"Primary_result": results, "Target Call": call}


# ---- files ----


def xlsx(sheets):
    def cell(value):
        if value is None:
            return "<c/>"
        if isinstance(value, bool):
            return f"<c t='b'><v>{value:d}</v></c>"
        if isinstance(value, float):
            return f"<c><v>{value!r}</v></c>"
        return f"<c t='inlineStr'><is><t xml:space='preserve'>{escape(value)}</t></is></c>"

    names = list(sheets)
    parts = {"[Content_Types].xml": "<Types/>"}
    parts["xl/workbook.xml"] = (
        "<workbook xmlns:r='r'><sheets>"
        + "".join(f"<sheet name='{n}' sheetId='{i}' r:id='r{i}'/>" for i, n in enumerate(names, 1))
        + "</sheets></workbook>"
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        "<Relationships>"
        + "".join(f"<Relationship Id='r{i}' Target='worksheets/sheet{i}.xml'/>" for i in range(1, len(names) + 1))
        + "</Relationships>"
    )
    for i, name in enumerate(names, 1):
        rows = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in sheets[name])
        parts[f"xl/worksheets/sheet{i}.xml"] = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return memory.getvalue()


def text(lines, rows):
    def cell(value):
        return (
            f"{value:.0f}" if isinstance(value, float) and value == int(value) else "" if value is None else str(value)
        )

    width = max(map(len, rows))
    memory = io.StringIO()
    writer = csv.writer(memory, lineterminator="\r\n")
    for row in [*map(list, lines), [], *rows]:
        writer.writerow([*map(cell, row), *[""] * (width - len(row))])
    return memory.getvalue().encode()


def changed(rows, row, column, cell):
    out = [list(line) for line in rows]
    out[row][out[0].index(column)] = cell
    return out


def without(rows, *columns):
    keep = [i for i, name in enumerate(rows[0]) if name not in columns]
    return [[row[i] for i in keep] for row in rows]


def write(name, content):
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    assert len(content) <= 15 * 1024, (name, len(content))


def main():
    old = v1_sheets(bool, V1_LINES)  # two sheets only: an .xls is not packed
    write("v1-standard.xls", old_workbook({name: old[name] for name in ("Sample Setup", "Results")}))
    comparative = v1_sheets(str, [(k, "Comparative Cт (ΔΔCт) " if k == "Experiment Type" else v) for k, v in V1_LINES])
    comparative["Results"] += [["Analysis Type", "Singleplex"], ["Endogenous Control", "RPP30"]]
    write("v1-comparative.xlsx", xlsx(comparative))

    tables = v2_tables()
    write("v2.xlsx", xlsx({name: [*map(list, V2_LINES), [], *rows] for name, rows in tables.items()}))
    older = [
        ("Run End Date/Time" if key == "Run End Data/Time" else key, value.replace("2.7.0", "2.6.2"))
        if isinstance(value, str)
        else (key, value)
        for key, value in V2_LINES
    ]
    stamp = "_20250304 150102.csv"
    write("v2-csv/graft_Results" + stamp, text(older, v2_results(bool)))
    write("v2-csv/graft_Amplification Data" + stamp, text(older, tables["Amplification Data"]))
    write("v2-csv/graft_Replicate Group Result" + stamp, text(older, tables["Replicate Group Result"]))
    write("v2-module-only.csv", text(older, tables["Standard Curve Result"]))
    cut = without(v2_results(str), "Well", "Omit", "Sample", "Target", "Quencher", "Amp Status", "Amp Score")
    write("v2-no-target.csv", text(older, cut))
    write("two-runs/one.csv", text(older, v2_results(bool)))
    other = [(k, "C:\\runs\\later.eds" if k == "File Name" else v) for k, v in older]
    write("two-runs/two.csv", text(other, v2_results(bool)))
    write("two-runs/again.csv", text(older, changed(v2_results(bool), 1, "Cq", 28.0)))

    lines = [("File Name", "graft.eds"), ("For Research Use Only. Not for use in diagnostic procedures.",)]
    lines += [("Software name", "Diomni Design and Analysis"), ("Software version", "4.3.0")]
    lines += [("Instrument Type", "QuantStudio™ 7 Pro System"), ("Block Type", "96-Well 0.2-mL Block")]
    write("diomni.xlsx", xlsx({name: [*map(list, lines), [], *rows] for name, rows in diomni_tables().items()}))

    good = v2_results(bool)
    write("bad-number.csv", text(older, changed(good, 1, "Cq", "27,8x")))
    write("bad-task.csv", text(older, changed(good, 1, "Task", "MAYBE")))
    write("bad-well.csv", text(older, changed(good, 1, "Well Position", "Z9")))
    write("bad-twice.csv", text(older, [*good, good[1]]))
    write("bad-no-target.csv", text(older, without(good, "Target", "Reporter")))
    write("bad-cycle-twice.csv", text(older, changed(tables["Amplification Data"], 2, "Cycle Number", 1.0)))
    write("bad-no-rows.csv", text(older, good[:1]))
    (OUT / "SOURCES.md").write_text(SOURCES)


main()
