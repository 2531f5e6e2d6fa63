"""Partitions and curves of a run over HTTP, held against the run's own files and against what the command reads."""

from __future__ import annotations

import csv
import io
import json
import math
import struct
import subprocess
import zipfile
from array import array
from pathlib import Path
from typing import NamedTuple

import pytest
from harness import COMMAND, Person, Service
from people import administrator, hire, logged_in, machine, token

SIDE = 64


class Planes(NamedTuple):
    channels: int
    n: int
    scale: float
    planes: list[list[float]]
    rest: bytes  # calls


def unpack(data: bytes) -> Planes:
    """Read the format as its description says, without any code of ours."""
    magic, version, channels, n, scale = struct.unpack_from("<4sHHIf", data)
    assert (magic, version) == (b"MCPL", 1)
    kind = "f" if scale == 0 else "H"
    planes, at = [], 16
    for _ in range(channels):
        values = array(kind)
        end = at + n * values.itemsize
        assert len(data) >= end
        values.frombytes(data[at:end])
        planes.append(list(values))
        at = end
    return Planes(channels, n, scale, planes, data[at:])


def difference(ours: list, theirs: list) -> str:
    """The first one, or nothing; comparing the lists would print them all."""
    if len(ours) != len(theirs):
        return f"{len(ours)} and {len(theirs)} values"
    return next((f"at {i}: {a} and {b}" for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b), "")


def amplitudes(folder: Path, well: str) -> list[list[float]]:
    """The two channels of a QuantaSoft export, as single precision holds them."""
    with next(folder.glob(f"*_{well}_Amplitude.csv")).open() as file:
        rows = list(csv.reader(file))[1:]
    return [list(array("f", (float(row[i]) for row in rows))) for i in (0, 1)]


def counted(x: list[float], y: list[float], axes: dict) -> list[int]:
    """A thumbnail, counted again."""
    cells = [0] * (SIDE * SIDE)

    def cell(value: float, axis: dict) -> int:
        return min(SIDE - 1, int((value - axis["low"]) / (axis["high"] - axis["low"]) * SIDE))

    for one, other in zip(x, y, strict=True):
        cells[cell(other, axes["y"]) * SIDE + cell(one, axes["x"])] += 1
    return cells


@pytest.fixture
def lab(make_lab) -> Service:
    service = make_lab("")
    service.until(lambda s: s["jobs"]["done"] == 1)
    return service


def test_partitions_are_those_of_the_files(lab: Service) -> None:
    ada = logged_in(lab, "ada")
    status, index, headers = ada.ask("GET", "/api/v1/jobs/1/wells")
    assert (status, index["schema"], len(index["runs"])) == (200, "microchim/wells/1", 1)
    assert headers["Cache-Control"] == "no-store"
    wells = {well["well"]: well for well in index["runs"][0]["wells"]}
    read = subprocess.run([COMMAND, "read", str(lab.folder / "inbox/run"), "--json"], capture_output=True, check=True)
    reacts = {react["well"]: react for react in json.loads(read.stdout)["reacts"]}
    assert wells.keys() == reacts.keys() and len(wells) == 96
    everything = {well: amplitudes(lab.folder / "inbox/run", well) for well in wells}
    for well in ("A01", "C07", "H12"):
        expected = everything[well]
        status, data, headers = ada.ask("GET", f"/api/v1/jobs/1/wells/{well}/droplets")
        assert (status, headers["Content-Type"]) == (200, "application/octet-stream")
        got = unpack(data)
        assert (got.channels, got.n, got.scale) == (2, len(expected[0]), 0)
        assert [difference(mine, theirs) for mine, theirs in zip(got.planes, expected, strict=True)] == ["", ""]
        described = wells[well]["droplets"]
        channels = reacts[well]["partitions"]["channels"]
        assert described["n"] == got.n == reacts[well]["partitions"]["accepted"]
        for mine, theirs in zip(described["channels"], channels, strict=True):
            assert (mine["name"], mine["target"], mine["threshold"]) == tuple(
                theirs[key] for key in ("name", "target", "threshold")
            )
        assert len(got.rest) == sum(channel["calls"] for channel in described["channels"]) * got.n
        for i, theirs in enumerate(channels):
            assert got.rest[i * got.n : (i + 1) * got.n].count(1) == theirs["positive"]
        assert [(t["target"], t["positive"]) for t in wells[well]["targets"]] == [
            (c["target"], c["positive"]) for c in reacts[well]["counts"]
        ]
        # A thumbnail: every partition once, on axes that all wells share.
        data = ada.ask("GET", f"/api/v1/jobs/1/wells/{well}/histogram")[1]
        assert len(data) == 16 + 2 * SIDE * SIDE
        thumbnail = unpack(data)
        assert (thumbnail.channels, thumbnail.n, thumbnail.scale) == (1, SIDE * SIDE, 1)
        for axis, channel in (("x", 0), ("y", 1)):
            ends = [value for planes in everything.values() for value in planes[channel]]
            assert described[axis]["low"] == pytest.approx(min(ends))
            assert described[axis]["high"] == pytest.approx(max(ends))
        assert difference(thumbnail.planes[0], counted(*expected, described)) == ""
        assert ada.ask("GET", f"/api/v1/jobs/1/wells/{well}/curves")[0] == 404  # a run of droplets


