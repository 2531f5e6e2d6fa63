"""The RDES example of the RDML consortium, against the same file read with csv. Sheets that are no RDES are refused.

Where the corpus does not exist the tests are skipped; support.py says where it is looked for.
"""

import math

import numpy as np
import pytest
from realtime import QPCR, attributes, curves, refused, runs, table, well

RDML = QPCR / "rdml"
pytestmark = pytest.mark.skipif(not RDML.is_dir(), reason=f"the corpus of real files is not at {RDML}")


def test_the_consortiums_example():
    (path,) = RDML.rglob("RDES*amplification.tsv")
    (run,) = runs(path)
    found, rows = curves(run), table(path, "\t")
    assert len(found) == len(rows) == 90
    for row in rows:
        curve = found[well(row["Well"]), row["Target"], row["Dye"]]
        assert curve["sample"] == row["Sample"]
        assert (curve["type"], curve["well type"]) == (row["Sample Type"], row["Sample Type"])
        cq = float(row["Cq"]) if row["Cq"] else math.nan
        assert curve["cq"] == (cq if cq > 0 else None)
        assert curve["amplified"] is (None if math.isnan(cq) else cq > 0)
        expected = [float(row[str(c)]) if str(c) in row else math.nan for c in range(1, 41)]
        read = [math.nan if value is None else value for value in curve["fluorescence"]]
        assert np.array_equal(np.array(read, np.float32), np.array(expected, np.float32), equal_nan=True)
        assert curve["signal"] == "raw"
        assert attributes(run)["", f"Target Type [{row['Target']}]"] == row["Target Type"]


@pytest.mark.parametrize("name", ["probes_pipett*.tsv", "probes_results.tsv", "RDES*.txt"])
def test_other_sheets_are_refused(name):
    paths = list(RDML.rglob(name))
    assert paths
    for path in paths:
        assert "not recognised" in refused(path)["message"]
