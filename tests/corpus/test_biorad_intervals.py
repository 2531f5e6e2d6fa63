"""Every limit that Bio-Rad's programs print in the tables of the corpus, from the counts that `microchim read` found.

Run as a program it prints how many numbers were compared and how far off the worst one is. Tolerances are the rounding
of the print and no more: two digits of the width of the interval (QuantaSoft 1.7), three figures (older), float32.
"""

import collections
import functools
import math
import re
import zipfile
from dataclasses import dataclass

import biorad_rules as rules
import pytest
from support import BIORAD, lines, read, readers

LEVELS = ((0.95, ""), (0.68, "68"))
SATURATED = ("1000000", "1e+06")  # what stands for "every droplet is positive"
FLOAT32 = 3e-7  # the programs compute with numbers of seven digits: relative error of what they print
QUADRANTS = ("Ch1+Ch2+", "Ch1+Ch2-", "Ch1-Ch2+", "Ch1-Ch2-")
LINKAGE = ("Linkage", "Copies/uL linked molecules")
SUFFIXES = ("Max", "Min", "Max68", "Min68")
LIMITS = ["Concentration"] + [f"{kind}Conf{suffix}" for kind in ("Poisson", "Total") for suffix in SUFFIXES]
ESTIMATES = [
    f"{kind}{name}{suffix}"
    for name in ("Ratio", "FractionalAbundance", "CNV")
    for kind, suffixes in (("", ("",)), ("Poisson", SUFFIXES), ("Total", SUFFIXES))
    for suffix in suffixes
]

# Printed numbers that follow no rule, by file: all 28 rows of single wells say 0 to 0 for the 68 % limits of the
# concentration, whatever was counted; the other 68 % limits of these rows, and its merged rows, are as everywhere.
NOT_COMPUTED = {"20-4468.csv": {"PoissonConfMax68": 28, "PoissonConfMin68": 22}}


def normal(name):
    """ "PoissonConfidenceMax68", "PoissonConfMax68" and what R makes of them are one column."""
    return re.sub("[^a-z0-9µ]", "", name.lower()).replace("confidence", "conf")


# ---- the tables ----


def columns(path):
    """Names of a result table's columns, nothing for other files. Workbooks say what they are in their zip."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            parts = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".xml"))
        return ["Positives", "PoissonConfMax", "Status Reason"] if b"PoissonConfMax" in parts else []
    first = lines(path.read_bytes()[:20000])
    return first[0] if first and {"positives", "poissonconfmax"} <= {normal(name) for name in first[0]} else []


def tables():
    """Every result table of the corpus, with the reader that has to take it."""
    for path in sorted(p for p in BIORAD.rglob("*") if p.suffix in (".csv", ".tsv", ".xlsx")):
        names = {normal(name) for name in columns(path)}
        if names:
            yield path, "biorad-qxmanager" if "statusreason" in names else "biorad-quantasoft"


def parameters():
    if not BIORAD.is_dir():
        return [pytest.param(None, id="no corpus", marks=pytest.mark.skip(f"no corpus at {BIORAD}"))]
    marks = {
        reader: [] if reader in readers() else [pytest.mark.skip(f"this build has no reader {reader}")]
        for reader in ("biorad-quantasoft", "biorad-qxmanager")
    }
    return [pytest.param(path, id=str(path.relative_to(BIORAD)), marks=marks[reader]) for path, reader in tables()]


@dataclass(frozen=True)
class Row:
    """What the command says of one row of the table: counts, and the vendor's numbers as printed."""

    well: str
    target: str
    channel: str
    k: int
    n: int
    v: float
    members: tuple
    dialect: str
    said: dict  # normal name of the column: text; quadrants by their own names

    def number(self, column):
        text = self.said.get(normal(column), "")
        if not re.fullmatch(r"-?[\d.]+([eE][+-]?\d+)?", text):
            return None
        return math.inf if text in SATURATED else float(text)

    @property
    def counts(self):
        return self.k, self.n


def said_of(attributes, well, counts):
    """The attributes of one row: its own ("Linkage [SRY]"), and those of the run."""
    said = {}
    labels = {counts["target"], f"{counts['target']}, channel {counts['channel']}", f"channel {counts['channel']}"}
    for where in ("", well):
        for key, value in attributes.get(where, ()):
            name, _, label = key.partition(" [")
            if where == "" or label[:-1] in labels:
                said[name if name in QUADRANTS else normal(name)] = value
    vendor = counts["vendor"]
    for column, number in (("PoissonConfMin", "low"), ("PoissonConfMax", "high"), ("Concentration", "copies_per_ul")):
        if vendor[number] is not None:
            said[normal(column)] = repr(vendor[number])
    return said


