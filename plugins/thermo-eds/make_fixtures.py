#!/usr/bin/env python3
"""Writes fixtures/ from simulated curves; run it again after a change and look at the difference.

Only the layout of the files follows the instrument programs; names and numbers are made up. bad-* must be refused. The
same script writes the same bytes.
"""

import json
import pathlib
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
RNG = np.random.default_rng(20261126)
CYCLES = 12
SDS = "apldbio/sds/"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def tag(name, *content, **attributes):
    words = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{words}>{''.join(str(part) for part in content)}</{name}>\n"


def curve(middle, top):
    """A reporter over the cycles, and its passive reference."""
    x = np.arange(1, CYCLES + 1)
    reference = RNG.normal(2000, 5, CYCLES)
    reporter = reference * (0.5 + 0.002 * x + top / (1 + np.exp(-(x - middle))))
    return np.round(reporter, 2), np.round(reference, 2)


def write(name, files):
    """A zip with nothing in it that changes from day to day."""
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, text in files.items():
            info = zipfile.ZipInfo("x", (2026, 1, 1, 0, 0, 0))
            info.filename = entry  # with its backslashes
            archive.writestr(info, text, zipfile.ZIP_DEFLATED)


# ---- first generation ----

# well: (sample, {target: (task, concentration)})
WELLS = {
    0: ("Std 1", {"SRY": ("STANDARD", 1000.0), "RPP30": ("STANDARD", 500.0)}),
    1: ("Patient", {"SRY": ("UNKNOWN", 1.0), "RPP30": ("UNKNOWN", 1.0)}),
    12: ("Patient", {"SRY": ("UNKNOWN", 1.0)}),
    13: ("Water", {"SRY": ("NTC", 1.0), "IPC": ("IPC", 1.0)}),
    95: ("Blank", {}),
}
DYES = {"SRY": "FAM", "RPP30": "VIC", "IPC": "VIC"}


def manifest(title, version, specification):
    title = f"Implementation-Title: {title}\r\n" if title else ""
    return (
        f"Manifest-Version: 1.0\r\nContent-Type: Std\r\n{title}Implementation-Version: {version}\r\n"
        "Specification-Title: Experiment Document Specification\r\n"
        f"Specification-Version: {specification}\r\n\r\n"
    )


def experiment(name, state="COMPLETE", instrument="appletini"):
    return XML + tag(
        "Experiment",
        tag("Name", name),
        tag("Operator", "A. Tech"),
        tag("RunState", state),
        tag("RunStartTime", 1582218408585 if state == "COMPLETE" else 0),
        tag("Type", tag("Id", "Std"), tag("Name", "Standard Curve")),
        tag("ChemistryType", "TAQMAN"),
        tag("InstrumentTypeId", instrument),
        tag(
            "ExperimentProperty",
            tag("PropertyValue", tag("String", "27281234"), key="instrumentSerialNumber"),
            tag("PropertyValue", tag("String", "Software v1.5.1"), key="softwareVersion"),
            type="RunInfo",
        ),
        tag("ExperimentProperty", tag("PropertyValue", tag("Boolean", "true"), key="isLog"), type="SomePlot"),
    )


def feature(name, values):
    items = (tag("FeatureValue", tag("Index", i), tag("FeatureItem", item)) for i, item in values.items())
    return tag("FeatureMap", tag("Feature", tag("Id", name), tag("Name", name)), *items)


def plate_setup(wells, omitted=(), passive="ROX"):
    def detector(target):
        return tag("Detector", tag("Name", target), tag("Reporter", DYES[target]), tag("Quencher", "NFQ-MGB"))

    def assays(targets):
        return tag(
            "DetectorTaskList",
            *(
                tag("DetectorTask", tag("Task", task), tag("Concentration", value), detector(target))
                for target, (task, value) in targets.items()
            ),
        )

    samples = {i: tag("Sample", tag("Name", sample), tag("Color", -1)) for i, (sample, _) in wells.items()}
    return XML + tag(
        "Plate",
        tag("Name"),
        tag("Rows", 8),
        tag("Columns", 12),
        feature("marker-task", {}),
        feature("sample", samples),
        feature("comment", {1: tag("Comment", "looked cloudy")}),
        feature("detector-task", {i: assays(targets) for i, (_, targets) in wells.items() if targets}),
        tag(
            "Wells",
            *(
                tag("Well", tag("Index", i), tag("IsOmit", str(i in omitted).lower()), tag("FlagName", "TAF-SRY"))
                for i in wells
            ),
        ),
        tag("PassiveReferenceDye", passive),
    )


