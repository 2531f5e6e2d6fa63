"""A running service, a laboratory system that answers it, and a browser's worth of HTTPS."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("MICROCHIM_BIN", str(ROOT / "build/bin/microchim"))


def frame(message: str) -> bytes:
    return b"\x0b" + message.encode() + b"\x1c\r"


def order(control: str, placer: str, accession: str = "ACC26-000123", word: str = "NW", ask: str = "|||") -> str:
    return (
        f"MSH|^~\\&|LIS|HOSP|MICROCHIM|MOLLAB|20260723101500+0200||OML^O21^OML_O21|{control}|P|2.5.1{ask}\r"
        "PID|||ZZ-99-PHI^^^MOLLAB^MR||ZZMARKER^Ada^^^^^L||19700101|F\r"
        f"ORC|{word}|{placer}^LIS|||||||20260722101000+0200\r"
        f"OBR|1|{placer}^LIS||MCHIM-PANEL^Microchimerism panel^99MCHIM\r"
        f"SPM|1|{accession}&LIS||BLD^Whole blood^HL70487\r"
    )


def msa(answer: bytes) -> tuple[str, str]:
    for segment in answer.decode().split("\r"):
        fields = segment.lstrip("\x0b").split("|")
        if fields[0] == "MSA":
            return fields[1], fields[2]
    return "", ""


class Wire:
    """One MLLP connection to the service."""

    def __init__(self, address: str) -> None:
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        self.rest = b""

    def read(self) -> bytes:
        """Read the next whole answer; b"" when the service closed."""
        while b"\x1c\r" not in self.rest:
            try:
                more = self.socket.recv(65536)
            except ConnectionError:
                return b""
            if not more:
                return b""
            self.rest += more
        answer, self.rest = self.rest.split(b"\x1c\r", 1)
        return answer

    def ask(self, message: str) -> bytes:
        self.socket.sendall(frame(message))
        return self.read()


class Laboratory:
    """The other side: takes results, and answers as it is told."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answers: list[str] = []  # codes for the next messages; then AA
        self.received: list[str] = []
        self.delay = 0.0  # seconds before an answer
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection: socket.socket) -> None:
        wire = Wire.__new__(Wire)
        wire.socket, wire.rest = connection, b""
        while message := wire.read():
            text = message.decode().lstrip("\x0b")
            self.received.append(text)
            time.sleep(self.delay)
            code = self.answers.pop(0) if self.answers else "AA"
            control = text.split("\r")[0].split("|")[9]
            try:
                connection.sendall(
                    frame(
                        f"MSH|^~\\&|LIS|HOSP|||20260723||ACK^R01^ACK|{uuid.uuid4().hex[:12]}|P|2.5.1\rMSA|{code}|{control}\r"
                    )
                )
            except OSError:
                return


class Service:
    """`microchim serve` in a folder of its own."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self.config = folder / "service.toml"
        self.config.write_text(
            'data = "data"\ndisk_reserve_mib = 0\n[http]\nlisten = "127.0.0.1:0"\n[mllp]\nlisten = "127.0.0.1:0"\n'
            '[[peer]]\nname = "LIS"\naddress = ["127.0.0.1"]\napplication = "LIS"\nfacility = "HOSP"\n' + more
        )
        self.log = folder / "log.txt"
        self.trusted = folder / "data/tls/server.crt"  # whom its callers trust
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "--config", str(self.config)], stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout
        words = self.process.stdout.readline().split()
        assert words and words[0] == "ready", self.log.read_text()
        self.addresses = dict(word.split("=", 1) for word in words[1:])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def restart(self, old: str, new: str) -> None:
        """Stop, change the settings, start again."""
        assert self.stop() == 0
        text = self.config.read_text()
        assert text.count(old) == 1
        self.config.write_text(text.replace(old, new))
        self.start()

    def wire(self) -> Wire:
        return Wire(self.addresses["mllp"])

    def status(self) -> dict:
        run = subprocess.run(
            [COMMAND, "status", "--config", str(self.config), "--json"], capture_output=True, text=True, check=True
        )
        return json.loads(run.stdout)

    def until(self, what, seconds: float = 60):
        """Wait for something in the status."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status = self.status()
            if what(status):
                return status
            time.sleep(0.2)
        raise AssertionError(f"{status}\n{self.log.read_text()}")


class Person:
    """Somebody with a browser."""

    def __init__(self, service: Service) -> None:
        self.address = service.addresses["http"]
        self.context = ssl.create_default_context(cafile=str(service.trusted))
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, body=None, **headers: str):
        """Ask; return status, parsed body and headers."""
        connection = http.client.HTTPSConnection(self.address, context=self.context, timeout=30)
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        data = None
        if isinstance(body, bytes):
            data = body
            sent.setdefault("Content-Type", "application/octet-stream")
        elif body is not None:
            data = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        if method == "POST":
            sent.setdefault("Idempotency-Key", uuid.uuid4().hex)
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        parsed = json.loads(text) if text and answer.headers.get_content_type().endswith(("/json", "+json")) else text
        return answer.status, parsed, answer.headers

    def log_in(self, user: str, password: str) -> None:
        status, body, headers = self.ask("POST", "/api/v1/session", {"user": user, "password": password})
        assert status in (200, 201), body
        self.headers = {
            "Cookie": headers["Set-Cookie"].split(";")[0],
            "X-CSRF-Token": body["csrf_token"],
            "Origin": f"https://{self.address}",
        }

    def act(self, result: dict, word: str, body: dict | None = None):
        """Do something with a result as it was last seen."""
        tag = f'"{result["id"]}-{result["revision"]}"'
        return self.ask("POST", f"/api/v1/results/{result['id']}/{word}", body or {}, If_Match=tag)