@functools.cache
def rows(path):
    found = []
    document = read(path)
    for run in document.get("runs", [document]):
        attributes = collections.defaultdict(list)
        for entry in run["attributes"]:
            attributes[entry["well"]].append((entry["key"], entry["value"]))
        dialect = next(value for key, value in attributes[""] if key == "dialect")
        wells = [(react["well"], (), counts) for react in run["reacts"] for counts in react["counts"]]
        wells += [(pooled["name"], tuple(pooled["members"]), pooled) for pooled in run["aggregates"]]
        for well, members, counts in wells:
            facts = [counts[key] for key in ("target", "channel", "positive", "accepted", "volume_nl")]
            found.append(Row(well, *facts, members, dialect, said_of(attributes, well, counts)))
    return found


# ---- rule against print ----


@dataclass(frozen=True)
class Comparison:
    column: str
    row: Row
    ours: float
    printed: float
    tolerance: float

    @property
    def off(self):
        """In units of the tolerance."""
        if self.ours == self.printed:
            return 0.0
        return abs(self.ours - self.printed) / self.tolerance if self.tolerance > 0 else math.inf


def rounding(row, value, low, high, places):
    """Half of the last place of a number with these limits, as the program that wrote the table prints it."""
    if row.dialect == "QuantaSoft 1.7":
        half = 0.5 * rules.printed_place(low, high)
    elif row.dialect == "QuantaSoft old":
        half = three_figures(value)
    else:
        half = 0.5 * 10.0**-places  # 15 digits; tables that were saved again have fewer
    return half + FLOAT32 * max(abs(value), high if high < math.inf else 0)  # a lower limit is a difference


def three_figures(value):
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - 2) if value else 0.0


def file_places(table):
    """Decimals that the concentrations of a table are printed with."""
    numbers = [row.said["concentration"] for row in table if "concentration" in row.said]
    return max((len(text.partition(".")[2]) for text in numbers), default=0)


def partner(row, table):
    """The row that a ratio is formed with, numerator first."""
    mates = [mate for mate in table if mate.well == row.well and mate is not row]
    reference = row.said.get("referenceused", "")
    if reference:
        (mate,) = (mate for mate in mates if mate.target == reference)
        return row, mate
    (mate,) = (mate for mate in mates if {row.channel, mate.channel} == {"1", "2"})
    return (row, mate) if row.channel == "1" else (mate, row)


def members(row, table):
    return [next(w for w in table if w.well == well and w.channel == row.channel) for well in row.members]


def concentration_limits(row, table):
    """(column, number by the rule, its limits) of a row."""
    for level, suffix in LEVELS:
        low, high = rules.limits(*row.counts, row.v, level)
        if not suffix and row.k < row.n:
            yield "Concentration", rules.concentration(*row.counts, row.v), (low, high)
        yield f"PoissonConfMin{suffix}", low, (low, high)
        yield f"PoissonConfMax{suffix}", high, (low, high)
        if row.members:
            wide = rules.total_limits([well.counts for well in members(row, table)], row.v, level)
            yield f"TotalConfMin{suffix}", wide[0], wide
            yield f"TotalConfMax{suffix}", wide[1], wide


def estimates(row, table):
    """The same of ratio, abundance and copy number."""
    a, b = partner(row, table)
    wells = list(zip(members(a, table), members(b, table), strict=True))
    copies = row.number("ReferenceCopies") or 0
    for level, suffix in LEVELS:
        for name, rule, scale in (
            ("Ratio", rules.ratio, 1),
            ("CNV", rules.ratio, copies),
            ("FractionalAbundance", rules.abundance, 1),
        ):
            pooled = rule(a.counts, b.counts, row.v, level)
            width = (scale * pooled.low, scale * (pooled.low + 2 * pooled.half))
            if not suffix:
                yield name, scale * pooled.value, width
            yield f"Poisson{name}Min{suffix}", scale * pooled.low, width
            # A defect of the old program: its upper limits are the numbers themselves.
            high = pooled.value if row.dialect == "QuantaSoft old" else pooled.high
            yield f"Poisson{name}Max{suffix}", scale * high, width
            if wells and all(x.k and y.k for x, y in wells):
                each = [rule(x.counts, y.counts, row.v, level) for x, y in wells]
                low, high = (scale * limit for limit in rules.total_estimate(pooled, each, level))
                yield f"Total{name}Min{suffix}", low, (low, high)
                yield f"Total{name}Max{suffix}", high, (low, high)