def program(cycles=CYCLES):
    def step(*, collect):
        return tag("TCStep", tag("CollectionFlag", collect), tag("Temperature", "60.0"), tag("HoldTime", 60))

    return XML + tag(
        "TCProtocol",
        tag("SampleVolume", "20.0"),
        tag("TCStage", tag("StageFlag", "PRE_CYCLING"), tag("NumOfRepetitions", 1), step(collect=0)),
        tag("TCStage", tag("StageFlag", "CYCLING"), tag("NumOfRepetitions", cycles), step(collect=1)),
    )


def protocol(automatic="true"):
    def settings(kind, **values):
        kinds = {int: "Integer", float: "Double", str: "String"}
        items = (
            tag(
                "JaxbSettingValue",
                tag("Name", name),
                tag("JaxbValueItem", tag("Value", value), type=kinds[type(value)]),
            )
            for name, value in values.items()
        )
        return tag("JaxbAnalysisSettings", tag("Type", f"com.apldbio.sds.platform.core.analysis.{kind}"), *items)

    def well(**values):
        return settings("IWellSettings", ObjectName="SRY", **values)

    window = {"BaselineStart": 3, "BaselineStop": 9, "AutoBaseline": automatic, "AutoCt": "true"}
    return XML + tag(
        "JaxbAnalysisProtocol",
        settings("IDetectorSettings", ObjectName="AnalysisProtocol.DEFAULT_SETTINGS", Threshold=0.2),
        settings("IDetectorSettings", ObjectName="SRY", Threshold=0.15, **window),
        settings("IDetectorSettings", ObjectName="RPP30", Threshold=0.25, **window),
        well(WellIndex=0, BaselineStart=3, BaselineStop=5, UseDetectorDefaults="true"),
        well(WellIndex=1, BaselineStart=2, BaselineStop=6, UseDetectorDefaults="false"),
        settings("IDataSelectSettings", StageNum=2, StepNum=1, PointNum=1, MeltStageNum=3, ObjectName="x"),
    )


def signals():
    """{well: {dye: values}} of the cycles."""
    out = {}
    for i, (_, targets) in WELLS.items():
        dyes = {}
        for number, target in enumerate(targets):
            reporter, reference = curve(7 + i / 4 + number, 2.0 if i != 13 or target == "IPC" else 0.0)
            dyes[DYES[target]] = reporter
            dyes["ROX"] = reference
        out[i] = dyes or {"ROX": curve(0, 0)[1]}
    return out


def multicomponent(measured):
    """With three points of melting behind the cycles."""
    points = [f"[Stg:2 Cyc:{c} Stp:1 Pt:1]" for c in range(1, CYCLES + 1)] + [
        f"[Stg:3 Cyc:1 Stp:2 Pt:{p}]" for p in (1, 2, 3)
    ]
    temperatures = [60.0] * CYCLES + [61.5, 62.5, 63.5]

    def data(values):
        return tag("CycleData", "[" + ", ".join(f"{v:.2f}" for v in [*values, 900.0, 850.5, 800.25]) + "]")

    return XML + tag(
        "MulticomponentData",
        tag("WellCount", 96),
        tag("CycleCount", len(points)),
        tag("CollectionPoints", "[" + ", ".join(points) + "]"),
        tag("SampleTemperatures", "\t".join(str(t) for t in temperatures * 96)),
        *(tag("DyeData", tag("DyeList", "[" + ", ".join(dyes) + "]"), WellIndex=i) for i, dyes in measured.items()),
        *(tag("SignalData", *(data(v) for v in dyes.values()), WellIndex=i) for i, dyes in measured.items()),
    )


HEADER = "Well\tSample Name\tDetector\tTask\tCt\tAvg Ct\tCt SD\tDelta Ct\tQty\tAvg Qty\tQty SD\tAmp Status\tCq Conf"


