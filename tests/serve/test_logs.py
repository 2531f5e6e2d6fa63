"""No log line holds a patient, a secret or a byte of anybody's message.

Everything that a stranger, a laboratory system or a person may send carries MARK, in every place where somebody once
wrote it to a log elsewhere; then everything that the service said is searched.
"""

from __future__ import annotations

import base64
import contextlib
import io
import re
import socket
import ssl
import subprocess
import time
import zipfile
from pathlib import Path

from harness import Laboratory, Person, Service, frame, msa, order

MARK = "ZZLEAK"
SAMPLE = f"{MARK}-Ada-d28"
PASSWORD = "a long enough sentence"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d level=(info|warning|error) [ -~]+")


def said(service: Service) -> str:
    """End it, and give all that it ever wrote."""
    assert service.stop() == 0
    assert service.process.stdout
    written = service.process.stdout.read() + service.log.read_text()
    ours = ("data", "inbox", "out", "cases", "patient")  # where messages and results are meant to be
    for path in service.folder.rglob("*"):
        if path.is_file() and path.relative_to(service.folder).parts[0] not in ours and path.suffix in (".txt", ".log"):
            written += path.read_text(errors="replace")
    return written


def leaks(text: str, *secrets: str) -> list[str]:
    """Look for lines that say what they must not, and for what is no line of ours."""
    notice = re.compile(r"First use: .*|    [\w-]{32}|")  # the code of the first start, for the console
    bad = [line for line in text.splitlines() if MARK.lower() in line.lower() or any(s in line for s in secrets)]
    return bad + [line for line in text.splitlines() if not LINE.fullmatch(line) and not notice.fullmatch(line)]


def test_the_search_finds_what_it_should() -> None:
    good = "2026-11-27T08:24:17.888+00:00 level=warning mllp: closed 127.0.0.1: mllp.no_vt at byte 0"
    assert leaks(good) == []
    assert leaks(f"{good} zzleak") and leaks(f"{good} abc", "abc") and leaks(f"{good}\x1b") and leaks(f"{good}\nforged")


def people_of(service: Service) -> tuple[Person, Person]:
    ada, tom = Person(service), Person(service)
    ada.log_in("ada", PASSWORD)
    tom.log_in("tom", PASSWORD)
    return ada, tom


def marked(text: str) -> str:
    """Make an order that names a patient wherever an order can."""
    return (
        text.replace("ZZMARKER", MARK)
        .replace("ZZ-99-PHI", f"{MARK}-MRN")
        .replace("19700101", f"19700101^{MARK}")
        .replace("MCHIM-PANEL^Microchimerism", f"MCHIM-PANEL^{MARK}ü")
    )


def send_orders(service: Service) -> None:
    wire = service.wire()
    first = marked(order(f"{MARK}-1", f"{MARK}-P1", f"{MARK}-ACC"))
    assert msa(wire.ask(first))[0] == "AA"
    assert msa(wire.ask(first))[0] == "AA"
    assert msa(wire.ask(marked(order(f"{MARK}-1", f"{MARK}-P2"))))[0] == "AR"  # its MSH-10 is used
    assert msa(wire.ask(marked(order(f"{MARK}-3", f"{MARK}-P3", word="CA"))))[0] == "AE"  # nobody ordered it
    assert msa(wire.ask(marked(order("4", "P4")).replace("|LIS|", f"|{MARK}\x1b[31m|", 1)))[0] == "AA"  # MSH-3
    for old in ("OML", "2.5.1", "PID", "NW"):
        wire.ask(marked(order("5", "P5")).replace(old, MARK, 1))
    bad_bytes = marked(order("6", "P6")).encode().replace(MARK.encode(), MARK.encode() + b"\xff")
    wire.socket.sendall(b"\x0b" + bad_bytes + b"\x1c\r")
    assert msa(wire.read().replace(b"\xff", b""))[0] in ("AE", "AR")


