"""Every frame of the framing manifest and every sample message, through the real listener: what is answered, what is
closed, and what is in the store afterwards, byte for byte.

What is expected of a message is derived from the manifest, which another reader of HL7 wrote, by the rules of
docs/reference/hl7.md; of a frame it is in the table below. Each gets a peer of its own, so that no control id is known.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import socket
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from harness import ROOT, Service, Wire, order

SAMPLES = Path(os.environ.get("MICROCHIM_SHARED", ROOT.parent / "shared")) / "lims/samples"
pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason=f"the shared samples are not here: {SAMPLES}")


@dataclass
class Met:
    """What became of the bytes that one peer sent."""

    said: list[str] = field(default_factory=list)  # "CA FRAME-0001"
    closed: str = ""  # why, as the log has it: "mllp.no_vt"
    stored: list[bytes] = field(default_factory=list)


def address(number: int) -> str:
    return f"127.2.{number // 200}.{number % 200 + 1}"


def peers(profiles: list[str]) -> str:
    return "".join(
        f'[[peer]]\nname = "P{i}"\naddress = ["{address(i)}"]\nprofile = "{profile}"\n'
        for i, profile in enumerate(profiles)
    )


def acknowledged(answer: bytes) -> tuple[str, str]:
    """MSA-1 and MSA-2, in the delimiters of the answer."""
    text = answer.decode("latin-1").lstrip("\x0b")
    (found,) = (segment for segment in text.split("\r") if segment.startswith("MSA"))
    _, code, control = [*found.split(text[3]), ""][:3]
    return code, control


def say(service: Service, number: int, data: bytes, *, end: bool) -> list[str]:
    """Send as peer `number`, then end, or ask something else to see that the connection lives; give the answers."""
    host, port = service.addresses["mllp"].rsplit(":", 1)
    wire = Wire.__new__(Wire)
    wire.rest = b""
    wire.socket = socket.create_connection((host, int(port)), timeout=20, source_address=(address(number), 0))
    probe = f"PROBE-{number}"
    said = []
    with wire.socket:
        wire.socket.sendall(data if end else data + b"\x0b" + order(probe, probe).encode() + b"\x1c\r")
        if end:
            wire.socket.shutdown(socket.SHUT_WR)
        while answer := wire.read():
            code, control = acknowledged(answer)
            if control == probe:
                assert code == "AA"
                return [*said, "alive"]
            said.append(f"{code} {control}".strip())
    return said


def stored(service: Service) -> dict[str, list[bytes]]:
    """What each peer has in the store, without the questions whether the connection lives."""
    rows: dict[str, list[bytes]] = {}
    with sqlite3.connect(f"file:{service.folder}/data/microchim.db?mode=ro", uri=True) as db:
        for peer, control, body, digest in db.execute("SELECT peer, ctrl, body, sha256 FROM inbound ORDER BY id"):
            assert hashlib.sha256(body).digest() == digest
            if not control.startswith("PROBE-"):
                rows.setdefault(peer, []).append(body)
    return rows


def closes(service: Service) -> dict[str, str]:
    return dict(re.findall(r"closed (\S+): (mllp\.\w+) at byte", service.log.read_text()))


CUT = "mllp.fs_without_cr"
ONE, TWO = ["CA FRAME-0001"], ["CA FRAME-0001", "CA FRAME-0002"]
# name: what is said, why it is closed; and what is stored: that many of the bytes between 0B and 1C
FRAMES: dict[str, tuple[list[str], str, int]] = {
    "f01_one.bin": (ONE, "", 1),
    "f02_two_in_one_segment.bin": (TWO, "", 2),
    "f03_leading_crlf.bin": (ONE, "", 1),
    "f04_nul_between.bin": (TWO, "", 2),
    "f05_fs_without_cr.bin": ([], CUT, 0),
    "f06_fs_lf.bin": ([], CUT, 0),
    "f07_no_vt.bin": ([], "mllp.no_vt", 0),
    "f08_vt_inside.bin": ([], "mllp.vt_in_body", 0),
    "f09_fs_inside_text.bin": ([], "mllp.fs_in_body", 0),
    "f10_empty.bin": ([], "", 0),
    "f11_truncated.bin": ([], "mllp.truncated", 0),
    "f12_http_probe.bin": ([], "mllp.http_request", 0),
    "f13_tls_hello_on_plain.bin": ([], "mllp.tls_hello", 0),
    "f14_not_hl7.bin": (["AR"], "", 0),
    "f15_batch.bin": (["AR"], "", 0),
    "f16_two_msh_one_frame.bin": (["CR FRAME-0001"], "", 0),
    "f17_mllp_r2_ack.bin": ([], "", 0),
    "f18_big_header_only.bin": (["AR"], "", 0),
    "f19_ff_separator.bin": ([], "mllp.vt_in_body", 0),
    "f20_utf8_bom.bin": (ONE, "", 1),
}
TOLERATED = {"f05_fs_without_cr.bin": (ONE, "", 1), "f06_fs_lf.bin": (ONE, "", 1)}


@pytest.mark.parametrize("end", [True, False], ids=["the peer ends", "the connection goes on"])
def test_every_frame_is_met_as_listed(start, end: bool) -> None:
    listed = json.loads((SAMPLES / "own/mllp_frames/manifest.json").read_text())
    assert [entry["file"] for entry in listed] == list(FRAMES)
    cases = [(name, profile) for profile in ("strict", "tolerant") for name in FRAMES]
    service = start(peers([profile for _, profile in cases]))
    said = []
    for number, (name, _) in enumerate(cases):
        data = (SAMPLES / "own/mllp_frames" / name).read_bytes()
        said.append(say(service, number, data, end=end))
    kept, closed = stored(service), closes(service)
    for number, (name, profile) in enumerate(cases):
        answers, why, count = (TOLERATED if profile == "tolerant" else {}).get(name, FRAMES[name])
        if name == "f11_truncated.bin" and not end:
            why = "mllp.vt_in_body"  # what comes next begins inside the message that never ended
        alive = ["alive"] if not why and not end else []
        payloads = re.findall(rb"\x0b([^\x0b\x1c]+)\x1c", (SAMPLES / "own/mllp_frames" / name).read_bytes())
        wanted = Met([*answers, *alive], why, payloads[:count])
        assert Met(said[number], closed.get(address(number), ""), kept.get(f"P{number}", [])) == wanted, (name, profile)
    assert service.status()["audit"]["verified"] is True


REPEATED = ("40_dup_same_msh10_same_body.hl7", "41_conflict_same_msh10_other_body.hl7")
TAKEN = {("OML", "O21"), ("OML", "O33"), ("ORM", "O01"), ("ORU", "R01")}
ANSWERS = {"ACK", "ORL", "ORR", "RSP", "ORA", "MCF"}
VERSIONS = {"2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2"}
EIGHT_BIT = {"8859/1", "8859/9", "8859/15"}


def outcome(facts: dict, body: bytes) -> str:
    """stored, refused (to be sent again when it is mended), rejected, or ignored: an answer."""
    kind, event, *_ = [*facts.get("msh9", "").split("^"), ""]
    if facts["starts"] != "MSH" or facts["messages"] != 1 or re.search(rb"[\r\n](FHS|BHS|BTS|FTS)", body):
        return "rejected"
    if kind in ANSWERS:
        return "ignored"
    mode = facts["msh11"].split("^")[0]
    known = (kind, event) in TAKEN and facts["msh12"].split("^")[0] in VERSIONS
    if not known or not facts["msh10"] or mode not in ("", "P", "T", "D"):
        return "rejected"
    if not facts["utf8"] and facts["msh18"] not in EIGHT_BIT:
        return "refused"
    return "stored" if kind == "ORU" else order_outcome(body)


def order_outcome(body: bytes) -> str:
    """An order has a patient, and every ORC a word that is known, a number and a test."""
    lines = [line for line in re.split(r"[\r\n]+", body.decode("utf-8", "replace")) if line]
    separator = lines[0][3]
    segments = [line.split(separator) for line in lines]
    names = [segment[0] for segment in segments]
    good = names.count("PID") == 1 and "ORC" in names
    for at, control in enumerate(segments):
        if control[0] == "OBR":
            before = [name for name in names[:at] if name in ("ORC", "OBR")]
            good = good and before[-1:] == ["ORC"] and len(control) > 4 and bool(control[4])
        if control[0] == "ORC":
            following = [s for s in segments[at + 1 :] if s[0] in ("ORC", "OBR")][:1]
            numbers = [s[2] for s in [control, *following] if len(s) > 2 and (s is control or s[0] == "OBR")]
            good = good and control[1] == "NW" and any(numbers)
    return "stored" if good else "refused"


def answers(facts: dict, became: str) -> list[str]:
    """Original mode where neither MSH-15 nor MSH-16 says a word of table 0155."""
    words = {"AL", "NE", "ER", "SU"}
    now, later = (facts.get(name, "") if facts.get(name, "") in words else "" for name in ("msh15", "msh16"))
    control = facts.get("msh10", "") or ""
    good = became == "stored"
    codes = []
    if became == "ignored":
        return []
    if not now and not later:
        codes = ["AA" if good else "AR" if became == "rejected" else "AE"]
    elif now in ("NE", "") and not good:
        codes = ["AR" if became == "rejected" else "AE"]
    elif became == "rejected":
        codes = ["CR"] if now in ("AL", "ER") else []
    elif became == "refused":
        codes = {"AL": ["CA", "AE"], "ER": ["AE"], "SU": ["CA", "AE"]}[now]
    else:
        codes = ["CA"] if now in ("AL", "SU") else []
        codes += ["AA"] if later in ("AL", "SU") else []
    if not control:
        codes = ["AR" if code.startswith("A") else "CR" for code in codes]
    return [f"{code} {control}".strip() for code in codes]


def check_messages(start, cases: list[tuple[str, bytes, dict]]) -> dict[str, int]:
    """Send each message as a peer of its own; give how many became what."""
    service = start(peers(["strict"] * len(cases)))
    said = [say(service, i, b"\x0b" + body + b"\x1c\r", end=False) for i, (_, body, _) in enumerate(cases)]
    kept = stored(service)
    counts: dict[str, int] = {}
    for number, (name, body, facts) in enumerate(cases):
        became = outcome(facts, body)
        counts[became] = counts.get(became, 0) + 1
        wanted = Met([*answers(facts, became), "alive"], "", [body] if became in ("stored", "refused") else [])
        assert Met(said[number], "", kept.get(f"P{number}", [])) == wanted, name
    assert not closes(service)
    assert service.status()["audit"]["verified"] is True
    return counts


def header(body: bytes) -> dict:
    """The facts that the manifest lists of other people's messages, of one of ours."""
    text = body.decode("latin-1")
    fields = re.split(r"[\r\n]", text)[0].split(text[3])
    names = {f"msh{n}": fields[n - 1] if len(fields) >= n else "" for n in (9, 10, 11, 12, 15, 16, 18)}
    names["msh9"] = names["msh9"].replace(text[4], "^")
    try:
        body.decode()
        utf8 = True
    except UnicodeDecodeError:
        utf8 = False
    return {**names, "starts": text[:3], "messages": len(re.findall(r"(?:^|[\r\n])MSH", text)), "utf8": utf8}