def test_wrong_ids_and_who_may(lab: Service) -> None:
    tom = logged_in(lab, "tom")
    path = "/api/v1/jobs/1/wells/A01/droplets"
    status, data, headers = tom.ask("GET", path)
    assert status == 200
    assert tom.ask("GET", path, If_None_Match=headers["ETag"])[:2] == (304, b"")
    assert tom.ask("GET", path, If_None_Match='"other"')[1] == data
    assert tom.ask("GET", "/api/v1/jobs/1/wells/a1/droplets")[1] == data  # people write it so
    assert tom.ask("GET", path + "?run=1")[1] == data
    assert tom.ask("HEAD", path)[1] == b""
    for wrong in ("jobs/2/wells", "jobs/x/wells", "jobs/1/wells/Z99/droplets", "jobs/1/wells/H13/droplets"):
        status, body, _ = tom.ask("GET", f"/api/v1/{wrong}")
        assert (status, body["code"]) == (404, "not-found"), wrong
    assert tom.ask("GET", path + "?run=2")[0] == 404
    for run in ("0", "-1", "10000", "1.5", "x", ""):
        assert tom.ask("GET", f"{path}?run={run}")[0] == 422, run
    for wrong in ("wells.json/droplets", "..%2f/droplets", "A01%00/droplets", "A01/droplets/"):
        assert tom.ask("GET", f"/api/v1/jobs/1/wells/{wrong}")[0] in (400, 404), wrong
    assert tom.ask("GET", path, Accept="application/json")[0] == 406
    root = logged_in(lab, "root")
    hire(root, "eve", "auditor")
    lis = machine(lab, token(root, "LIS")["secret"])
    for person, expected in ((root, 403), (logged_in(lab, "eve"), 403), (lis, 403), (Person(lab), 401)):
        for kind in ("wells", "wells/A01/droplets", "wells/A01/histogram", "wells/A01/curves"):
            assert person.ask("GET", f"/api/v1/jobs/1/{kind}")[0] == expected
    # A run that could not be read has none; nor has a file that was cut short or replaced.
    status, job, _ = tom.ask("POST", "/api/v1/jobs?name=plate.zip", b"PK\x03\x04 this is no zip")
    lab.until(lambda s: s["jobs"]["failed"] == 1)
    assert tom.ask("GET", f"/api/v1/jobs/{job['id']}/wells")[1]["code"] == "job.state"
    kept = next((lab.folder / "data/planes").iterdir())
    assert kept.stat().st_mode & 0o777 == 0o600
    whole = kept.read_bytes()
    names, _, _ = whole.partition(b"\n\n")
    huge = names.replace(b"1/A01/droplets ", b"1/A01/droplets 9999999999999")
    for bad in (whole[: len(whole) // 3], b"", names, huge + b"\n\n", b"something else\n\n", b"\n" * 5000):
        kept.write_bytes(bad)
        assert tom.ask("GET", "/api/v1/jobs/1/wells/H12/droplets")[0] == 404
    kept.unlink()
    assert tom.ask("GET", path)[0] == 404


CASE = """schema = "microchim/case/1"
id = "P-1"
[[donor]]
id = "D1"
[genotype]
SRY = { recipient = 0, D1 = 1 }
[[sample]]
name = "d28"
role = "follow-up"
"""
PANEL = """schema = "microchim/panel/1"
[[marker]]
id = "SRY"
class = "Y"
reference = "RPP30"
[[reference]]
target = "RPP30"
"""


def curve(middle: float, top: float) -> list[float]:
    return [round(100 + top / (1 + math.exp(middle - cycle)), 2) for cycle in range(1, 41)]


def rdml(wells: list[dict[str, list[float]]]) -> str:
    """A run with the curves of each well, by target."""
    reacts = "".join(
        f'<react id="{i + 1}"><sample id="d28"/>'
        + "".join(
            f'<data><tar id="{target}"/><cq>{20 + i}</cq>'
            + "".join(f"<adp><cyc>{c + 1}</cyc><fluor>{v}</fluor></adp>" for c, v in enumerate(values))
            + "</data>"
            for target, values in well.items()
        )
        + "</react>"
        for i, well in enumerate(wells)
    )
    return (
        '<?xml version="1.0"?><rdml xmlns="http://www.rdml.org" version="1.2"><dye id="FAM"/><dye id="VIC"/>'
        '<sample id="d28"><type>unkn</type></sample>'
        '<target id="SRY"><type>toi</type><dyeId id="FAM"/></target>'
        '<target id="RPP30"><type>ref</type><dyeId id="VIC"/></target>'
        '<experiment id="e"><run id="r"><pcrFormat><rows>8</rows><columns>12</columns><rowLabel>ABC</rowLabel>'
        f"<columnLabel>123</columnLabel></pcrFormat>{reacts}</run></experiment></rdml>"
    )


def test_curves_are_those_of_the_file(start, tmp_path: Path) -> None:
    """Two plates of real-time PCR in one upload."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases/case.toml").write_text(CASE)
    (tmp_path / "panel.toml").write_text(PANEL)
    service = start('[quantify]\npanel = "panel.toml"\ncases = "cases"\n')
    hire(administrator(service), "tom", "technician")
    plates = [
        [{"SRY": curve(30, 5000), "RPP30": curve(22, 9000)}, {"RPP30": curve(23, 8000)[:35]}],
        [{"SRY": curve(31, 5000)}, {}],
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for i, plate in enumerate(plates):
            archive.writestr(f"plate{i}.rdml", rdml(plate))
    tom = logged_in(service, "tom")
    assert tom.ask("POST", "/api/v1/jobs?name=run.zip", packed.getvalue())[0] == 202
    service.until(lambda s: s["jobs"]["done"] == 1)
    index = tom.ask("GET", "/api/v1/jobs/1/wells")[1]
    numbers = [run["run"] for run in index["runs"]]
    assert numbers == [1, 2]
    for number, plate in zip(numbers, plates, strict=True):
        wells = index["runs"][number - 1]["wells"]
        for described, expected in zip(wells, plate, strict=True):
            path = f"/api/v1/jobs/1/wells/{described['well']}/curves?run={number}"
            assert [c["target"] for c in described["curves"]] == list(expected)
            assert described["droplets"] is None
            status, data, _ = tom.ask("GET", path)
            if not expected:
                assert status == 404
                continue
            got = unpack(data)
            cycles = max(map(len, expected.values()))
            assert (got.channels, got.n, got.scale, got.rest) == (len(expected), cycles, 0, b"")
            for c, values, plane in zip(described["curves"], expected.values(), got.planes, strict=True):
                assert c["cycles"] == len(values)
                assert plane[: len(values)] == list(array("f", values))
                assert all(map(math.isnan, plane[len(values) :]))
    assert tom.ask("GET", "/api/v1/jobs/1/wells/A01/curves?run=3")[0] == 404
