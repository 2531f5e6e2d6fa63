"""Every file of the corpus, digital and real-time, is claimed by one reader or by none, and by the right one.

The corpus is no part of the repository; support.py says where it is looked for. What each folder of it holds is known
from its manifest.
"""

import json
import os
import pathlib
import subprocess

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("MICROCHIM_BIN", str(REPOSITORY / "build/bin/microchim"))
CORPUS = pathlib.Path(os.environ.get("MICROCHIM_SHARED", REPOSITORY.parent / "shared")) / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus of real files is not at {CORPUS}")

# Readers that may claim a file of this folder.
READERS = {
    "dpcr/biorad": {"biorad-quantasoft", "biorad-qxmanager"},
    "dpcr/fluidigm": {"standardbio-biomark"},
    "dpcr/qiagen": {"qiagen-qiacuity"},
    "dpcr/thermo": {"thermo-absoluteq"},
    "qpcr/abi_7500_xls": {"thermo-sds"},
    "qpcr/abi_design_and_analysis_csv": {"thermo-design-analysis"},
    "qpcr/abi_design_and_analysis_xlsx": {"thermo-design-analysis"},
    "qpcr/abi_eds": {"thermo-eds"},
    "qpcr/abi_legacy_sds": {"thermo-sds"},
    "qpcr/abi_openarray": {"thermo-openarray"},
    "qpcr/abi_quantstudio_text": {"thermo-quantstudio"},
    "qpcr/abi_quantstudio_xls": {"thermo-design-analysis"},
    "qpcr/biorad_cfx": {"biorad-cfx"},
    "qpcr/biorad_legacy": {"biorad-legacy"},
    "qpcr/cepheid_smartcycler": {"cepheid-smartcycler"},
    "qpcr/domain_chimerism": {"thermo-eds"},  # templates, which it refuses when reading
    "qpcr/eppendorf_realplex": {"eppendorf-realplex"},
    "qpcr/esco_spectrum": {"esco-spectrum"},
    "qpcr/fluidigm_biomark": {"standardbio-realtime"},
    "qpcr/illumina_eco": {"illumina-eco"},
    "qpcr/qiagen_rotorgene": {"qiagen-rotorgene"},
    "qpcr/rdml": {"rdml", "rdml-rdes"},
    "qpcr/roche_lc480": {"roche-lightcycler480"},
    "qpcr/roche_lc96": {"roche-lightcycler96"},
    "qpcr/stratagene_mx": {"agilent-mx"},
}


def parameters():
    if not CORPUS.is_dir():
        return [pytest.param(None, id="no corpus")]
    folders = sorted({path.parent for path in CORPUS.rglob("*") if path.is_file()})
    return [pytest.param(folder, id=str(folder.relative_to(CORPUS))) for folder in folders]


def detect(path):
    done = subprocess.run([COMMAND, "detect", str(path), "--json"], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("folder", parameters())
def test_no_file_is_claimed_by_two_readers_or_by_the_wrong_one(folder):
    allowed = READERS.get("/".join(folder.relative_to(CORPUS).parts[:2]), set())
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        code, document = detect(path)
        if code == 0:
            assert document["files"][0]["reader"]["id"] in allowed, path
        else:
            assert code == 3 and document["error"]["kind"] == "ReadError", path
            assert "more than one reader" not in document["error"]["message"], path