def linkage(row):
    quadrants = [float(row.said.get(name) or 0) for name in QUADRANTS]
    if quadrants[3]:
        for column in LINKAGE:
            yield column, rules.linkage(*quadrants, row.v), (0, 0)


@functools.cache
def comparisons(path):
    found, table = [], rows(path)
    places = file_places(table)
    for row in (row for row in table if row.n):
        facts = list(concentration_limits(row, table)) + list(linkage(row))
        if any(row.number(name) is not None for name in ("Ratio", "FractionalAbundance", "CNV")):
            facts += estimates(row, table)
        for column, ours, (low, high) in facts:
            printed = row.number(column)
            if printed is None:
                continue
            if column in LINKAGE:  # no interval to go by: three figures
                tolerance = FLOAT32 * ours + (three_figures(ours) if places < 10 else 0)
            else:
                tolerance = rounding(row, ours, low, high, places)
            found.append(Comparison(column, row, ours, printed, tolerance))
    return found


def not_computed(comparison):
    """A limit of 0 in a row whose upper 68 % limit is 0, too."""
    is_68 = comparison.column in ("PoissonConfMin68", "PoissonConfMax68")
    return is_68 and comparison.printed == 0 and comparison.row.number("PoissonConfMax68") == 0


# ---- tests ----


def test_the_table_of_few_droplets_is_the_highest_density_interval():
    known = {0: (0, 2.996), 1: (0.042, 4.776), 2: (0.303, 6.406), 3: (0.712, 7.951), 5: (1.758, 10.865)}
    known |= {10: (4.979, 17.614), 55: (41.697, 70.87), 99: (80.743, 119.822)}
    assert {count: rules.poisson_limits(count, 0.95) for count in known} == known


def test_few_negatives_are_the_mirror_of_few_positives():
    low, high = rules.limits(9_990, 10_000, 0.85, 0.95)
    assert low == pytest.approx(-math.log(17.614 / 10_000) / 0.85 * 1000, rel=1e-12)
    assert high == pytest.approx(-math.log(4.979 / 10_000) / 0.85 * 1000, rel=1e-12)
    assert rules.limits(10_000, 10_000, 0.85, 0.95)[1] == math.inf


@pytest.mark.parametrize("path", parameters())
def test_printed_limits_follow_from_our_counts(path):
    wrong = [c for c in comparisons(path) if c.off > 1]
    exempt = collections.Counter(c.column for c in wrong if not_computed(c))
    assert exempt == NOT_COMPUTED.get(path.name, {})
    wrong = [c for c in wrong if not not_computed(c)]
    assert not wrong, "\n".join(f"{c.column} of {c.row.well} {c.row.target}: {c.ours} {c.printed}" for c in wrong[:9])


@pytest.mark.parametrize("path", parameters())
def test_every_printed_limit_was_compared(path):
    if path.suffix == ".xlsx":
        pytest.skip("the cells of a workbook are not counted here")
    header, *cells = lines(path.read_bytes())
    names = [normal(name) for name in header]
    compared = collections.Counter(c.column for c in comparisons(path))
    for column in LIMITS + ESTIMATES:
        if normal(column) not in names:
            continue
        at, accepted = names.index(normal(column)), names.index("accepteddroplets")
        texts = [row[at] for row in cells if len(row) > at and row[accepted] not in ("", "0")]
        printed = [text for text in texts if text not in ("", "NA", "No Call")]
        if column == "PoissonConfMax":
            printed = [text for text in printed if text not in SATURATED]  # "no upper limit" to us
        assert compared[column] == len(printed), column


def summary():
    """How many numbers of each kind were compared, and the worst of each, in units of the tolerance."""
    kinds = collections.defaultdict(list)
    for path, reader in tables():
        if reader not in readers():
            print(f"not read, no {reader}: {path.relative_to(BIORAD)}")
            continue
        for c in comparisons(path):
            kinds[c.row.dialect, c.column].append((c.off if c.off <= 1 or not not_computed(c) else -1.0, path.name, c))
    for (dialect, column), found in sorted(kinds.items()):
        off, name, c = max(found, key=lambda item: item[0])
        exempt = sum(off < 0 for off, _, _ in found)
        print(f"{dialect:24} {column:32} {len(found):5} compared, {exempt} not computed; worst {off:.3f} of tolerance:")
        print(f"    {name} {c.row.well} {c.row.target}: {c.ours:.9g}, printed {c.printed:.9g}")


if __name__ == "__main__":
    summary()
