"""What tests of real-time readers share: the corpus, a run as dictionaries, and tables as csv reads them."""

import csv
import functools
import io
import json
import os
import pathlib
import subprocess

from support import COMMAND, REPOSITORY

QPCR = pathlib.Path(os.environ.get("MICROCHIM_SHARED", REPOSITORY.parent / "shared")) / "corpus/qpcr"
NOTHING = {"", "NaN", "n. def.", "N/A", "None"}


@functools.cache
def runs(path):
    """The runs of a path, with the points of melting curves."""
    command = [COMMAND, "read", str(path), "--json", "--partitions"]
    done = subprocess.run(command, capture_output=True, text=True)
    document = json.loads(done.stdout)
    assert done.returncode == 0, document
    return document.get("runs", [document])


def refused(path):
    """The error of a path that must not be readable."""
    done = subprocess.run([COMMAND, "read", str(path), "--json"], capture_output=True, text=True)
    assert done.returncode == 3, done.stdout[:500]
    return json.loads(done.stdout)["error"]


def curves(run):
    """(well, target, dye) to the curve, with the sample and type of its well."""
    found = {}
    for react in run["reacts"]:
        for curve in react["curves"]:
            key = (react["well"], curve["target"], curve["dye"])
            assert key not in found
            found[key] = {**curve, "sample": react["sample"], "well type": react["type"]}
    return found


def attributes(run):
    return {(a["well"], a["key"]): a["value"] for a in run["attributes"]}


def table(path, delimiter=None, skip=0):
    """Rows as dictionaries, with decimal points; the delimiter is the one that stands most often in the first line."""
    text = path.read_bytes().decode("utf-8").replace("\r\n", "\n").split("\n", skip)[skip]
    first = text.split("\n", 1)[0]
    delimiter = delimiter or max(",;\t", key=first.count)
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def number(cell, comma=False):
    """The number in a cell, or None where it says that there is none."""
    cell = cell.strip()
    if cell in NOTHING or not cell.strip("#"):
        return None
    return float(cell.replace(",", ".") if comma else cell)


def well(name):
    return f"{name[0]}{int(name[1:]):02}"
