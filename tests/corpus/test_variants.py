"""What real files of the dialects of real-time PCR may look like that the corpus does not hold: other locales, words
for "no Cq", tables that follow the one that is read. The files are written here."""

import zipfile

import pytest
from support import REPOSITORY, run

PREAMBLE = (
    "* Block Type = 96-Well Block (0.2mL)\n* Experiment Name = t\n"
    "* Instrument Type = QuantStudio(TM) 7 Flex System\n* Passive Reference = ROX\n\n"
)
SDS = "Document Name: x\r\nPlate Type: Absolute Quantification\r\n\r\nSDS v1.2\r\n\r\n"
SDS2 = "SDS 2.3\tAQ Results\t1.0\nFilename\tx\n\nWell\tSample Name\tDetector Name\tTask\tCt\tQuantity\tThreshold\n"
CFX = ";Well;Fluor;Target;Content;Sample;Cq;Cq Mean;Cq Std. Dev;Starting Quantity (SQ)\n"
ROTOR = (
    '"Excel Analysed Data Export"\r\n"File";"R1.rex"\r\n\r\n"Quantitative analysis of Cycling A.FAM (Page 1)"\r\n\r\n'
    '"No.";"Name";"Type";"Ct";"Given Conc (ng/ul)";"Calc Conc (ng/ul)"\r\n'
)
MX = "Well\tWell Name\tWell Comment\tWell Type\tThreshold (dRn)\tCt (dRn)\tQuantity (copies)\t\n"
ECO = (
    "Experiment Name,M\r\nSoftware,Eco(TM) Software v3.0\r\n\r\n"
    "Well,Exclude,Sample Name,Assay Name,Assay Role,Cq,Quantity,Quantity Unit\r\n"
)
CYCLER = (
    "Run Summary        (Smart Cycler 2.0d)\nRun Name:,M\n\nResults Table\n"
    "Site ID,Protocol,Sample ID,Sample Type,Notes,Status,FAM Std/Res,FAM Ct\n"
)
OPENARRAY = "VersionInfo.ProductName,Assay.Assay ID,ThroughHole.Ct,ThroughHole.Address,SampleInfo.SampleID\n"
ESCO = "Number,Group,Sample Name,Standard Concentration,Calculated Concentration,Ct\n"
SHEET = (
    "File Name,x.eds,,\nBlock Type,96-Well 0.2-mL Block,,\nInstrument Type,QuantStudio 1 System,,\n"
    "Run Start Date/Time,2018-06-01 12:04:59 AM EDT,,\nSoftware Name and Version,Design & Analysis Software v2.7.0,,\n"
)
FLEX = PREAMBLE + "[Results]\nWell\tWell Position\tSample Name\tTarget Name\tTask\tCT\tQuantity\tCt Threshold\n"


def rdml(reacts):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rdml xmlns="http://www.rdml.org" version="1.2">'
        '<sample id="s"><type>unkn</type></sample><target id="SRY"><type>toi</type><dyeId id="FAM"/></target>'
        f'<experiment id="e"><run id="r">{reacts}</run></experiment></rdml>'
    )


def react(well, data, points=0):
    curve = "".join(f"<adp><cyc>{c + 1}</cyc><fluor>{c}.5</fluor></adp>" for c in range(points))
    return f'<react id="{well}"><sample id="s"/><data><tar id="SRY"/>{data}{curve}</data></react>'


