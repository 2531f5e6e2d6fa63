"""Laboratory systems that answer wrongly, late, in pieces or not at all: where each message must end.

The systems are those of the shared tools (probe_server.py): one port for each bad habit.
"""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from harness import ROOT, Person

PROBE = Path(os.environ.get("MICROCHIM_SHARED", ROOT.parent / "shared")) / "lims/tools/probe_server.py"
PASSWORD = "a long enough sentence"
UNANSWERED = ("sent", "E_NO_ANSWER")
EXPECTED = {
    "ok": ("accepted", ""),
    "delay2s": ("accepted", ""),
    "slow_read": ("accepted", ""),
    "split1": ("accepted", ""),
    "two_acks": ("accepted", ""),
    "big_ack": ("accepted", ""),
    "ca_then_aa": ("accepted", ""),
    "ae": ("queued", "E_ERROR"),
    "stale_ack_first": ("queued", "E_ERROR"),
    "ar": ("dead", "E_REJECTED"),
    "noframe": ("held", "E_NOT_MLLP"),
    "noack": UNANSWERED,
    "wrong_msa2": UNANSWERED,
    "close_before_ack": UNANSWERED,
    "close_mid_ack": UNANSWERED,
    "lf_after_fs": UNANSWERED,
    "late_ack_swap": UNANSWERED,
}


@pytest.fixture
def probes(tmp_path: Path):
    """Run the systems; give the port of each."""
    if not PROBE.exists():
        pytest.skip(f"the shared tools are not here: {PROBE}")
    with socket.create_server(("127.0.0.1", 0)) as free:
        base = free.getsockname()[1] % 20000 + 20000
    command = [sys.executable, str(PROBE), str(base), str(tmp_path / "probe.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield ast.literal_eval(process.stdout.readline())
        process.kill()


def test_where_each_message_ends(probes: dict[str, int], make_lab) -> None:
    service = make_lab(
        "".join(
            f'[[destination]]\nname = "{mode}"\nkind = "mllp"\naddress = "127.0.0.1:{port}"\nanswer_seconds = 4\n'
            for mode, port in probes.items()
        )
    )
    service.until(lambda s: s["results"]["calculated"] > 0)
    ada = Person(service)
    ada.log_in("ada", PASSWORD)
    item = ada.ask("GET", "/api/v1/results")[1]["items"][0]
    reviewed = ada.act(item, "review")[1]
    assert ada.act(reviewed, "sign", {"meaning": "authorised", "password": PASSWORD})[0] == 200

    def settled(_status: dict) -> bool:
        rows = ada.ask("GET", "/api/v1/outbox")[1]["items"]
        return all(row["last_error_code"] or row["state"] == "accepted" for row in rows)

    service.until(settled)
    rows = ada.ask("GET", "/api/v1/outbox")[1]["items"]
    # An answer that never came is waited for again: then its row is on its way for a moment.
    ended = {row["destination"]: (row["state"].replace("claimed", "sent"), row["last_error_code"]) for row in rows}
    assert ended == {mode: EXPECTED[mode] for mode in probes}
    log = (service.folder / "probe.log").read_text()
    assert log.count('"mode": "ar", "ev": "msg"') == 1  # what is rejected is never sent again
    assert log.count('"mode": "ok", "ev": "msg"') == 1