def analysis(measured, header=HEADER):
    verdicts = {(0, "SRY"): ("6.125", "1"), (1, "SRY"): ("7.5", "0"), (1, "RPP30"): ("9.25", "-1")}
    lines = ["Session Name\tevening", header]
    for i, (sample, targets) in WELLS.items():
        for target in targets:
            ct, status = verdicts.get((i, target), (f"{CYCLES}.0", "-1"))
            quantity = "812.5" if (i, target) == (1, "SRY") else ""
            rn = measured[i][DYES[target]] / measured[i]["ROX"]
            lines.append(f"{i}\t{sample}\t{target}\tTarget\t{ct}\t{ct}\t\t\t{quantity}\t\t\t{status}\t0.97")
            lines.append("Rn values\t" + "\t".join(f"{v:.7g}" for v in rn))
            lines.append("Delta Rn values\t" + "\t".join(f"{v:.7g}" for v in rn - rn[:5].mean()))
            lines.append(f"DDCT Values\t{i}\t\t{sample}")
    return "\r\n".join(lines) + "\r\n"


def melting():
    return "\r\n".join(
        [
            "Session Name\t",
            "Well\tSample Name\tDetector\tTask\tTm",
            "0\tStd 1\tSRY\tTarget\t84.5",
            "Sample Temperatures\t60.0\t61.0\t62.0",
            "Rn values\t3.5\t3.25\t3.0",
            "Delta Rn Sample Temperatures\t60.5\t61.5",
            "Delta Rn values\t0.25\t0.25",
            "",
        ]
    )


def filter_data():
    def reading(cycle, name):
        values = "\t".join(f"{100 * cycle + well}.5" for well in range(96))
        attributes = {"FILTER_SET": name, "EXPOSURE": 600}
        pairs = (tag("Attribute", tag("key", key), tag("value", value)) for key, value in attributes.items())
        return tag("PlateData", tag("WellData", values), *pairs)

    return XML + tag(
        "PlatePointDataCollection",
        *(
            tag(
                "PlatePointData",
                tag("Stage", 2),
                tag("Cycle", cycle),
                tag("Step", 1),
                tag("Point", 1),
                *(reading(cycle, name) for name in ("x1-m1", "x2-m2")),
            )
            for cycle in (1, 2, 3)
        ),
    )


def first():
    measured = signals()
    files = {
        SDS + "Manifest.mf": manifest("QuantStudio 3 and 5 Software", "1.5.1", "1.3.2"),
        SDS + "experiment.xml": experiment("evening run"),
        SDS + "plate_setup.xml": plate_setup(WELLS, omitted={12}),
        SDS + "tcprotocol.xml": program(),
        SDS + "analysis_protocol.xml": protocol(),
        SDS + "analysis_result.txt": analysis(measured),
        SDS + "multicomponentdata.xml": multicomponent(measured),
        SDS + "meltcuve_result.txt": melting(),
        SDS + "filterdata.xml": filter_data(),
        SDS + "quant/S02_C001_T01_P0001_M1_X1_E1.quant": "[image]\r\n",
    }
    write("quantstudio.eds", files)

    def without(*names, **changes):
        return {
            k: changes.get(k[len(SDS) :].split(".")[0], v) for k, v in files.items() if not any(n in k for n in names)
        }

    def small(**changes):
        """What every test changes a thousand times should be short."""
        return without("multicomponent", "meltcuve", "filterdata", "quant/", **changes)

    write("two runs/morning.eds", small(experiment=experiment("morning run")))
    write("two runs/evening.eds", small())
    write("two runs/evening, copy.eds", small())
    write("not-analysed.eds", without("analysis_result", "meltcuve", "analysis_protocol", "filterdata"))
    old = HEADER.replace("\tAmp Status\tCq Conf", "")
    write(
        "no-reference.eds", small(plate_setup=plate_setup(WELLS, passive=""), analysis_result=analysis(measured, old))
    )
    no_data = {k: v for k, v in small().items() if "analysis_result" not in k}
    write("bad-template.edt", no_data)
    running = {SDS + "experiment.xml": experiment("mid run", "RUNNING"), SDS + "quant/S02_C001.quant": "[image]\r\n"}
    write("bad-not-separated.eds", no_data | running)
    write("bad-no-plate.eds", {k: v for k, v in small().items() if "plate_setup" not in k})
    write("bad-task.eds", small(plate_setup=plate_setup(WELLS).replace(">NTC<", ">BLANK<")))
    write("bad-well.eds", small(plate_setup=plate_setup(WELLS).replace("<Index>95<", "<Index>96<")))
    write("bad-number.eds", small(analysis_result=analysis(measured).replace("6.125", "6.l25")))
    write("bad-twice.eds", small(analysis_result=analysis(measured) + analysis(measured).split("\r\n", 2)[2]))
    write("bad-header.eds", small(analysis_result=analysis(measured).replace("Well\t", "Place\t")))
    write("bad-xml.eds", small(plate_setup=plate_setup(WELLS)[:900]))
    dyes = {"bad-dyes.eds": ("[FAM, ROX, VIC]", "[FAM]"), "bad-points.eds": ("Cyc:2 ", "Cyc:0 ")}
    for name, change in dyes.items():
        write(name, small() | {SDS + "multicomponentdata.xml": multicomponent(measured).replace(*change)})


