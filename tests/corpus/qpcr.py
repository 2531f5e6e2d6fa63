"""What the tests of real-time readers share: reactions out of the command's document, keyed as they are in a file."""

import pytest
from support import DPCR, read

QPCR = DPCR.parent / "qpcr"


def corpus(folder, pattern="*"):
    """The real files of a dialect, as parameters; where there is no corpus, one that is skipped and says so."""
    files = sorted(p for p in (QPCR / folder).rglob(pattern) if p.is_file()) if (QPCR / folder).is_dir() else []
    if not files:
        reason = f"the corpus of real files is not at {QPCR / folder}"
        return [pytest.param(None, id="no corpus", marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(path, id=path.name) for path in files]


def well_name(text):
    return f"{text[0]}{int(text[1:]):02}"


def number(text):
    """A cell with a decimal comma or point; None for what says none."""
    text = text.strip()
    return float(text.replace(",", ".")) if text not in ("", "-", "ND", "n/a") else None


def runs(path):
    document = read(path)
    return document.get("runs", [document])


def reactions(run):
    """(well, target, dye, position) -> (react, curve)."""
    found = {}
    for react in run["reacts"]:
        for curve in react["curves"]:
            key = (react["well"], curve["target"], curve.get("dye", ""), curve.get("position", ""))
            assert key not in found
            found[key] = (react, curve)
    return found


def attributes(run, well=""):
    return {a["key"]: a["value"] for a in run["attributes"] if a["well"] == well}
