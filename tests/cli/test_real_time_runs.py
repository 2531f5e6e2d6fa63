"""Real-time PCR from a file to the answer: an RDML run with standards, controls and a patient, written here."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from command import question, run

INTERCEPT, SLOPE = 38.3, -3.45
SCATTER = [0.11, -0.17, 0.05, -0.09, 0.14, -0.04, 0.2, -0.2]
CASE = """schema = "microchim/case/1"
id = "P-1"
[[donor]]
id = "D1"
[genotype]
SRY = { recipient = 0, D1 = 1 }
[[sample]]
name = "pre"
role = "baseline"
[[sample]]
name = "d28"
role = "follow-up"
[[sample]]
name = "son"
role = "donor"
"""
PANEL = """schema = "microchim/panel/1"
[[marker]]
id = "SRY"
class = "Y"
reference = "RPP30"
[[reference]]
target = "RPP30"
"""


def cq_of(copies: float, well: int) -> float:
    return INTERCEPT + SLOPE * math.log10(copies) + SCATTER[well % 8]


class Plate:
    def __init__(self) -> None:
        self.samples: dict[str, str] = {}
        self.reacts: list[str] = []
        self.measured: list[tuple[str, str, float | None]] = []

    def well(
        self, sample: str, target: str, cq: float | None, kind: str = "unkn", quantity: float | None = None
    ) -> None:
        amount = f"<quantity><value>{quantity}</value><unit>cop</unit></quantity>" if quantity else ""
        self.measured.append((sample, target, None if cq is None else round(cq, 3)))
        self.samples[sample] = f'<sample id="{sample}"><type>{kind}</type>{amount}</sample>'
        self.reacts.append(
            f'<react id="{len(self.reacts) + 1}"><sample id="{sample}"/><data><tar id="{target}"/>'
            f"<cq>{-1 if cq is None else round(cq, 3)}</cq></data></react>"
        )

    def wells(self, sample: str, target: str, copies: float, n: int) -> None:
        for _ in range(n):
            self.well(sample, target, cq_of(copies, len(self.reacts)) if copies else None)

    def standards(self, target: str, levels: tuple[int, ...] = (1, 2, 3, 4, 5)) -> None:
        for level in levels:
            for _ in range(3):
                self.well(f"{target} 1e{level}", target, cq_of(10**level, len(self.reacts)), "std", 10**level)

    def cqs(self, sample: str, target: str) -> list[float | None]:
        return [cq for s, t, cq in self.measured if (s, t) == (sample, target)]

    def write(self, path: Path) -> Path:
        path.write_text(
            '<?xml version="1.0"?><rdml xmlns="http://www.rdml.org" version="1.2">'
            '<dye id="FAM"/>' + "".join(self.samples.values())
            + "".join(f'<target id="{t}"><type>toi</type><dyeId id="FAM"/></target>' for t in ("SRY", "RPP30"))
            + '<experiment id="e"><run id="r"><pcrFormat><rows>8</rows><columns>12</columns><rowLabel>ABC</rowLabel>'
            "<columnLabel>123</columnLabel></pcrFormat>" + "".join(self.reacts) + "</run></experiment></rdml>"
        )  # fmt: skip
        return path


def patient(levels: tuple[int, ...] = (1, 2, 3, 4, 5), ntc: float | None = None) -> Plate:
    """20 SRY copies and 20,000 genomes a well on day 28: one in a thousand."""
    plate = Plate()
    plate.standards("SRY", levels)
    plate.standards("RPP30")
    for target in ("SRY", "RPP30"):
        for i in range(3):
            plate.well("NTC", target, ntc if target == "SRY" and i == 0 else None, "ntc")
    for sample, sry in (("pre", 0), ("d28", 20), ("son", 20000)):
        plate.wells(sample, "SRY", sry, 6 if sry < 100 else 2)
        plate.wells(sample, "RPP30", 40000, 3)
    return plate


def quantify(plate: Plate, folder: Path, *more: object):
    (folder / "case.toml").write_text(CASE)
    (folder / "panel.toml").write_text(PANEL)
    path = plate.write(folder / "run.rdml")
    return run("quantify", path, "--case", folder / "case.toml", "--panel", folder / "panel.toml", *more)


def sample_of(done, name: str) -> dict:
    return next(s for s in json.loads(done.stdout)["samples"] if s["sample"] == name)


def test_the_fraction_of_a_real_time_run(tmp_path: Path) -> None:
    done = quantify(patient(), tmp_path, "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    d28 = sample_of(done, "d28")
    donor = d28["donors"][0]
    assert donor["fraction"] == pytest.approx(1e-3, rel=0.1)
    assert donor["low"] < 1e-3 < donor["high"]
    assert donor["call"] in ("detected", "detected_below_loq")
    assert d28["markers"][0]["positive"] == d28["markers"][0]["accepted"] == 6
    assert d28["genomes"] == pytest.approx(120000, rel=0.1)
    assert sample_of(done, "pre")["donors"][0]["call"] == "not_detected"
    curves = {c["target"]: c for c in json.loads(done.stdout)["curves"]}
    assert curves["SRY"]["slope"] == pytest.approx(SLOPE, rel=0.03)
    assert curves["SRY"]["wells"] == 15
    assert curves["RPP30"]["unit"] == "cop"
    classical = d28["classical"][0]
    assert classical["calibrator"] == "son"
    assert classical["fraction"] == pytest.approx(1e-3, rel=0.25)


def test_the_same_without_a_case_and_for_people(tmp_path: Path) -> None:
    path = patient().write(tmp_path / "run.rdml")
    done = run("quantify", path, "--donor", "SRY=1", "--reference", "RPP30")
    assert done.returncode == 0, done.stderr
    assert "d28" in done.stdout
    assert "0.1" in done.stdout


def test_too_few_standards_give_a_note_and_no_number(tmp_path: Path) -> None:
    done = quantify(patient(levels=(1, 2)), tmp_path, "--json")
    assert done.returncode == 1
    d28 = sample_of(done, "d28")
    assert d28["donors"][0]["call"] == "not_calculated"
    assert d28["donors"][0]["fraction"] is None
    assert any("at least 5 wells at 3 amounts" in n["what"] for n in d28["notes"])


def test_a_control_that_amplifies_takes_the_number_away(tmp_path: Path) -> None:
    done = quantify(patient(ntc=35.0), tmp_path, "--json")
    assert done.returncode == 1
    d28 = sample_of(done, "d28")
    assert d28["donors"][0]["call"] == "not_calculated"
    assert any("no-template control amplified SRY at Cq 35.0" in n["what"] for n in d28["notes"])


def estimate(observations: list[dict], **more: object) -> dict:
    done = run("estimate", "-", stdin=json.dumps({"id": "s1", "observations": observations, **more}) + "\n")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CURVE = {"intercept": 38.3, "slope": -3.45, "sd": 0.34}


def marker(**change: object) -> dict:
    return {"target": "SRY", "cq": [38.1, None, 38.4], "curve": CURVE, "donor": 1, "recipient": 0} | change


def reference(**change: object) -> dict:
    return {"target": "RPP30", "cq": [23.1, 23.2], "curve": CURVE, "donor": 2, "recipient": 2} | change


def test_estimate_answers_cq_values() -> None:
    answer = estimate([marker(), reference()])
    genomes = 10 ** ((23.15 - 38.3) / -3.45) / 2
    assert answer["fraction"] == pytest.approx(2 / (3 * genomes), rel=0.15)
    assert answer["call"] == "detected_below_loq"
    assert answer["low"] < answer["fraction"] < answer["high"]
    assert answer["markers"][0]["target"] == "SRY"


def test_no_cq_in_any_well_is_an_upper_limit() -> None:
    answer = estimate([marker(cq=[None] * 6), reference()])
    assert answer["fraction"] == answer["low"] == 0
    assert answer["call"] == "not_detected"
    assert answer["upper"] * answer["genomes"] == pytest.approx(3, rel=0.15)


def test_a_curve_of_genomes_says_how_many_copies_they_carry() -> None:
    copies = estimate([marker(), reference()])
    genomes = [
        o["curve"] | {"intercept": 38.3 + SLOPE * math.log10(2), "unit": "genomes"} for o in (marker(), reference())
    ]
    answer = estimate([marker(curve=genomes[0]), reference(curve=genomes[1])])
    assert answer["fraction"] == pytest.approx(copies["fraction"], rel=1e-9)
    one = estimate([marker(curve=CURVE | {"unit": "genomes", "copies_per_unit": 1}), reference()])
    assert one["fraction"] == pytest.approx(copies["fraction"], rel=1e-9)


def test_errors_of_the_curve_widen_the_interval() -> None:
    known = estimate([marker(cq=[30.0, 30.1]), reference()])
    vague = CURVE | {"intercept_se": 0.3, "slope_se": 0.05, "covariance": -0.01, "df": 8}
    wide = estimate([marker(cq=[30.0, 30.1], curve=vague), reference(curve=vague)])
    assert wide["high"] / wide["low"] > 1.2 * known["high"] / known["low"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"curve": None}, "'curve' is missing"),
        ({"curve": {"intercept": 38.3, "sd": 0.3}}, "curve: 'slope' is missing"),
        ({"curve": CURVE | {"slope": 3.4}}, "slope of its standard curve must lie between -10 and -1"),
        ({"curve": CURVE | {"sd": -1}}, "must be above 0"),
        ({"curve": CURVE | {"unit": "litres"}}, '\'unit\' must be "copies" or "genomes"'),
        ({"curve": CURVE | {"copies_per_unit": 0}}, "'copies_per_unit' must be above 0"),
        ({"curve": CURVE | {"intercept_se": -1}}, "a standard error must not be below 0"),
        ({"cq": []}, "no well was given"),
        ({"cq": 33}, "must be a list"),
        ({"cq": ["33"]}, "must be a number"),
        ({"cq": [0]}, "a Cq must be a number above 0"),
        ({"positive": 3, "accepted": 8}, "not both"),
        ({"blank": {"cq": []}}, "its blank must have at least one well"),
    ],
)
def test_wrong_input_is_answered_in_a_sentence(change: dict, sentence: str) -> None:
    answer = estimate([marker(**change), reference()])
    assert sentence in answer["error"], answer


def test_partitions_and_wells_need_their_volumes() -> None:
    digital = {"target": "SRY", "positive": 12, "accepted": 36246, "donor": 1, "recipient": 0, "volume_nl": 0.85}
    assert "volume_nl" in estimate([digital, marker(), reference()])["error"]
    answer = estimate([digital, marker(volume_nl=20000), reference(volume_nl=20000)])
    assert answer["call"].startswith("detected")


def report_of(plate: Plate, folder: Path) -> str:
    quantify(plate, folder, "-o", folder / "out")
    return (folder / "out" / "report.txt").read_text()


def table(report: str, sample: str) -> list[list[str]]:
    """The titles and the rows of the sample's table of markers, split where two spaces or more stand."""
    lines = report[report.index(f"\n{sample} · ") :].splitlines()
    first = next(i for i, line in enumerate(lines) if line.lstrip().startswith("Marker"))
    ends = ("info, ", "warning, ", "error, ")  # the notes that follow
    end = next(i for i in range(first, len(lines)) if not lines[i].strip() or lines[i].lstrip().startswith(ends))
    return [re.split(r"\s{2,}", line.strip()) for line in (lines[first], *lines[first + 2 : end])]