def seven_thousand_five_hundred():
    """No results; records without a dye go on in the same line, and names have backslashes."""
    lines = ["StepOne v2.0 MulticomponentData", "", "WELL\tCYCLE\tDYE LIST\tMSE\tSIGNAL DATA\tPURE_DYE_DATA"]
    text = "\n".join(lines) + "\n"
    for i, (_, targets) in ((0, WELLS[0]), (1, WELLS[1])):
        reporter, reference = curve(6 + i, 2.0)
        del targets
        for cycle in range(CYCLES):
            for dye, values in (("FAM", reporter), ("ROX", reference)):
                text += f"{i}\t{cycle}\t{dye}\t12.5\t{values[cycle]:.2f}\t1.0\n" + "\t\t\t\t\t0.25\n" * 4
            text += f"{i}\t{cycle}\t12.5\t" * 3
    text += "".join(f"{i}\t{cycle}\t0.0\t" for i in (2, 3) for cycle in range(3))
    wells = {0: ("10000", {"SRY": ("STANDARD", 10000.0)}), 1: ("pop1", {"SRY": ("UNKNOWN", 1.0)})}
    files = {
        SDS + "Manifest.mf": manifest("", "7500 Software v2.3", "1.1.1"),
        SDS + "experiment.xml": experiment("first example", instrument="sds7500fast"),
        SDS + "plate_setup.xml": plate_setup(wells),
        SDS + "tcprotocol.xml": program(),
        SDS + "analysis_protocol.xml": protocol("false"),
        SDS + "multicomponent_data.txt": text,
        "APLDBIO\\SDS\\CALIBRATIONS/background.ini": "[a]\n",
        "[Content_Types].xml": XML + "<Types/>",
        "xl/workbook.xml": XML + "<workbook/>",
    }
    write("7500.eds", files)
    bad = dict(files)
    bad[SDS + "multicomponent_data.txt"] = text.replace("1\t3\tFAM\t", "1\tthree\tFAM\t")
    write("bad-record.eds", bad)


# ---- second generation ----


