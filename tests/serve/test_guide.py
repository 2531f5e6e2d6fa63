"""docs/serve.md, "In ten minutes", typed as it stands there."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from harness import COMMAND, ROOT, msa

LINES = (ROOT / "docs/serve.md").read_text().partition("## In ten minutes")[2].partition("\n## ")[0]
BLOCKS = [re.sub("^    ", "", block, flags=re.M) for block in re.findall(r"(?:^ {4}.*\n)+", LINES, re.M)]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_guide_works_as_written(make_lab) -> None:
    service = make_lab('[[destination]]\nname = "Folder"\nkind = "file"\nfolder = "out"\n')
    service.until(lambda s: s["jobs"]["done"] == 1)
    order, answer = (block for block in BLOCKS if block.startswith("MSH"))
    got = service.wire().ask(order.replace("\n", "\r"))
    assert msa(got) == msa(answer.replace("\n", "\r").encode())
    # The fixture has used the code, and has made ada; so another reviewer with the same words.
    commands = "".join(block for block in BLOCKS if re.match("here=|login|ask", block))
    commands = commands.replace("127.0.0.1:8443", service.addresses["http"]).replace("ada", "eda")
    commands = re.sub(
        r"(ask tokens .*)", r"made=$(\1); echo $made; secret=${made##*mc_}; secret=mc_${secret%%\"*}", commands
    )
    commands = commands.replace("'Authorization: Bearer mc_...'", '"Authorization: Bearer $secret"')
    done = subprocess.run(["bash", "-ec", commands], cwd=service.folder, capture_output=True, text=True)
    assert done.returncode == 0 and '"status":4' not in done.stdout, done
    assert '{"items":[],"next":null}' in done.stdout  # what the machine sees before something was sent to it
    assert '"state":"released"' in done.stdout
    service.until(lambda s: s["outbox"]["accepted"] == 1)
    files = sorted(path.name for path in (service.folder / "out").iterdir())
    assert len(files) == 6 and files[0] == "P0412-d28_R000003-1.csv"
    assert "|ORD-7781^LIS|" in (service.folder / "out/P0412-d28_R000003-1.hl7").read_text()


def test_the_setup_and_the_settings_of_the_guide(start, tmp_path) -> None:
    for folder in ("cases", "inbox", "out"):
        (tmp_path / folder).mkdir()
    subprocess.run([COMMAND, "simulate", "--patient", "-o", tmp_path / "patient"], check=True, capture_output=True)
    (tmp_path / "c.toml").write_text((ROOT / "docs/service.toml").read_text())
    check = subprocess.run(
        [COMMAND, "serve", "--config", tmp_path / "c.toml", "--check"], capture_output=True, text=True
    )
    assert check.returncode == 0, check
    service = start()
    code = re.search(r"^ {4}(\S+)$", service.log.read_text(), re.M)
    assert code
    setup = next(block for block in BLOCKS if "/setup" in block).replace("<the printed code>", code[1])
    setup = setup.replace("127.0.0.1:8443", service.addresses["http"])
    if shutil.which("curl"):
        done = subprocess.run(["bash", "-ec", setup], cwd=tmp_path, capture_output=True, text=True)
        assert done.stdout == '{"user":"root"}', done