def test_the_report_heads_wells_as_wells(tmp_path: Path) -> None:
    plate = patient()
    report = report_of(plate, tmp_path)
    titles, row = table(report, "d28")
    assert titles == ["Marker", "Donor", "With Cq", "Wells", "Cq", "Fraction", "from", "to", "Not used because"]
    cqs = sorted(plate.cqs("d28", "SRY"))
    assert row[:5] == ["SRY", "D1", "6", "6", f"{cqs[0]:.2f} – {cqs[-1]:.2f}"]
    assert table(report, "pre")[1][2:5] == ["0", "6", "–"]
    assert "artition" not in report


def test_the_report_shows_the_calibration(tmp_path: Path) -> None:
    report = report_of(patient(), tmp_path)
    curves = {c["target"]: c for c in json.loads((tmp_path / "out" / "result.json").read_text())["curves"]}
    lines = report[report.index("\nStandard curves\n") : report.index("\nFiles\n")].strip().splitlines()
    assert re.split(r"\s{2,}", lines[1].strip()) == [
        "Target", "Run", "Unit", "Slope", "Efficiency", "Cq of one unit", "r²", "SD of a Cq", "Wells", "Amounts",
    ]  # fmt: skip
    rows = {row[0]: row for row in (re.split(r"\s{2,}", line.strip()) for line in lines[3:])}
    assert rows.keys() == curves.keys() == {"SRY", "RPP30"}
    for target, c in curves.items():
        assert rows[target][1:4] == ["r", "cop", f"{c['slope']:.3f}"]
        assert float(rows[target][4].removesuffix(" %")) == pytest.approx(100 * c["efficiency"], rel=0.01)
        assert rows[target][5:] == [f"{c['intercept']:.2f}", f"{c['r2']:.4f}", f"{c['sd']:.2f}", "15", "5"]