# Name of the file, its content, and of each reaction in the order of the wells: well, Cq, quantity.
READ = {
    "french text": (
        "fr.txt",
        FLEX + "1\tA1\tS\tSRY\tSTANDARD\t24,123\t10\u00a0000,000\t0,200\n2\tA2\tS\tSRY\tNTC\tUndetermined\tN/A\t-\n",
        [("A01", 24.123, 10000), ("A02", None, None)],
    ),
    "only three decimals behind the comma": (
        "de.txt",
        FLEX + "1\tA1\tS\tSRY\tUNKNOWN\t24,123\t\t\n2\tA2\tS\tSRY\tUNKNOWN\t25,456\t\t\n",
        [("A01", 24.123, None), ("A02", 25.456, None)],
    ),
    "quoted decimal commas between commas": (
        "q.csv",
        FLEX.replace("\t", ",") + '1,A1,S,SRY,UNKNOWN,"24,123",,\n2,A2,S,SRY,UNKNOWN,"25,456",,\n',
        [("A01", 24.123, None), ("A02", 25.456, None)],
    ),
    "the same beside a table without decimals": (
        "q2.csv",
        PREAMBLE + "[Sample Setup]\nWell,Well Position,Sample Name,Target Name,Task,Quantity\n"
        "1,A1,S,SRY,STANDARD,100\n\n"
        "[Results]\nWell,Well Position,Sample Name,Target Name,Task,CT,Quantity,Ct Threshold\n"
        '1,A1,S,SRY,STANDARD,"24,123",,"0,200"\n',
        [("A01", 24.123, 100)],
    ),
    "thousands with points in cells": (
        "us.txt",
        FLEX + "1\tA1\tS\tSRY\tSTANDARD\t24.123\t100,000\t0.200\n",
        [("A01", 24.123, 100000)],
    ),
    "readings of millions in a narrow table": (
        "raw.txt",
        PREAMBLE
        + "[Raw Data]\nWell\tWell Position\tCycle\tx1-m1\tx2-m2\tx3-m3\tx4-m4\tx5-m5\n"
        + "".join(f"1\t      A1\t{c}" + "\t1,163,218.000" * 5 + "\n" for c in (1, 2))
        + "[Results]\nWell\tWell Position\tSample Name\tTarget Name\tTask\tCT\n1\tA1\tS\tSRY\tUNKNOWN\t24.123\n",
        [("A01", 24.123, None)],
    ),
    "task words": (
        "tasks.txt",
        FLEX + "1\tA1\tS\tSRY\tENDO_CTRL\t24.1\t\t\n2\tA2\tS\tSRY\tNo Template Control\t0\t\t\n",
        [("A01", 24.1, None), ("A02", None, None)],
    ),
    "a sheet saved with semicolons": (
        "sheet.csv",
        "Block Type;96-Well 0.1-mL Block\nExperiment Name;x\nInstrument Type;QuantStudio\u2122 5 System\n;\n"
        "Well;Well Position;Omit;Sample Name;Target Name;Task;CT\n1;A1;0;S;SRY;UNKNOWN;24,123\n",
        [("A01", 24.123, None)],
    ),
    "a footer whose last value is blank": (
        "sheet2.csv",
        "Block Type,96-Well 0.1-mL Block\nExperiment Name,x\nInstrument Type,QuantStudio 3 System\n,\n"
        "Well,Well Position,Sample Name,Target Name,Task,CT\n1,A1,S,SRY,UNKNOWN,24.5\n"
        "Analysis Type,Singleplex\nReference Sample,\n",
        [("A01", 24.5, None)],
    ),
    "SDS 1 with quoted commas": (
        "sds.csv",
        SDS + 'Well,Sample Name,Detector,Task,Ct,StdDev Ct,Qty,Filtered\r\nA1,S,SRY,Unknown,"24,125",,"100,5",\r\n'
        "A2,S,SRY,Unknown,Undetermined,,Undetermined,\r\n",
        [("A01", 24.125, 100.5), ("A02", None, None)],
    ),
    "SDS 1, the column names again before the next detector": (
        "sds2.csv",
        SDS + "Well,Sample Name,Detector,Task,Ct,StdDev Ct,Qty\r\nA1,S,SRY,Unknown,24.1,,\r\n\r\n"
        "Well,Sample Name,Detector,Task,Ct,StdDev Ct,Qty\r\nA1,S,RPP,Unknown,25.1,,\r\n",
        [("A01", 24.1, None), ("A01", 25.1, None)],
    ),
    "7700 with 36 cycles": (
        "s7700.txt",
        "Well\tReporter\tType\tBaseline StdDev\tdeltaRn\tCt\tQuantity\tReplicate\tIPC\tSample Name\n"
        + "".join(
            f"{n}\tFAM\tUNKN\t0.01\t1.2\t{ct}\t-1\t\t\tS{n}\n" for n, ct in enumerate(("25.1", "36.0", "36.00"), 1)
        ),
        [("A01", 25.1, None), ("A02", None, None), ("A03", None, None)],
    ),
    "clipped with TAB and comma": (
        "clip.txt",
        "Detector\tReporter\tStart\tEnd\tThreshold\nSYBR\tSYBR\t(Auto)\t(Auto)\tAuto:0,554813\n"
        "Well\tSampleName\tStart\tEnd\tCt\n1\tS\t1\t30\t25,123\n2\tT\t1\t30\n",
        [("A01", 25.123, None), ("A02", None, None)],
    ),
    "realplex, parameters in German, 0 for none": (
        "rp.csv",
        '"Pos";"Name";"Ct SYBR";"Amount SYBR [ng]"\n"A1";"S";18,00;"1.234,5"\n"A2";"S";0,00;"-"\n\n'
        '"Analyse-Parameter"\n"Schwelle";900\n',
        [("A01", 18, 1234.5), ("A02", None, None)],
    ),
    "Esco, 0 for none, and a well with nothing in it": (
        "es.csv",
        ESCO + '<A1>,1,S,"1000,00","990,1","25,821"\n<A2>,1,S,,,"0,00"\n<A3>,,,,,\n',
        [("A01", 25.821, 1000), ("A02", None, None)],
    ),
    "Eco, 0 for none": (
        "eco.csv",
        ECO + "A1,,S,SRY,Unknown,24.6,0.01,ng\r\nA2,,N,SRY,NTC,0,,\r\n",
        [("A01", 24.6, 0.01), ("A02", None, None)],
    ),
    "SmartCycler, -1 for none": (
        "sc.csv",
        CYCLER + "A1,L,S,UNKN,,OK,POS,38.93\nA2,L,N,NTC,,OK,NEG,-1\nA3,L,B,Blank,,OK,NEG,0.00\n",
        [("A01", 38.93, None), ("A02", None, None), ("A03", None, None)],
    ),
    "OpenArray, -1 and 0 for none": (
        "oa.csv",
        OPENARRAY + "OA,x,24.5,A1a1,S1\nOA,y,-1,A1a2,S1\nOA,z,0,A1a3,S1\n",
        [("A01", 24.5, None), ("A01", None, None), ("A01", None, None)],
    ),
    "Rotor-Gene, 0 for none, and a melting analysis below": (
        "rg.csv",
        ROTOR + '"A1";"S";"Unknown";"18,33";"";"4,60"\r\n"A2";"S";"No Template Control";"0,00";"";""\r\n\r\n'
        '"Melt analysis of Melt A.FAM (Page 1)"\r\n\r\n"No.";"Name";"Genotype";"Peak 1"\r\n"A1";"S";"";"82,5"\r\n',
        [("A01", 18.33, 4.6), ("A02", None, None)],
    ),
    "Rotor-Gene, delimiters at the ends of lines": (
        "rg2.csv",
        ROTOR.replace("\r\n", ";\r\n") + '"A1";"S";"Unknown";"18,335";"";"1.234,5";\r\n',
        [("A01", 18.335, 1234.5)],
    ),
    "LightCycler 480 with three decimals behind the comma": (
        "lc.txt",
        "Experiment: X  Selected Filter: FAM (465-510)\n"
        "Include\tColor\tPos\tName\tCp\tConcentration\tStandard\tStatus\n"
        "True\t255\tA1\tS\t19,535\t1,01E5\t0\t\nTrue\t65280\tA2\tS\t\t\t0\t\n",
        [("A01", 19.535, 101000), ("A02", None, None)],
    ),
    "MxPro, a comment that is a number": (
        "mx.txt",
        MX + "A1\tS\t1.5\tStandard\t0,1427\t24,925\t3,00e+004\t\nA2\tN\t\tPos Ctrl\t0,1427\tNo Ct\tNo Ct\t\n",
        [("A01", 24.925, 30000), ("A02", None, None)],
    ),
    "RDES, words for none": (
        "rdes.tsv",
        "Well\tSample\tSample Type\tTarget\tTarget Type\tDye\tCq\t1\t2\n"
        "A1\tS\tunkn\tSRY\ttoi\tFAM\t27,355\t668,44\tNaN\nA2\tS\t\tSRY\ttoi\tFAM\tNaN\t668,44\t700,1\n",
        [("A01", 27.355, None), ("A02", None, None)],
    ),
    "RDML, no curves and the number of cycles for none": (
        "r1.rdml",
        rdml(
            react("A1", "<cq>40.0</cq><quantity><value>NaN</value><unit>cop</unit></quantity>")
            + react("A2", "<cq>22</cq>")
        ),
        [("A01", None, None), ("A02", 22, None)],
    ),
    "RDML, 999 for none": (
        "r2.rdml",
        rdml(react("A1", "<cq>999</cq>", 40) + react("A2", "<cq>22.5</cq>", 40)),
        [("A01", None, None), ("A02", 22.5, None)],
    ),
} | {
    f"CFX in {language}": (
        "r -  Quantification Cq Results_0.csv",
        CFX + f";A01;FAM;SRY;Std-1;S;24,512;24,5;0;1000;\n;A02;FAM;SRY;Unkn;S;{none};0;0;{none};\n",
        [("A01", 24.512, 1000), ("A02", None, None)],
    )
    for language, none in {
        "German": "n. def.",
        "Polish": "nie jest liczb\u0105",
        "Czech": "Nen\u00ed \u010d\u00edslo",
        "Portuguese": "NaN (N\u00e3o \u00e9 um n\u00famero)",
        "Russian": "\u043d\u0435 \u0447\u0438\u0441\u043b\u043e",
        "Chinese": "\u975e\u6570\u5b57",
    }.items()
}

