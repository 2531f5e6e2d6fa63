"""The schemas of ASM as the package `allotropy` brings them; of it only the data are used."""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

DIGITAL = (
    "adm/pcr/BENCHLING/2023/09/dpcr.schema.json",
    "adm/core/REC/2023/09",
    "qudt/BENCHLING/2023/09",
    "qudt/REC/2023/09",
)
REAL_TIME = ("adm/pcr/REC/2024/09/qpcr.schema.json", "adm/core/REC/2024/09", "qudt/REC/2024/09")


def joined(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema out of several that refer to each other by address; the first is the whole."""
    number = {schema["$id"]: str(i) for i, schema in enumerate(schemas)}

    def within(node: Any, own: str) -> Any:
        if isinstance(node, list):
            return [within(value, own) for value in node]
        if not isinstance(node, dict):
            return node
        out = {key: within(value, own) for key, value in node.items() if key not in ("$id", "$schema")}
        if isinstance(node.get("$ref"), str):
            address, _, place = node["$ref"].partition("#")
            out["$ref"] = f"#/$defs/{number[address] if address else own}{place}"
        return out

    return {"$ref": "#/$defs/0", "$defs": {number[s["$id"]]: within(s, number[s["$id"]]) for s in schemas}}


@functools.cache
def validator(model: tuple[str, ...] = DIGITAL) -> Any:
    """Checks documents of one model; without allotropy, or without jsonschema, the test is skipped."""
    jsonschema = pytest.importorskip("jsonschema")
    found = importlib.util.find_spec("allotropy")
    if found is None or not found.submodule_search_locations:
        pytest.skip("allotropy, which brings the schemas of ASM, is not installed")
    folder = Path(found.submodule_search_locations[0]) / "allotrope" / "schemas"
    files = [folder / model[0]]
    for part in model[1:]:
        files += sorted((folder / part).glob("*.json"))
    kind = jsonschema.Draft202012Validator
    schema = joined([json.loads(file.read_text(encoding="utf-8")) for file in files])
    return kind(schema, format_checker=jsonschema.FormatChecker())
