#!/usr/bin/env python3
"""Writes fixtures/ from simulated curves; run it again after a change and look at the difference.

Only the layout of the files follows LightCycler 96; names and numbers are made up. bad-* must be refused. The same
script writes the same bytes.
"""

import io
import pathlib
import uuid
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
RNG = np.random.default_rng(20261126)
CYCLES = 10
XML = '<?xml version="1.0" encoding="utf-8"?>\n'


def key(*words):
    """A random key that is the same every time."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, " ".join(str(word) for word in words)))


def tag(name, /, *content, **attributes):
    words = "".join(f' {word}="{value}"' for word, value in attributes.items())
    inside = "".join(str(part) for part in content)
    return f"<{name}{words}>{inside}</{name}>\n" if inside else f"<{name}{words} />\n"


def write(name, data):
    path = HERE / name
    data = data.encode() if isinstance(data, str) else data
    assert len(data) <= 15_000, name
    path.write_bytes(data)


def archive(name, files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for inside, text in files.items():
            packed.writestr(zipfile.ZipInfo(inside), text, zipfile.ZIP_DEFLATED)
    write(name, buffer.getvalue())


# position: (sample, type, {gene: (call, cq, standard, concentration, excluded)})
WELLS = {
    1: ("Standard 1", "std", {"SRY": ("Positive", 5.1, 20, 19.5, False), "RPP30": ("Positive", 4.2, 40, 41.0, False)}),
    2: ("Patient", "unkn", {"SRY": ("Positive", 7.25, None, 4.5, False), "RPP30": ("Positive", 4.5, None, 33.0, True)}),
    13: ("Water", "ntc", {"SRY": ("Negative", None, None, None, False), "RPP30": ("Positive", 9.9, None, 0.01, False)}),
}
DYES = {"SRY": "FAM", "RPP30": "VIC"}
CHANNELS = ["FAM", "VIC", "Texas Red", "Cy5"]
CURVES = {
    (well, dye): np.round(0.2 + 0.02 * RNG.normal(size=CYCLES) + 1 / (1 + np.exp(5.5 - np.arange(CYCLES))), 5)
    for well in WELLS
    for dye in CHANNELS
}


def channels(genes):
    """(dye, gene or None, id of the target) of all four channels, used or not."""
    by_dye = {DYES[gene]: gene for gene in genes}
    return [(dye, by_dye.get(dye), f"{dye}@{by_dye.get(dye) or key('channel', dye)}") for dye in CHANNELS]


def rdml_data(*, run=True, genes=True):
    targets = {t: dye for _, _, wells in WELLS.values() for dye, _, t in channels(wells if genes else {})}
    reacts = []
    for number, (sample, _, wells) in WELLS.items():
        data = []
        for dye, gene, target in channels(wells if genes else {}):
            call = wells.get(gene or {v: k for k, v in DYES.items()}.get(dye), (None, None))
            values = CURVES[number, dye]
            points = (
                tag("adp", tag("cyc", c + 1), tag("tmp", f"72.01{c}"), tag("fluor", v)) for c, v in enumerate(values)
            )
            melt = [tag("mdp", tag("tmp", 65 + i), tag("fluor", 1.5 - i / 4)) for i in range(3 if gene == "SRY" else 0)]
            cq = tag("cq", call[1]) if call[1] else ""
            data.append(tag("data", tag("tar", id=target), cq, *points, *melt, tag("endPt", 1.2)))
        reacts.append(tag("react", tag("sample", id=key("sample", sample)), *data, id=number))
    form = tag("pcrFormat", tag("rows", 8), tag("columns", 12), tag("rowLabel", "ABC"), tag("columnLabel", "123"))
    software = tag("dataCollectionSoftware", tag("name", "LightCycler&amp;#174; 96"), tag("version", "1.01"))
    return XML + tag(
        "rdml",
        tag("dateMade", "2026-11-26T09:00:00"),
        tag("id", tag("publisher", "Roche Diagnostics"), tag("serialNumber", "0017")),
        *(tag("dye", id=dye) for dye in CHANNELS),
        *(
            tag("sample", tag("description", sample), tag("type", kind), id=key("sample", sample))
            for sample, kind, _ in WELLS.values()
        ),
        *(
            tag("target", tag("type", "toi"), tag("amplificationEfficiency", 0), tag("dyeId", id=dye), id=target)
            for target, dye in targets.items()
        ),
        tag(
            "experiment",
            tag("run", tag("instrument", "LC96SN17"), software, form, *(reacts if run else ()), id=key("run")),
            id=key("experiment"),
        ),
        version="1.1",
        xmlns="http://www.rdml.org",
    )


def graphs(wells, make, genes=True):
    """<run> with what make(well, target id, dye, gene, facts) says of every used channel."""
    reacts = []
    for number, (_, _, facts) in wells.items():
        inside = [
            make(number, target, dye, gene or {v: k for k, v in DYES.items()}.get(dye), facts)
            for dye, gene, target in channels(facts if genes else {})
            if gene or not genes
        ]
        reacts.append(tag("react", *(["<condition>10ul</condition>"] if number == 2 else []), *inside, id=number))
    return tag("run", *reacts, id=key("run"))


def calculated_data(genes=True):
    def graph(number, target, dye, gene, facts):
        call = facts[gene][0] if gene in facts else "Negative"
        values = CURVES[number, dye] - CURVES[number, dye][:3].mean()
        normalised = (
            tag("normFlour", tag("cyc", c + 1), tag("fluor", round(float(v), 7))) for c, v in enumerate(values)
        )
        melt = (tag("drvMel", tag("tmp", 65.5 + i), tag("fluordrv", 0.25)) for i in range(2)) if gene == "SRY" else ()
        return tag(
            "factGraph",
            tag("call", call),
            tag("slope", 0.36),
            tag("p1", 0.2),
            *normalised,
            *melt,
            id=key(number, dye),
            targetId=target,
        )

    def source(number, gene, facts):
        call, cq, standard, concentration, _ = facts
        said = {"cq": cq, "standard": standard, "concentration": concentration}
        return tag(
            "absQuantDataSource",
            tag("graphId", key(number, DYES[gene])),
            tag("call", call),
            tag("editedCall", "false"),
            *(tag(name, value) for name, value in said.items() if value is not None),
            tag("failureType", "NegIsPositive" if (number, gene) == (13, "RPP30") else "None"),
        )

    def settings(gene, efficiency):
        points = tag("standardPoint", tag("graphIds", tag("guid", key(1, DYES[gene]))))
        return tag(
            "absQuantGeneSettings",
            tag("id", key("gene", gene)),
            tag("efficiency", efficiency),
            tag("slope", -3.4),
            tag("yIntercept", 9.5),
            tag("standardPoints", points),
        )

    row = tag(
        "absQuantStatisticalRow",
        tag("graphIds", tag("guid", key(2, "FAM"))),
        tag("cqMean", 7.25),
        tag("concentrationMean", 4.5),
    )
    model = tag(
        "absQuantDataModel",
        tag("dataSource", *(source(n, g, f) for n, (_, _, facts) in WELLS.items() for g, f in facts.items())),
        tag("settings", tag("geneSettings", settings("SRY", 1.97), settings("RPP30", 2.01))),
        tag("statisticalDataSource", row),
    )
    instances = [
        tag("analysisInstance", tag("instanceData", model), id=key("abs")),
        tag("analysisInstance", tag("instanceData", tag("relQuantDataModel")), id=key("rel")),
    ]
    module = tag("module", tag("analysisCalulatedData", *instances), id="Analysis")
    return XML + tag(
        "rocheLC96CalculatedData",
        tag("experiment", graphs(WELLS, graph, genes), tag("moduleCalculatedData", module), id=key("experiment")),
        xmlns="http://www.roche.ch/LC96CalculatedDataSchema",
    )


def app_data():
    def graph(number, target, dye, gene, facts):
        standard = {"geneConcentration": facts[gene][2]} if facts[gene][2] else {}
        excluded = str(facts[gene][4]).lower()
        return tag("factGraph", id=key(number, dye), targetId=target, **standard, isExcluded=excluded)

    return XML + tag(
        "rocheLC96AppExtension",
        tag("experiment", graphs(WELLS, graph), id=key("experiment")),
        softwareVersion="1.1.0.1320",
        xmlns="http://www.roche.ch/LC96AppExtensionSchema",
    )


def module_data():
    def source(number, gene):
        excluded = "true" if (number, gene) == (1, "RPP30") else "false"
        return tag("absQuantDataSource", tag("graphId", key(number, DYES[gene])), tag("excluded", excluded))

    def settings(gene):
        return tag("absQuantGeneSettings", tag("id", key("gene", gene)), tag("geneName", gene))

    model = tag(
        "absQuantDataModel",
        tag("dataSource", *(source(n, g) for n, (_, _, facts) in WELLS.items() for g in facts)),
        tag("settings", tag("geneSettings", *(settings(gene) for gene in DYES))),
    )
    instances = [
        tag("analysisInstance", tag("instanceData", model), id=key("abs"), type="AbsQuant", name="Abs Quant"),
        tag("analysisInstance", id=key("rel"), type="RelQuant", name="Rel Quant"),
    ]
    return XML + tag(
        "rocheLC96ModuleData",
        tag("experiment", tag("module", tag("analysisData", *instances), id="Analysis"), id=key("experiment")),
        xmlns="http://www.roche.ch/LC96ModuleDataSchema",
    )


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    instrument = XML + tag(
        "rocheLC96InstrumentData", tag("experiment", id=key("experiment"), plateId="", sampleVolume="10")
    )
    about = tag("experiment", analysisPresent="true", state="processed")
    manifest = XML + tag("lc96manifest", about, Version="1.00.00")
    every = {
        "manifest.xml": manifest,
        "rdml_data.xml": rdml_data(),
        "instrument_data.xml": instrument,
        "app_data.xml": app_data(),
        "module_data.xml": module_data(),
        "calculated_data.xml": calculated_data(),
    }
    archive("plate.lc96p", every)
    archive("export.rdml", every)
    analysed = ("calculated_data.xml", "module_data.xml")
    archive("not-analysed.lc96p", {k: v for k, v in every.items() if k not in analysed})
    unnamed = {"rdml_data.xml": rdml_data(genes=False), "calculated_data.xml": calculated_data(genes=False)}
    archive("no-genes.lc96p", every | unnamed)
    write("rdml_data.xml", rdml_data())
    archive("bad-not-run.lc96p", every | {"rdml_data.xml": rdml_data(run=False)})
    archive("bad-no-rdml.lc96p", {k: v for k, v in every.items() if k != "rdml_data.xml"})
    write("bad-part.xml", app_data())
    archive(
        "bad-number.lc96p",
        every | {"calculated_data.xml": calculated_data().replace("<cq>7.25<", "<cq>7,25<")},
    )
    archive("bad-cycle.lc96p", every | {"calculated_data.xml": calculated_data().replace("<cyc>2<", "<cyc>1<", 1)})
    archive("bad-cut.lc96p", every | {"calculated_data.xml": calculated_data()[:2000]})
