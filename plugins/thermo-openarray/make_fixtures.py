#!/usr/bin/env python3
"""Writes fixtures/ in the layout of the OpenArray software; numbers and names are made up. bad-* must be refused."""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
COLUMNS = (
    "VersionInfo.ProductName,VersionInfo.ProductVersion,OpenArrayPlate.SerialNumber,Assay.Assay ID,Assay.Assay Name,"
    "Assay.Assay Type,Assay.AmplificationCurveDyeNames.0,ThroughHole.Ct,ThroughHole.Concentration,"
    "ThroughHole.ConcentrationUnit,ThroughHole.Outlier,ThroughHole.CtConfidence,ThroughHole.Address,"
    "ThroughHole.IntensityData.FAMTP.1,SampleInfo.SampleID,SampleInfo.Description,SampleInfo.Dilution"
)
ASSAYS = [("0001_SRY", "SRY", "TARG"), ("0002_RPP30", "RPP30", "ENDO"), ("0003_RPP30", "RPP30", "ENDO")]


def row(plate, assay, ct, hole, sample, description, outlier="FALSE", quantity="", unit=""):
    name = "OpenArray® Real-Time qPCR Analysis Software,1.0.300.1"
    intensity = 900 if ct == "40" else 3000 + 10 * len(hole)
    return (
        f"{name},{plate},{','.join(assay)},FAMTP,{ct},{quantity},{unit},{outlier},512.25,{hole},{intensity}.5,"
        f"{sample},{description},1"
    )


def rows(samples=("A1", "C2", "B3")):
    a, b, c = samples
    return [
        row("GAA01", ASSAYS[0], "31.25", "A1a1", a, "donor"),
        row("GAA01", ASSAYS[1], "24.5", "A1a2", a, "donor"),
        row("GAA01", ASSAYS[1], "24.625", "A1a3", a, "donor", "TRUE"),
        row("GAA01", ASSAYS[2], "24.75", "A2h8", a, "donor"),
        row("GAA01", ASSAYS[0], "40", "B1a1", b, "day 28"),
        row("GAA01", ASSAYS[1], "25.5", "B1a2", b, "day 28", "FALSE", "120.5", "copies"),
        row("GBB02", ASSAYS[0], "40", "A1a1", c, "water"),
        row("GBB02", ASSAYS[1], "", "A1a2", c, "water"),
    ]


def write(name, lines, end="\r"):
    HERE.mkdir(parents=True, exist_ok=True)
    (HERE / name).write_bytes((end.join(lines) + end).encode())


def main():
    whole = [COLUMNS, *rows()]
    write("two-chips.csv", whole)
    write("named-samples.csv", [COLUMNS, *rows(("P1 donor", "P1 day 28", "water"))], "\r\n")
    # Without serial number, assay ID and dye.
    cut = [",".join(cell for i, cell in enumerate(line.split(",")) if i not in (2, 3, 6)) for line in whole[:5]]
    write("fewer-columns.csv", cut, "\n")
    write("bad-ct.csv", [*whole[:2], whole[2].replace("24.5", "24.S"), *whole[3:]])
    write("bad-address.csv", [*whole[:2], whole[2].replace("A1a2", "A1-2"), *whole[3:]])
    write("bad-twice.csv", [*whole[:3], whole[2], *whole[4:]])
    write("bad-outlier.csv", [*whole[:2], whole[2].replace("FALSE", "maybe"), *whole[3:]])
    write("bad-too-many-cells.csv", [*whole[:2], whole[2].replace("donor", "donor,2,3,4"), *whole[3:]])
    write("bad-empty.csv", whole[:1])


if __name__ == "__main__":
    main()
