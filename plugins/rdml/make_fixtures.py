#!/usr/bin/env python3
"""Writes fixtures/ from simulated partitions and curves; run it again after a change and look at the difference.

Only the layout of the files follows RDML and the programs that write it; names and numbers are made up. bad-* must
be refused. The same script writes the same bytes.
"""

import io
import pathlib
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
NAMESPACE = 'xmlns="http://www.rdml.org"'
PLATE = (
    "<pcrFormat><rows>8</rows><columns>12</columns><rowLabel>ABC</rowLabel><columnLabel>123</columnLabel></pcrFormat>"
)
RNG = np.random.default_rng(20261122)


# ---- pieces ----


def tag(name, *content, **attributes):
    """An element; content is text already escaped, or other elements."""
    words = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items())
    inside = "".join(str(part) for part in content)
    return f"<{name}{words}>{inside}</{name}>" if inside else f"<{name}{words}/>"


def plate(rows, columns, labels=("ABC", "123")):
    return tag(
        "pcrFormat",
        tag("rows", rows),
        tag("columns", columns),
        tag("rowLabel", labels[0]),
        tag("columnLabel", labels[1]),
    )


def rdml(version, *content, extra=""):
    return f'<rdml {NAMESPACE}{extra} version="{version}">\n' + "\n".join(content) + "\n</rdml>\n"


def sample(name, kind="unkn", *more):
    return tag("sample", tag("type", kind), *more, id=name)


def target(name, dye, kind="toi"):
    return tag("target", tag("type", kind), tag("dyeId", id=dye), id=name)


def quantity(value, unit, **attributes):
    return tag("quantity", tag("value", value), tag("unit", unit), **attributes)


def curve(middle, top, cycles=30, base=100, digits=2):
    x = np.arange(1, cycles + 1)
    y = base + top / (1 + np.exp(-(x - middle) / 1.4)) + RNG.normal(0, 0.4, cycles)
    return [(int(c), round(float(f), digits)) for c, f in zip(x, y, strict=True)]


def adp(points, cycle=str, temperature=None):
    tmp = tag("tmp", temperature) if temperature else ""
    return "".join(tag("adp", tag("cyc", cycle(c)), tmp, tag("fluor", f)) for c, f in points)


def data(name, *content):
    return tag("data", tag("tar", id=name), *content)


def react(number, name, *content):
    return tag("react", tag("sample", id=name), *content, id=number)


def experiment(name, *runs):
    return tag("experiment", *runs, id=name)


def run(name, *content):
    return "\n" + tag("run", *(f"\n{part}" for part in content), id=name)


# ---- partitions ----


class Well:
    """End points and scores of two targets."""

    def __init__(self, rates, count, undefined=0, excluded=0):
        self.scores, self.values = [], []
        for rate, low, high in zip(rates, (1300, 700), (5200, 3100), strict=False):
            positive = RNG.poisson(rate, count) > 0
            scores = np.where(positive, "p", "n").astype(object)
            scores[:undefined] = "u"
            scores[count - excluded :] = "e"
            self.scores.append(scores)
            self.values.append(np.round(RNG.normal(np.where(positive, high, low), 90), 1))

    def table(self, names, end="\n"):
        lines = ["\t".join(name for name in names for _ in (0, 1))]
        for row in range(len(self.values[0])):
            pairs = zip(self.values, self.scores, strict=True)
            lines.append("\t".join(f"{values[row]}\t{scores[row]}" for values, scores in pairs))
        return end.join(lines) + end

    def counts(self, names, *, more=None, undef=True):
        """<data> of each target; `more` is what stands before the counts, by target."""
        out = []
        for name, scores in zip(names, self.scores, strict=True):
            n = {letter: int((scores == letter).sum()) for letter in "pnue"}
            tail = tag("undef", n["u"]) + tag("excl", n["e"]) if undef else ""
            out.append(data(name, (more or {}).get(name, ""), tag("pos", n["p"]), tag("neg", n["n"]), tail))
        return "".join(out)


def partitions(volume, file, counts):
    return tag("partitions", tag("volume", volume), tag("endPtTable", file) if file else "", counts)


# ---- files ----


def write(name, text, encoding="utf-8"):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    assert path.stat().st_size <= 15_000, name


