"""Where the real files and the command are, and both read: what the tests of this folder share.

The corpus is no part of the repository: <repository>/../shared/corpus, or MICROCHIM_SHARED/corpus. The command is
build/bin/microchim, or MICROCHIM_BIN.
"""

import csv
import functools
import io
import json
import os
import pathlib
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("MICROCHIM_BIN", str(REPOSITORY / "build/bin/microchim"))
DPCR = pathlib.Path(os.environ.get("MICROCHIM_SHARED", REPOSITORY.parent / "shared")) / "corpus/dpcr"
BIORAD = DPCR / "biorad"


def lines(data):
    """The rows of a table as the csv module reads them; TAB where the head has one."""
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text[:2000] else ","))


def run(path, *options):
    """(exit code, document) of the command on a file, a folder or a zip."""
    done = subprocess.run([COMMAND, "read", str(path), "--json", *options], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


@functools.cache
def read(path, *options):
    """The document of a path that must be readable; with "--partitions" also the points of melting curves."""
    code, document = run(path, *options)
    assert code == 0, document
    return document


@functools.cache
def readers():
    """Ids of the readers that the command has."""
    done = subprocess.run([COMMAND, "readers", "--json"], capture_output=True, text=True)
    return {reader["id"] for reader in json.loads(done.stdout)["readers"]}