def second():
    setup = {
        "blockType": "BLOCK_96W_02ML",
        "passiveReference": "ROX",
        "targets": [{"name": "SRY", "reporter": "FAM"}, {"name": "RPP30", "reporter": "VIC"}],
        "wells": [
            {
                "index": 0,
                "sampleName": "Std 1",
                "targetAssignments": [{"targetName": "SRY", "task": "STANDARD", "quantity": 1000.0}],
            },
            {
                "index": 1,
                "sampleName": "Patient",
                "targetAssignments": [{"targetName": t, "task": "UNKNOWN", "quantity": 0.0} for t in ("SRY", "RPP30")],
            },
            {
                "index": 12,
                "sampleName": "Water",
                "omitted": True,
                "targetAssignments": [{"targetName": "SRY", "task": "NTC"}],
            },
        ],
    }
    reactions, wells = [], []
    for index, target, cq, status in (
        (0, "SRY", 6.125, "AMP"),
        (1, "SRY", 7.75, "AMP"),
        (1, "RPP30", float("nan"), "NO_AMP"),
        (12, "SRY", float("nan"), "NO_AMP"),
    ):
        reporter, reference = curve(7 + index / 4, 2.0 if cq == cq else 0.0)
        rn = [round(float(v), 6) for v in reporter / reference]
        amplification = {
            "rn": rn,
            "deltaRn": [round(v - rn[3], 6) for v in rn],
            "cq": cq,
            "cqConf": 0.98,
            "ctThreshold": 0.2,
            "ctBaselineStart": 3,
            "ctBaselineEnd": 7,
            "ampStatus": status,
            "flags": ["NOISE"] if index == 12 else [],
        }
        melt = {"rn": [3.5, 3.25, 3.0], "rnTemperatures": [60.0, 61.0, 62.0], "tms": [84.5]}
        reactions.append((index, {"targetName": target, "amplificationResult": amplification, "meltResult": melt}))
        dye = {"SRY": "FAM", "RPP30": "VIC"}[target]
        wells.append((index, {"dyeName": dye, "fluorescences": [float(v) for v in reporter]}))
        if index != 12 and target == "SRY":
            wells.append((index, {"dyeName": "ROX", "fluorescences": [float(v) for v in reference]}))

    def grouped(pairs, key):
        return [
            {"wellIndex": i, "sampleName": "Patient" if i == 1 else "", key: [v for j, v in pairs if j == i]}
            for i in sorted({i for i, _ in pairs})
        ]

    results = {
        "wellResults": grouped(reactions, "reactionResults"),
        "replicateGroupResults": [{"sampleName": "Patient", "targetName": "SRY", "cqMean": 7.75, "cqSD": float("nan")}],
    }
    dyes = {
        "collectionPoints": [{"stage": 2, "cycle": c, "step": 2, "point": 1} for c in range(1, CYCLES + 1)],
        "wellData": grouped(wells, "dyeData"),
    }
    standard = {
        "standardCurves": [{"targetName": "SRY", "slope": -3.4, "yIntercept": 16.3, "r2": 0.998, "efficiency": 96.8}],
        "reactions": [{"wellIndex": 1, "targetName": "SRY", "quantity": 332.5}],
    }
    files = {
        "Manifest.mf": manifest("qPCR File API", "2.5.6", "2.0.0"),
        "summary.json": {"name": "evening run", "instrumentType": "QS6PRO", "runStatus": "COMPLETED"},
        "setup/plate_setup.json": setup,
        "setup/run_method.json": {"sampleVolume": 10.0, "stages": [{"type": "PCR", "repeat": CYCLES, "steps": []}]},
        "run/run_summary.json": {"instrumentSerialNumber": "2780", "startTime": 1689999995000, "operator": "A. Tech"},
        "run/messages.log": "Info\n",
        "primary/analysis_result.json": results,
        "run/filter_data.json": [
            {
                "collectionPoint": {"stage": 2, "cycle": cycle, "step": 2, "point": 1},
                "filterData": [
                    {"filterSet": "X1_M1", "exposure": time, "wellFluorescences": [1.5] * 96} for time in (300, 600)
                ],
            }
            for cycle in (1, 2)
        ],
        "primary/multicomponent_data.json": dyes,
        "extensions/am.sc/standard_curve_result.json": standard,
    }
    files = {k: v if isinstance(v, str) else json.dumps(v) for k, v in files.items()}
    write("design-2.eds", files)
    write("design-2-not-analysed.eds", {k: v for k, v in files.items() if "result" not in k})
    write("bad-json-template.edt", {k: v for k, v in files.items() if not k.startswith(("primary", "ext", "run"))})
    write("bad-json.eds", {k: v[:700] if "analysis_result" in k else v for k, v in files.items()})
    write("bad-block.eds", {k: v.replace("BLOCK_96W_02ML", "BLOCK_OA") for k, v in files.items()})
    write("bad-cq.eds", {k: v.replace('"cq": 6.125', '"cq": "6.125"') for k, v in files.items()})


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    first()
    seven_thousand_five_hundred()
    second()