def send_rubbish(service: Service) -> None:
    message = marked(order("R", f"{MARK}-R"))
    for junk in (
        message.encode(),  # no start byte
        frame(message)[:-2] + b"\x0b" + message.encode(),
        frame(message)[:-1] + b"\n",
        frame(f"MSH|^~\\&|{MARK}\rPID|||{MARK}"),
        frame(f"MSH|{MARK}\n{MARK}\x07"),
        frame(message + "\x1c" + message),
        f"GET /?patient={MARK} HTTP/1.1\r\nHost: {MARK}\r\n\r\n".encode(),
        b"\x16\x03\x01\x00\x10" + MARK.encode(),
        frame(message.replace("\r", "\r" + f"NTE|1||{MARK}" + "x" * 17_000_000 + "\r", 1)),  # too long
        frame(message)[:-60],  # and then it ends
    ):
        wire = service.wire()
        try:
            wire.socket.sendall(junk)
            wire.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # closed already
        wire.read()
    host, port = service.addresses["mllp"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), source_address=("127.0.0.2", 0)) as stranger:
        stranger.sendall(frame(message))
        stranger.settimeout(10)
        with contextlib.suppress(ConnectionError):
            assert stranger.recv(100) == b""


def raw(service: Service, request: bytes, secure: bool = True) -> None:
    host, port = service.addresses["http"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as plain:
        connection = plain
        if secure:
            context = ssl.create_default_context(cafile=str(service.folder / "data/tls/server.crt"))
            connection = context.wrap_socket(plain, server_hostname="localhost")
        try:
            connection.sendall(request)
            connection.recv(1000)
        except OSError:
            pass


def ask_wrongly(service: Service, ada: Person, tom: Person) -> None:
    """Secrets and names where none belong."""
    nobody = Person(service)
    for user, password in (("ada", f"{MARK}-password"), (f"{MARK}-typed-as-user", PASSWORD)):
        assert nobody.ask("POST", "/api/v1/session", {"user": user, "password": password})[0] in (401, 429)
    nobody.ask("POST", f"/api/v1/session?password={MARK}", {"user": "ada", "password": MARK})
    half = f'{{"user": "{MARK}", "password": "{MARK}'.encode()
    nobody.ask("POST", "/api/v1/session", half, Content_Type="application/json")
    nobody.ask("POST", "/api/v1/setup", {"code": MARK, "user": "eve", "name": MARK, "password": MARK})
    basic = base64.b64encode(f"{MARK}:{MARK}".encode()).decode()
    for credentials in (f"Bearer mc_{MARK}", f"Basic {basic}", MARK):
        assert nobody.ask("GET", f"/api/v1/results?token={MARK}", None, Authorization=credentials)[0] == 401
    for headers in ({"Cookie": f"__Host-mcsid={MARK}"}, {"X_CSRF_Token": MARK}, {"Referer": f"https://x/?p={MARK}"}):
        nobody.ask("GET", f"/{MARK}?patient={MARK}", None, User_Agent=MARK, **headers)
    for path in (f"results/{MARK}", f"results?accession={MARK}", f"{MARK}%00%0d%0a", f"jobs/{MARK}"):
        ada.ask("GET", f"/api/v1/{path}")
    ada.ask("POST", f"/api/v1/results/R000001/{MARK}", {"reason": MARK})
    ada.ask("POST", "/api/v1/results/R000001/reject", {"reason": MARK, MARK: MARK}, If_Match=f'"{MARK}"')
    tom.ask("POST", "/api/v1/orders", {"placer": MARK, "accession": MARK, "test": MARK}, Idempotency_Key=f"{MARK}-1234")
    tom.ask("POST", "/api/v1/orders", {"placer": MARK, "accession": f"{MARK}2", "test": MARK, "surname": MARK})
    tom.ask("POST", "/api/v1/orders", {"placer": MARK * 20, "accession": "\x1b[31m" + MARK, "test": [MARK]})
    raw(service, f"GET /{MARK} HTTP/1.1\r\nHost: {MARK}\r\nAuthorization: Bearer {MARK}\r\n\r\n".encode())
    raw(service, f"{MARK}\r\n\r\n".encode())
    raw(service, f"GET / HTTP/1.1\r\nHost: localhost\r\nX-{MARK}: {'y' * 20_000}\r\n\r\n".encode())
    raw(service, f"GET /?token={MARK} HTTP/1.1\r\n\r\n".encode(), secure=False)


def run_of_a_patient(service: Service) -> bytes:
    """Pack the simulated run again, with a name for a sample; its case knows it."""
    with (service.folder / "cases/case.toml").open("a") as case:
        case.write(f'\n[[sample]]\nname = "{SAMPLE}"\nrole = "follow-up"\n')
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((service.folder / "inbox/run").iterdir()):
            archive.writestr(path.name, path.read_bytes().replace(b"P0412-d28", SAMPLE.encode()))
    return packed.getvalue()


def upload(service: Service, tom: Person) -> None:
    """Upload a run of a patient whose name is the sample's, and files that no reader takes."""
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr(f"{MARK}.csv", f"Sample,{MARK}\n\x1b[31m{MARK},\xff")
        archive.writestr(f"../{MARK}.csv", MARK)
    files = {
        "plate.zip": run_of_a_patient(service),
        f"{MARK}%20Ada.zip": broken.getvalue(),
        f"{MARK}.csv": f"Well,Sample,Concentration\nA01,{MARK},{MARK}\n".encode(),
        f"{MARK}.rdml": f"<?xml version='1.0'?><rdml><sample id='{MARK}'>".encode(),
        f"..%2F{MARK}": b"x",
    }
    for name, content in files.items():
        tom.ask("POST", f"/api/v1/jobs?name={name}", content)
    service.until(lambda s: s["jobs"]["done"] == 2 and s["jobs"]["failed"] == 3)


def result_of_the_patient(ada: Person) -> dict:
    items = ada.ask("GET", "/api/v1/results?limit=200")[1]["items"]
    return next(one for one in items if one["sample"] == SAMPLE)


def sign(ada: Person, item: dict) -> None:
    reviewed = ada.act(item, "review", {"reason": MARK})[1]
    status, signed, _ = ada.act(reviewed, "sign", {"meaning": "authorised", "password": PASSWORD, "reason": MARK})
    assert status == 200, signed


class Babbler(Laboratory):
    """A laboratory system that answers with names: in its error, in the wrong place, and with what is no answer."""

    def talk(self, connection: socket.socket) -> None:
        answers = [
            f"MSH|^~\\&|{MARK}||||20260723||ACK|{MARK}|P|2.5.1\rMSA|AA|{MARK}\r",
            f"MSH|^~\\&|{MARK}\rMSA|{MARK}|{MARK}\r",
            f"{MARK}|{MARK}",
        ]
        connection.recv(1 << 20)
        try:
            for answer in answers:
                connection.sendall(frame(answer))
            connection.sendall(f"HTTP/1.1 500 {MARK}\r\n".encode())
        except OSError:
            return


def certificate(folder: Path, name: str) -> None:
    """Sign one by itself, for a machine that has the patient's name."""
    subject = ["-subj", f"/CN={MARK}-{name}", "-addext", f"subjectAltName=DNS:{MARK}-{name}.example.org"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"]
    command = ["openssl", "req", "-x509", *key, *subject, "-days", "3", "-out", f"{name}.crt"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / f"{name}.key").chmod(0o600)


def refused_by_tls(service: Service) -> None:
    host, port = service.addresses["mllps"].rsplit(":", 1)
    for name in ("trusted", "other", None):  # a name that no peer has; of no authority of ours; none
        context = ssl.create_default_context(cafile=str(service.folder / "trusted.crt"))
        context.check_hostname = False
        if name:
            context.load_cert_chain(service.folder / f"{name}.crt", service.folder / f"{name}.key")
        try:
            with socket.create_connection((host, int(port)), timeout=10) as plain:
                connection = context.wrap_socket(plain, server_hostname=f"{MARK}.example.org")
                connection.sendall(frame(marked(order("T", "T"))))
                assert connection.recv(100) == b""
        except OSError:
            pass


def test_no_log_holds_a_patient_or_a_secret(make_lab, laboratory: Laboratory, tmp_path: Path) -> None:
    for name in ("trusted", "other"):
        certificate(tmp_path, name)
    babbler = Babbler()
    service = make_lab(
        '[mllps]\nlisten = "127.0.0.1:0"\n[mllps.tls]\ncertificate = "trusted.crt"\nkey = "trusted.key"\n'
        'ca = "trusted.crt"\n'
        '[[peer]]\nname = "Secure"\nidentity = "lis.example.org"\n'
        f'[[destination]]\nname = "LIS"\naddress = "127.0.0.1:{laboratory.port}"\npatient = "full"\n'
        f'[[destination]]\nname = "Babbler"\naddress = "127.0.0.1:{babbler.port}"\npatient = "full"\n'
        "answer_seconds = 1\n"
        '[[destination]]\nname = "Folder"\nkind = "file"\nfolder = "out"\npatient = "full"\n'
        f'[[destination]]\nname = "Nobody"\naddress = "127.0.0.1:9"\npatient = "full"\n'
    )
    service.until(lambda s: s["jobs"]["done"] == 1)
    root, (ada, tom) = Person(service), people_of(service)
    root.log_in("root", PASSWORD)
    token = root.ask("POST", "/api/v1/tokens", {"name": MARK, "destination": "LIS", "days": 3})[1]["secret"]
    root.ask("POST", "/api/v1/users", {"id": "eve", "name": MARK, "role": "reviewer", "password": MARK})
    machine = Person(service)
    machine.headers = {"Authorization": f"Bearer {token}"}
    assert machine.ask("GET", "/api/v1/results")[0] == 200

    send_orders(service)
    send_rubbish(service)
    refused_by_tls(service)
    upload(service, tom)
    assert msa(service.wire().ask(marked(order("S", f"{MARK}-S", SAMPLE))))[0] == "AA"
    time.sleep(1.1)  # for whoever typed a wrong password before
    sign(ada, result_of_the_patient(ada))
    ask_wrongly(service, ada, tom)
    status = service.until(lambda s: s["outbox"]["accepted"] == 2)
    for what in (str(status), root.ask("GET", "/metrics")[1].decode(), str(ada.ask("GET", "/api/v1/trouble")[1])):
        assert MARK not in what
    assert any(MARK in message for message in laboratory.received)  # what must not be logged was really there
    assert any(MARK in path.name for path in (tmp_path / "out").iterdir())
    service.kill()
    service.start()
    assert msa(service.wire().ask(marked(order("U", f"{MARK}-U"))))[0] == "AA"

    text = said(service)
    cookies = [person.headers[name] for person in (root, ada, tom) for name in ("Cookie", "X-CSRF-Token")]
    secrets = [PASSWORD, token, *[one.removeprefix("__Host-mcsid=") for one in cookies]]
    assert leaks(text, *secrets, base64.b64encode(f"{MARK}:{MARK}".encode()).decode()) == []
    # It did notice, and said so in its own words.
    codes = ("mllp.no_vt", "mllp.truncated", "mllp.too_long", "answer.", "E_NOT_CONNECTED")
    for word in (*codes, "is not a known peer", "no TLS with"):
        assert word in text, word


def test_names_in_the_inbox_are_not_logged(make_lab) -> None:
    service = make_lab("")
    service.until(lambda s: s["jobs"]["done"] == 1)
    for name in (f"{MARK} Ada 19700101.csv", f"{MARK}\nlevel=error forged.csv"):
        (service.folder / "inbox" / name).write_text("x")
        (service.folder / "inbox" / f"{name}.sha256").write_text("no checksum")
    time.sleep(4)
    assert leaks(said(service)) == []


def test_names_of_result_files_are_not_logged(make_lab) -> None:
    service = make_lab('[[destination]]\nname = "Folder"\nkind = "file"\nfolder = "out"\n')
    service.until(lambda s: s["jobs"]["done"] == 1)
    ada, tom = people_of(service)
    tom.ask("POST", "/api/v1/jobs?name=plate.zip", run_of_a_patient(service))
    service.until(lambda s: s["jobs"]["done"] == 2)
    result = result_of_the_patient(ada)
    (service.folder / f"out/{SAMPLE}_{result['id']}-1.csv").write_text("somebody else's")
    sign(ada, result)
    time.sleep(2)
    assert leaks(said(service)) == []
