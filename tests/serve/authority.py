"""Certificates, and the settings of a service that asks for them."""

from __future__ import annotations

import subprocess
from pathlib import Path

MLLPS = (
    '[mllps]\nlisten = "127.0.0.1:0"\n[mllps.tls]\ncertificate = "server.crt"\nkey = "server.key"\nca = "ca.crt"\n'
    '[[peer]]\nname = "Secure"\nidentity = "lis.example.org"\napplication = "LIS"\nfacility = "HOSP"\n'
)


class Authority:
    """Certificates made with openssl's command."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.call(
            "req",
            "-x509",
            *self.new(name),
            "-days",
            "30",
            "-out",
            f"{name}.crt",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
        )

    def call(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def new(self, name: str) -> list[str]:
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"]
        return [*key, "-subj", f"/CN={name}"]

    def issue(self, name: str, san: str, usage: str, days: str = "30") -> None:
        self.call("req", *self.new(name), "-out", f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={san}\nextendedKeyUsage={usage}\n")
        signed = ["-CA", f"{self.name}.crt", "-CAkey", f"{self.name}.key", "-CAcreateserial", "-days", days]
        self.call("x509", "-req", "-in", f"{name}.csr", *signed, "-extfile", f"{name}.ext", "-out", f"{name}.crt")
        (self.folder / f"{name}.key").chmod(0o600)
