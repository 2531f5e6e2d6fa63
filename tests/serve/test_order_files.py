"""Orders as files in a peer's folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

from harness import Service, order
from people import administrator, hire, logged_in


def trouble(service: Service) -> list[dict]:
    return logged_in(service, "tom").ask("GET", "/api/v1/trouble")[1]["items"]


def drop(folder: Path, name: str, text: str) -> None:
    """As a careful LIMS does it: the checksum last, which says that the file is complete."""
    (folder / name).write_text(text, newline="")
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / f"{name}.sha256").write_text(f"{digest}  {name}\n")


def test_orders_left_in_a_folder(start, tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    service = start('[[peer]]\nname = "Files"\nfolder = "orders"\ntests = ["MCHIM-PANEL"]\n')
    hire(administrator(service), "tom", "technician")
    drop(folder, "first.hl7", order("F1", "P1"))
    drop(folder, "lines.hl7", order("F2", "P2").replace("\r", "\r\n"))
    service.until(lambda s: s["orders"]["stored"] == 2)
    orders = logged_in(service, "tom").ask("GET", "/api/v1/orders")[1]["items"]
    assert {item["placer"] for item in orders} == {"P1", "P2"}
    assert trouble(service) == []

    before = sorted((path.name, path.read_bytes()) for path in folder.iterdir())
    assert service.stop() == 0
    service.start()  # all of them again: the same messages
    service.until(lambda s: s["orders"]["duplicates"] == 2)
    assert service.status()["orders"]["stored"] == 2
    assert sorted((path.name, path.read_bytes()) for path in folder.iterdir()) == before

    drop(folder, "refused.hl7", order("F3", "P3").replace("MCHIM-PANEL", "OTHER"))
    drop(folder, "rubbish.hl7", "no message")
    drop(folder, "list.csv", "placer,accession\n")
    drop(folder, "ZZMARKER.hl7", order("F2", "P9"))  # another message under a control id that is known
    service.until(lambda s: s["orders"]["refused"] >= 3)
    told = sorted(item["detail"] for item in trouble(service) if item["code"] == "orders.file")
    assert told == [
        "'ZZMARKER.hl7' was answered with AR 205.",
        "'list.csv' is no .hl7 file.",
        "'refused.hl7' was answered with AE 103.",
        "'rubbish.hl7' was answered with AR 100.",
    ]
    assert service.status()["orders"]["stored"] == 2
    log = service.log.read_text()
    assert "ZZMARKER" not in log and "ZZ-99-PHI" not in log
