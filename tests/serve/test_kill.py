"""Killed at random moments, with orders in, runs and results out under way: nothing lost, nothing doubled."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

from harness import COMMAND, Laboratory, Person, Service, msa, order

PASSWORD = "a long enough sentence"
ROUNDS = 1000 if os.environ.get("MICROCHIM_LONG") else 20
RUNS = ROUNDS // 5


class Siege:
    """Who works with the service while it is killed; what they were promised."""

    def __init__(self, service: Service, laboratory: Laboratory, spare: list[Path]) -> None:
        self.service, self.laboratory, self.spare = service, laboratory, spare
        self.acknowledged: set[str] = set()
        self.signed: set[str] = set()
        self.round = 0
        self.over = threading.Event()

    def send_orders(self, worker: int) -> None:
        wire, number = self.service.wire(), 0
        while not self.over.is_set():
            number += 1
            name = f"K{self.round}-{worker}-{number}"
            answer = wire.ask(order(name, name))
            if not answer:
                return
            assert msa(answer) == ("AA", name)
            self.acknowledged.add(name)

    def sign_results(self) -> None:
        ada = Person(self.service)
        ada.log_in("ada", PASSWORD)
        while not self.over.is_set():
            for state in ("reviewed", "calculated"):
                for item in ada.ask("GET", f"/api/v1/results?state={state}")[1]["items"]:
                    self.sign(ada, item)
            time.sleep(0.05)

    def sign(self, ada: Person, item: dict) -> None:
        if item["state"] == "calculated":
            status, item, _ = ada.act(item, "review")
            assert status == 200, item
        status, item, _ = ada.act(item, "sign", {"meaning": "authorised", "password": PASSWORD, "reason": "seen"})
        assert (status, item["state"]) == (200, "released")
        self.signed.add(item["id"])

    def attack(self, seconds: float) -> None:
        """One round: everybody works, then the service is gone in the middle of it."""
        self.round += 1
        self.over.clear()
        if self.spare and self.round % 5 == 1:
            run = self.spare.pop()
            run.rename(self.service.folder / "inbox" / run.name)
        jobs = [(self.send_orders, (i,)) for i in range(3)] + [(self.sign_results, ())]
        workers = [threading.Thread(target=quietly, args=(work, *which)) for work, which in jobs]
        for worker in workers:
            worker.start()
        time.sleep(seconds)
        self.service.kill()
        self.over.set()
        for worker in workers:
            worker.join()
        self.service.start()


def quietly(work, *arguments) -> None:
    """Work until the service is gone."""
    with contextlib.suppress(OSError):
        work(*arguments)


def make_runs(folder: Path) -> list[Path]:
    """Distinct plates; the counts alone, which are read quickly."""
    runs = []
    for seed in range(2, 2 + RUNS):
        made = folder / f"spare/{seed}"
        subprocess.run(
            [COMMAND, "simulate", "--patient", "--seed", str(seed), "-o", str(made)], check=True, capture_output=True
        )
        for amplitudes in made.glob("run/*_Amplitude.csv"):
            amplitudes.unlink()
        runs.append((made / "run").rename(folder / f"spare/run-{seed}"))
    return runs


def test_nothing_is_lost_and_nothing_doubled(make_lab, laboratory: Laboratory, tmp_path: Path) -> None:
    laboratory.delay = 0.02  # so that the end also finds results whose answer is still to come
    service = make_lab(
        f'[[destination]]\nname = "LIS"\nkind = "mllp"\naddress = "127.0.0.1:{laboratory.port}"\n'
        '[[destination]]\nname = "Folder"\nkind = "file"\nfolder = "out"\n'
    )
    siege = Siege(service, laboratory, make_runs(tmp_path))
    service.until(lambda s: s["results"]["calculated"] > 0)
    chance = random.Random(5)
    for _ in range(ROUNDS):
        siege.attack(chance.choice((0.1, 1.0, 3.0)) * chance.random())
    jobs = service.until(lambda s: s["jobs"]["done"] + s["jobs"]["failed"] == RUNS + 1, 600)["jobs"]
    status = service.until(lambda s: sum(s["outbox"].values()) == s["outbox"]["accepted"], 600)
    assert status["audit"]["verified"] is True

    store = sqlite3.connect(f"file:{service.folder}/data/microchim.db?mode=ro", uri=True)
    stored = Counter(row[0] for row in store.execute("SELECT ctrl FROM inbound"))
    placed = Counter(row[0] for row in store.execute("SELECT placer FROM lab_order"))
    assert siege.acknowledged <= stored.keys() and stored.keys() == placed.keys()
    assert max(stored.values()) == max(placed.values()) == 1

    per_job = [row[0] for row in store.execute("SELECT count(*) FROM result GROUP BY job")]
    assert len(per_job) == jobs["done"] and len(set(per_job)) == 1  # each run was read once, and whole

    released = {row[0] for row in store.execute("SELECT id FROM result WHERE state='released'")}
    assert siege.signed <= released
    sent = {row[0]: row[1:] for row in store.execute("SELECT ctrl, result_id, body FROM outbox WHERE dest='LIS'")}
    assert Counter(result for result, _ in sent.values()) == Counter(released)
    taken: dict[str, set[str]] = {}
    for message in laboratory.received:
        taken.setdefault(message.split("|")[9], set()).add(message)
    assert taken == {control: {body.decode()} for control, (_, body) in sent.items()}
    files = [path.name for path in (tmp_path / "out").iterdir()]
    assert len(files) == 6 * len(released) and not any(name.endswith(".tmp") for name in files)
    print(
        f"{ROUNDS} ends: {len(siege.acknowledged)} orders, {len(per_job)} runs ({jobs}), {len(released)} results "
        f"in {len(laboratory.received)} deliveries"
    )
    assert len(siege.acknowledged) > 10 * ROUNDS and released