def test_our_own_samples(start) -> None:
    files = sorted((SAMPLES / "own/hl7v2").glob("*.hl7"))
    cases = [(file.name, file.read_bytes(), header(file.read_bytes())) for file in files]
    counts = check_messages(start, cases)
    assert counts == {"stored": 17, "refused": 2, "rejected": 5, "ignored": 9}


def test_the_same_message_again_and_another_under_its_name(start) -> None:
    wire = start().wire()
    first, other = ((SAMPLES / "own/hl7v2" / name).read_bytes().decode() for name in REPEATED)
    answer = wire.ask(first)
    assert acknowledged(answer) == ("CA", "MCH20260723-000001")
    assert wire.ask(first) == answer
    refusal = wire.ask(other)
    assert acknowledged(refusal) == ("CR", "MCH20260723-000001")
    assert b"|205^" in refusal


@pytest.mark.parametrize(("limit", "code"), [(16 << 20, "CA"), (4 << 20, "CR")])
def test_a_report_of_six_megabytes(start, limit: int, code: str) -> None:
    """The recipe of sample 09: taken, or refused by its name and closed."""
    small = (SAMPLES / "own/hl7v2/05_oru_r01_preliminary.hl7").read_bytes().decode()
    report = base64.b64encode(bytes(range(256)) * (6 << 12)).decode()
    line = f"OBX|99|ED|11502-2^Laboratory report^LN|1|MICROCHIM^application^pdf^Base64^{report}||||||P\r"
    message = small.replace("\rSPM|", "\r" + line + "SPM|")
    assert len(message) > len(small) + (8 << 20)
    service = start()
    service.restart("[mllp]\n", f"[mllp]\nmessage_bytes = {limit}\n")
    wire = service.wire()
    answer = wire.ask(message)
    assert acknowledged(answer) == (code, "MCH20260723-000005")
    if code == "CA":
        assert stored(service) == {"LIS": [message.encode()]}
        return
    assert b"|207^" in answer
    assert wire.read() == b""
    assert stored(service) == {}


def test_the_corpus(start) -> None:
    cases = []
    for facts in json.loads((SAMPLES / "third_party/corpus_manifest.json").read_text()):
        body = (SAMPLES / "third_party" / facts["file"]).read_bytes()
        assert hashlib.sha256(body).hexdigest() == facts["sha256"]
        if body.startswith(b"\x0b"):  # these are frames
            body = body[1 : body.index(b"\x1c")]
            facts = {**facts, **header(body)}
        cases.append((facts["file"], body, facts))
    counts = check_messages(start, cases)
    assert counts == {"stored": 369, "refused": 15, "rejected": 19, "ignored": 1}