def archive(name, files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for inside, text in files.items():
            packed.writestr(zipfile.ZipInfo(inside), text, zipfile.ZIP_DEFLATED)
    write(name, buffer.getvalue())


def digital():
    """RDML 1.3 with partitions: an archive, a folder, and what can be wrong with the tables."""
    names = ["SRY donor", "RPP30 µ"]
    head = [
        "<dateMade>2026-11-22T09:00:00</dateMade>",
        "<id><publisher>Some Laboratory</publisher><serialNumber>17</serialNumber></id>",
        tag("experimenter", tag("firstName", "A."), tag("lastName", "Tech"), tag("labName", "Chimerism"), id="at"),
        tag("documentation", tag("text", "two plates\nof one day"), id="plan"),
        tag("dye", tag("dyeChemistry", "hydrolysis probe"), id="FAM"),
        tag("dye", id="HEX"),
        sample("P1 d+30 <blood>", "unkn", quantity(12.5, "ng")).replace("<blood>", "&lt;blood&gt;"),
        sample("No template; ß", "ntc"),
        sample("Donor", "pos"),
        target(names[0], "FAM"),
        target(names[1], "HEX", "ref"),
    ]
    wells = [Well((0.05, 0.9), 150, 2, 3), Well((0, 0), 120), Well((0.6, 1.1), 100, 0, 4)]
    excluded = {
        names[0]: tag("excluded", "too few; reviewer &amp; AT") + tag("note", "threshold=3000;channel=1;looks odd")
    }
    reacts = [
        react(12, "P1 d+30 <blood>", partitions(0.6, "run_A12.tsv", wells[0].counts(names, more=excluded))),
        react(85, "No template; ß", partitions(0.6, "run_H01.tsv", wells[1].counts(names, undef=False))),
        react(96, "Donor", partitions(0.6, "partitions/run_H12.tsv", wells[2].counts(names))),
    ]
    reacts[2] = reacts[2].replace("</data>", "<conc>981.5</conc></data>", 1)
    about = [
        tag("description", "first run"),
        tag("experimenter", id="at"),
        tag("instrument", "Imaginary 2"),
        tag("dataCollectionSoftware", tag("name", "Counter"), tag("version", "3.1")),
        PLATE,
        tag("runDate", "2026-11-22T08:12:00"),
    ]
    document = rdml("1.3", *head, experiment("Chimerism", run("plate 1", *about, *reacts)))
    tables = {
        "run_A12.tsv": wells[0].table(names),
        "run_H01.tsv": wells[1].table(names, "\r\n"),
        "run_H12.tsv": wells[2].table(names),
    }
    archive("dpcr.rdml", {"rdml_data.xml": document, **{f"partitions/{n}": t for n, t in tables.items()}})

    # Not scored yet, and a table that does not say what was counted.
    raw, other = Well((0.2,), 40), Well((0.2,), 60)
    raw.scores[0][:] = "u"
    wrong = other.counts(names[:1], undef=False).replace("<neg>", "<neg>1")
    small = rdml(
        "1.4",
        tag("dye", id="FAM"),
        sample("S"),
        target(names[0], "FAM"),
        experiment(
            "E",
            run(
                "r",
                plate(2, 3),
                react(1, "S", tag("vol", 12), partitions(-1, "a.tsv", raw.counts(names[:1]))),
                react(6, "S", partitions(0.6, "b.tsv", wrong)),
            ),
        ),
    )
    none = Well((0.2,), 0)  # a well in which nothing was accepted, with a table of nothing but the heading
    dry = react(2, "S", partitions(0.6, "c.tsv", none.counts(names[:1])))
    write("dpcr folder/rdml_data.xml", small.replace("</run>", f"{dry}</run>"))
    write("dpcr folder/partitions/c.tsv", none.table(names[:1]))
    write("dpcr folder/partitions/a.tsv", raw.table(names[:1]))
    write("dpcr folder/partitions/b.tsv", "\ufeff" + other.table(names[:1]))
    write("dpcr folder/partitions/forgotten.tsv", other.table(["X"]))
    write("dpcr folder/readme.txt", "not ours\n")

    write("bad-table-cut/rdml_data.xml", small)
    write("bad-table-cut/partitions/a.tsv", raw.table(names[:1]))
    write("bad-table-cut/partitions/b.tsv", other.table(names[:1])[:-4])
    write("bad-table-score/rdml_data.xml", small)
    write("bad-table-score/partitions/a.tsv", raw.table(names[:1]).replace("u", "x", 3))
    write("bad-table-score/partitions/b.tsv", other.table(names[:1]))
    write("bad-table-alone.tsv", other.table(names[:1]))
    write("bad-missing-table.xml", small)
    write("bad-path.xml", small.replace("a.tsv", "../../etc/passwd"))
    write("bad-absolute.xml", small.replace("a.tsv", "C:\\run\\a.tsv"))
    alone = re.sub("<endPtTable>.*?</endPtTable>", "", small)
    write("counts-only.xml", alone)
    write("bad-count.xml", re.sub("<neg>(?=[1-9])", "<neg>-", alone, count=1))
    write("bad-no-count.xml", alone.replace("<pos>0</pos>", "", 1))
    write("bad-table-twice.xml", small.replace("b.tsv", "a.tsv"))


def vendor_conventions(values, melting):
    """How programs spell quantities, efficiencies, exclusions and the lack of a Cq."""
    efficiencies = {"percent": 93.9, "base": "2.025608", "fraction": 0.95, "unset": 0}
    short = adp(values[0][:6])
    known = tag("quantity", tag("value", "1.0e4"), tag("unit", "cop"), targetId="base")
    both = '<type>unkn</type><type targetId="base">std</type>'
    per_target = tag("sample", both, known, id="Std of one")
    computed = quantity(812.5, "cop")
    cases = rdml(
        "1.1",
        "<id><publisher>Bio-Rad Laboratories, Inc.</publisher><serialNumber>3.1</serialNumber></id>",
        tag("dye", id="FAM"),
        per_target,
        sample("Std", "std"),
        sample("S"),
        *(
            tag("target", tag("type", "toi"), tag("amplificationEfficiency", value), tag("dyeId", id="FAM"), id=name)
            for name, value in efficiencies.items()
        ),
        experiment(
            "E",
            run(
                "r",
                PLATE,
                react(1, "Std of one", data("base", tag("cq", 5.5), computed, short), data("percent", short)),
                react(2, "Std", data("base", tag("cq", 6.0), quantity(2000, "ng"), short)),
                react(3, "S", data("base", tag("cq", 4.25), computed, tag("excl", "false"), short)),
                react(4, "S", data("fraction", tag("cq", "NaN"), tag("ampEff", 1.05), tag("excl"), short)),
                react(5, "S", data("unset", tag("cq", 3), tag("ampEff", 1.9), "<quantity>77</quantity>", short)),
            ),
            run("melt only", PLATE, react(1, "S", data("base", melting)), react(2, "S", data("base", melting))),
        ),
    )
    write("conventions-1.1.xml", cases)
    write("bad-melt.xml", cases.replace("<tmp>66</tmp>", "", 1))


def real_time():
    """What programs write: StepOne (1.0), CFX and LightCycler 96 (1.1), R (1.2), rdmlpython (1.4)."""
    values = [curve(22, 5), curve(60, 5), curve(25, 5)]
    none = quantity("NaN", "cop")
    step_one = rdml(
        "1.0",
        "<dateMade>2014-09-05T00:29:23.361</dateMade>",
        sample("NTC_X", "ntc"),
        sample("STD_X_100.0", "std", quantity("100.0", "other")),
        tag("target", tag("type", "toi"), tag("amplificationEfficiency", "93.9"), tag("dyeId", "FAM"), id="X"),
        experiment(
            "Example",
            run(
                "Run001",
                tag("instrument", "One™"),
                "<pcrFormat>free format</pcrFormat>",
                react("A8", "NTC_X", data("X", tag("cq", "30.0"), none, adp(values[1], lambda c: f"{c}.0"))),
                react("B1", "STD_X_100.0", data("X", tag("cq", 21.5), quantity(97.1, "cop"), adp(values[0]))),
            ),
        ),
    )
    write("stepone-1.0.xml", '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + step_one)
    write("format-1.0.xml", step_one.replace("free format", "384-well plate; A1-P24").replace('"A8"', '"P24"'))

    melting = "".join(tag("mdp", tag("tmp", t), tag("fluor", 900 - 3 * t)) for t in (65, 66, 67))
    shifted = [[(c, round(f - 100, 3)) for c, f in points] for points in values]
    cfx = rdml(
        "1.1",
        "<id><publisher>Maker</publisher><serialNumber>3.0</serialNumber><MD5Hash/></id>",
        tag("dye", id="FAM"),
        tag("dye", id="Cy5"),
        sample("Patient"),
        sample("Water", "ntc"),
        target("X", "FAM"),
        target("Y", "Cy5"),
        experiment(
            "All Wells",
            *(
                run(
                    f"Amp Step 3_{dye}",
                    tag("backgroundDeterminationMethod", "Baseline Subtracted Curve Fit"),
                    tag("cqDetectionMethod", "automated threshold and baseline settings"),
                    PLATE,
                    react(1, "Patient", data(name, tag("cq", cq), adp(shifted[0], temperature=64.9), melting)),
                    react(2, "Water", data(name, adp(shifted[1], temperature=65.1), melting)),
                )
                for dye, name, cq in (("FAM", "X", 21.7), ("Cy5", "Y", 22.8))
            ),
        ),
        extra=' xmlns:rdml="http://www.rdml.org"',
    )
    archive("cfx-1.1.rdml", {"my plate.xml": cfx})

    vendor_conventions(values, melting)

    r_package = (
        "<rdml xmlns='http://www.rdml.org' version='1.2'>"
        + experiment(
            "exp1",
            tag(
                "run",
                react(1, "gDNA +", data("B", adp(values[0][:12])), data("H", adp(values[2][:12]))),
                react(13, "ntc", data("B", adp(values[1][:12])), data("H", adp(values[1][:12]))),
                plate(8, 12, ("123", "ABC")),
                id="run1",
            ),
        ).replace('"', "'")
        + target("B", "HEX")
        + target("H", "Cy5")
        + sample("gDNA +", "unkn", tag("calibratorSample", "false"))
        + sample("ntc", "ntc")
        + tag("dye", id="HEX")
        + tag("dye", id="Cy5")
        + "</rdml>"
    )
    write("r-1.2.xml", r_package)

    gaps = [point for point in values[0] if point[0] not in (1, 7, 30)]
    after = tag("bgFluor", 99.8) + tag("quantFluor", 103.5)
    before = tag("N0", "1.2e-06") + tag("Ncopy", 376.7) + tag("ampEffMet", "LinRegPCR") + tag("ampEff", 1.84)
    types = '<type>unkn</type><type targetId="X">std</type><type targetId="Y">std</type>'
    both = tag("quantity", tag("value", 150), tag("unit", "cop"), targetId="X") + quantity(75, "cop", targetId="Y")
    python = rdml(
        "1.4",
        tag("dye", tag("dyeConc", 125), id="FAM"),
        tag("dye", id="VIC"),
        tag("sample", types, both, id="Std"),
        tag("sample", '<type targetId="X">pos</type><type targetId="Y">nrt</type>', id="Mixed"),
        sample("Bent", "opt"),
        target("X", "FAM"),
        target("Y", "VIC"),
        experiment(
            "E",
            run(
                "r",
                plate(16, 24),
                tag("runDate", "2024-12-10T14:00:00"),
                react(1, "Std", tag("vol", "10.0"), data("X", tag("cq", 20.1), before, adp(gaps), after)),
                react(24, "Std", data("Y", tag("cq", -1.0), adp(values[1]))),
                react(25, "Std", data("X", tag("excl"), adp(values[0][:5])), data("Y", adp(values[1][:5]))),
                react(383, "Mixed", data("X", adp(values[0][:5])), data("Y", tag("excl", "pipetting"), adp(gaps[:3]))),
                react(384, "Nobody", data("Z", adp(values[0][:5]))),
            ),
            run("empty", plate(16, 24)),
        ),
    )
    archive("python-1.4.rdml", {"rdml_data.xml": python})
    return values


def shapes(values):
    """Where wells lie, several runs, several documents, encodings."""

    def short(name, form, *reacts, version="1.3"):
        return rdml(
            version,
            tag("dye", id="FAM"),
            sample("S"),
            sample("T", "ntc"),
            target("X", "FAM"),
            experiment("E", run(name, form, *reacts)),
        )

    def one(number, who="S", points=values[0][:6]):
        return react(number, who, data("X", adp(points)))

    rotor = plate(72, 1, ("123", "123"))
    write("rotor-1.1.xml", short("rotor", rotor, one(1), one(13), one(72, "T"), version="1.1"))
    write("list-1.2.xml", short("list", plate(-1, 1, ("123", "123")), one(3), one(500, "T"), version="1.2"))
    write("plate-1536.xml", short("large", plate(32, 48), one(48), one(49), one(1536, "T")))
    sub = plate(8, 24, ("A1a1", "A1a1"))
    write("arrays.xml", short("arrays", sub, one(1), one(25)))
    write("no-format.xml", short("bare", "", one(14)))

    runs = [run("Run 1", PLATE, one(1)), run("Run 2", PLATE, one(2)), run("none", PLATE)]
    several = rdml("1.3", sample("S"), target("X", "FAM"), experiment("Mo", *runs), experiment("Tu", runs[0]))
    write("several-runs.xml", several)
    write("several documents/monday.rdml.xml", short("Run 1", PLATE, one(1)))
    write("several documents/tuesday.xml", short("Run 1", PLATE, one(2)))
    write("several documents/copy of monday.xml", short("Run 1", PLATE, one(1)))

    nordic = short("Køln", PLATE, one(1)).replace('"S"', '"Søren Ångström µ"')
    write("latin-1.xml", '<?xml version="1.0" encoding="ISO-8859-1"?>\r\n' + nordic.replace("\n", "\r\n"), "latin-1")
    write("utf-16.xml", '<?xml version="1.0" encoding="UTF-16"?>\n' + nordic, "utf-16")
    write("utf-16-bare.xml", '<?xml version="1.0" encoding="UTF-16LE"?>\n' + nordic, "utf-16-le")
    marked = '\ufeff<?xml version="1.0"?>\n<!-- <rdml> --><?note x?>\n' + nordic.replace("Ångström", "<![CDATA[]]>")
    write("utf-8-mark.xml", marked.replace("<![CDATA[]]>", "&#197;"))
    prefixed = short("p", PLATE, one(1)).replace("</", "</r:").replace("<", "<r:").replace("<r:/r:", "</r:")
    write("prefix.xml", prefixed.replace("xmlns=", "xmlns:r="))
    write("no-namespace.xml", short("p", PLATE, one(1)).replace(f" {NAMESPACE}", ""))

    good = short("bad", PLATE, one(1), one(2))
    write("bad-twice.xml", short("bad", PLATE, one(3), one(3, "T")))
    write("bad-well.xml", short("bad", PLATE, one(97)))
    write("bad-id.xml", short("bad", PLATE, one("well 7")))
    write("bad-chip.xml", short("bad", plate(72, 72), one(1)))
    write("bad-array.xml", short("bad", "<pcrFormat>3072-well plate; A1a1-D12h8</pcrFormat>", one("A1a1")))
    write("bad-number.xml", good.replace("<cyc>3<", "<cyc>3l<"))
    write("bad-cycle.xml", good.replace("<cyc>3<", "<cyc>2<"))
    write("bad-cycles.xml", good.replace("<cyc>3<", "<cyc>4000000000<"))
    write("bad-type.xml", good.replace(">ntc<", ">blank<"))
    write("bad-sample-twice.xml", good.replace('id="T"', 'id="S"'))
    write("bad-cut.xml", good[: len(good) * 2 // 3])
    write("bad-dtd.xml", '<!DOCTYPE rdml [<!ENTITY e "boom">]>\n' + good.replace('"T"', '"&e;"'))
    write("bad-entity.xml", good.replace('"T"', '"&e;"'))
    write("bad-ampersand.xml", good.replace('"T"', f'"{escape("R")}&D"'))
    write("bad-empty.xml", rdml("1.3"))
    write("bad-two-roots.xml", good + good)


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    digital()
    shapes(real_time())