def test_a_sample_that_is_not_calculated_is_headed_by_wells_too(tmp_path: Path) -> None:
    report = report_of(patient(levels=(1, 2)), tmp_path)
    titles, row = table(report, "d28")
    assert titles[2:5] == ["With Cq", "Wells", "Cq"]
    assert row[:4] == ["SRY", "0", "0", "–"] and "no standard curve" in row[-1]  # no donor: an empty cell
    assert "artition" not in report


def test_the_result_lists_the_cq_of_every_well(tmp_path: Path) -> None:
    plate = patient()
    done = quantify(plate, tmp_path, "--json")
    assert sample_of(done, "d28")["markers"][0]["cq"] == plate.cqs("d28", "SRY")
    assert sample_of(done, "pre")["markers"][0]["cq"] == [None] * 6


def test_a_digital_report_counts_partitions(patient: Path, tmp_path: Path) -> None:
    done = run("quantify", patient / "run", *question(patient), "-o", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    report = (tmp_path / "out" / "report.txt").read_text()
    assert "Positive  Partitions" in report and "With Cq" not in report and "Standard curves" not in report
    assert all(m["cq"] is None for s in json.loads(done.stdout)["samples"] for m in s["markers"])


def answer_of(*observations: dict) -> dict:
    return json.loads(run("estimate", "-", stdin=json.dumps({"id": 1, "observations": observations})).stdout)


def test_what_is_said_of_wells_speaks_of_wells() -> None:
    curve = {"intercept": INTERCEPT, "slope": SLOPE, "sd": 0.3}
    sry = {"target": "SRY", "cq": [33.0, 33.1], "curve": curve, "donor": 1, "recipient": 0}
    rpp30 = {"target": "RPP30", "cq": [24.0, 24.1], "curve": curve, "donor": 2, "recipient": 2}
    counts = {"target": "TBP", "positive": 0, "accepted": 20000, "donor": 2, "recipient": 2, "volume_nl": 0.85}
    silent = rpp30 | {"cq": [None, None]}
    assert answer_of(sry, silent)["error"].startswith(
        "No well has a Cq in RPP30 (0 of 2 wells): there is no sign of DNA"
    )
    both = answer_of(sry | {"volume_nl": 20000}, silent | {"volume_nl": 20000}, counts)
    assert both["error"].startswith("No partition is positive and no well has a Cq in ")
    digital = {"target": "S05b", "positive": 3, "accepted": 20000, "donor": 1, "recipient": 0}
    assert answer_of(digital, counts)["error"].startswith("No partition is positive in TBP")
    assert "the volume of a well must be above 0" in answer_of(sry | {"volume_nl": -1}, rpp30)["error"]
    assert "the partition volume must be above 0" in answer_of(digital | {"volume_nl": -1}, counts)["error"]
    notes = answer_of(sry | {"cq": [18.0, 18.1]}, rpp30)["notes"]
    assert any("The Cq values contradict the genotypes" in note and "standard curves" in note for note in notes)