# Name of the file, its content, and what the sentence must hold.
REFUSED = {
    "a Cq that no program finds": (
        "big.txt",
        FLEX + "1\tA1\tS\tSRY\tUNKNOWN\t999\t\t0.2\n",
        "column 'CT': '999' is no cycle",
    ),
    "two ways to write numbers": (
        "mixed.txt",
        FLEX + "1\tA1\tS\tSRY\tUNKNOWN\t24,123\t\t0.25\n",
        "column 'CT': '24,123' may be thousands or decimals",
    ),
    "a row without its well": (
        "gap.txt",
        SDS2 + "1\tS\tSRY\tUnknown\t31.5\t\t0.2\n\tS\tSRY\tUnknown\t22\t\t0.2\n3\tS\tSRY\tUnknown\t22\t\t0.2\n",
        "gap.txt:6, column 'Well'",
    ),
    "a comma inside of a name": (
        "shift.csv",
        SDS + "Well,Sample Name,Detector,Ct,Task,StdDev Ct\r\nA1,7, 24,SRY,24.1,Unknown,0.1\r\n",
        "shift.csv:7: there are 7 cells in this line, but only 6 columns",
    ),
    "no wells": ("nowell.csv", SHEET + ",,,\nTask,Reporter,Cq,Threshold\nUNKNOWN,FAM,22.1,0.2\n", "'Well Position'"),
    "Esco with a Cq of thousands": ("es.csv", ESCO + "<A1>,1,S,,,1001.5\n", "column 'Ct': '1001.5' is no cycle"),
}


@pytest.mark.parametrize("name, content, wanted", READ.values(), ids=READ.keys())
def test_reads(tmp_path, name, content, wanted):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    code, document = run(path)
    assert code == 0, document
    found = [(react["well"], curve) for react in document["reacts"] for curve in react["curves"]]
    assert [(well, curve["cq"], curve["quantity"]) for well, curve in found] == wanted
    for _, curve in found:
        assert curve["amplified"] is (curve["cq"] is not None)


@pytest.mark.parametrize("name, content, sentence", REFUSED.values(), ids=REFUSED.keys())
def test_refuses(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    code, document = run(path)
    assert code == 3
    assert sentence in document["error"]["message"]


def changed(source, target, part, old, new):
    """A container with other words in one of its files."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name.endswith(part):
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            after.writestr(name, data)
    return target


def container(part):
    """One of the reader's own, that holds this file."""
    for path in sorted((REPOSITORY / "plugins/thermo-eds/fixtures").glob("[!b]*.eds")):
        if any(name.endswith(part) for name in zipfile.ZipFile(path).namelist()):
            return path
    raise AssertionError(part)


def cqs(path):
    code, document = run(path)
    assert code == 0, document
    return [curve["cq"] for react in document["reacts"] for curve in react["curves"]]


def test_eds_with_the_cyrillic_letter(tmp_path):
    """Some versions call the column as the exports do."""
    part = "analysis_result.txt"
    source = container(part)
    assert any(cq is not None for cq in cqs(source))
    assert cqs(changed(source, tmp_path / "x.eds", part, "\tCt\t", "\tC\u0442\t")) == cqs(source)


@pytest.mark.parametrize("none", ['"Undetermined"', "12.0"])
def test_eds_without_cq(tmp_path, none):
    """A word, or the number of all cycles, where the second generation has no Cq."""
    part = "primary/analysis_result.json"
    source = container(part)
    path = changed(source, tmp_path / "x.eds", part, '"cq": 6.125', f'"cq": {none}')
    assert cqs(path) == [None if cq == 6.125 else cq for cq in cqs(source)]
    assert 6.125 in cqs(source)


def test_second_table_is_noted(tmp_path):
    """A table below the one that is read is not dropped in silence."""
    path = tmp_path / "two.csv"
    table = "Well,Sample Name,Detector,Task,Ct,StdDev Ct,Qty,Filtered\r\nA1,S,SRY,Unknown,24.1,,,\r\n"
    path.write_text(SDS + table + "\r\nSlope,-3.3\r\n" + table, newline="")
    code, document = run(path)
    assert code == 0
    assert any("Another table of results" in str(note) for note in document["notes"])
