"""The SBOM of this build: complete, valid, and the same again."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

import jsonschema
import pytest
import tomllib

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("MICROCHIM_BIN", ROOT / "build/bin/microchim"))
BUILD = COMMAND.parents[1]
LIBRARIES = tomllib.loads((ROOT / "docs/security/libraries.toml").read_text())["library"]


def make(output: Path) -> bytes:
    command = [sys.executable, str(ROOT / "docs/security/make_sbom.py"), "--build", str(BUILD), "-o", str(output)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1795766400"})
    return output.read_bytes()


@pytest.fixture(scope="module")
def bom(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return json.loads(make(tmp_path_factory.mktemp("sbom") / "a.json"))


def lists(pattern: str) -> set[str]:
    """What the CMakeLists.txt of the tree say; not those of other build folders."""
    names = set()
    for file in [*ROOT.glob("*/**/CMakeLists.txt"), *ROOT.glob("cmake/*.cmake")]:
        top = file.relative_to(ROOT).parts[0]
        if not top.startswith("build"):
            names.update(re.findall(pattern, file.read_text(), re.M))
    return names


def test_the_list_has_what_cmake_asks_for() -> None:
    asked = lists(r"^\s*find_package\((\w+)") | lists(r"^\s*pkg_check_modules\(.* (\S+)\)")
    listed = {one["cmake"] for one in LIBRARIES}
    assert asked - {"PkgConfig"} == listed


def test_the_list_has_what_dev_installs() -> None:
    text = (ROOT / "dev").read_text()
    installed = set()
    for name in ("build_packages", "python_packages", "test_packages"):
        found = re.search(rf'^{name}="([^"]*)"', text, re.M)
        assert found
        installed.update(word for word in found[1].split() if word.endswith("-dev"))
    assert installed - {"libclang-rt-14-dev"} == {one["package"] for one in LIBRARIES if "package" in one}


def test_every_library_is_in_it(bom: dict) -> None:
    names = {one["name"] for one in bom["components"]}
    files = [COMMAND, *(BUILD / "lib/microchim").glob("*.so")]
    assert {file.name for file in files} <= names
    wanted = set()
    for file in files:
        for path in re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", file], capture_output=True, text=True).stdout):
            wanted.add(Path(path).resolve().name)
    held = set()
    for one in bom["components"]:
        if "purl" in one:
            listed = subprocess.run(["dpkg-query", "-L", one["name"]], capture_output=True, text=True, check=True)
            held.update(Path(line).name for line in listed.stdout.splitlines())
    assert wanted and wanted <= held
    compiled_in = {one["package"] for one in LIBRARIES if one["use"] == "compiled in"} - {"libboost-dev"}
    assert compiled_in <= names
    assert any(re.fullmatch(r"libboost[0-9.]+-dev", name) for name in names)


def test_a_package_says_what_it_is(bom: dict) -> None:
    packages = {one["name"]: one for one in bom["components"] if "purl" in one}
    for name, one in packages.items():
        assert one["purl"].startswith(f"pkg:deb/debian/{name}@{urllib.parse.quote(one['version'], safe='')}?arch="), one
        assert one["supplier"]["name"] == "Debian"
        assert "licenses" in one or any(p["name"] == "microchim:licence-text" for p in one["properties"])
    assert packages["libssl3"]["licenses"][0] == {"license": {"id": "Apache-2.0"}}
    references = {one["bom-ref"] for one in bom["components"]} | {"microchim"}
    assert len(references) == len(bom["components"]) + 1
    for one in bom["dependencies"]:
        assert {one["ref"], *one["dependsOn"]} <= references


def test_it_is_the_same_again(bom: dict, tmp_path: Path) -> None:
    again = make(tmp_path / "b.json")
    assert json.loads(again) == bom
    assert bom["metadata"]["timestamp"] == "2026-11-27T08:00:00Z"
    assert str(ROOT).encode() not in again and b"/tmp" not in again  # no path of this machine


def test_it_is_valid(bom: dict) -> None:
    """By the schema of CycloneDX 1.5 as its own library carries it."""
    library = importlib.util.find_spec("cyclonedx")
    if library is None or not library.submodule_search_locations:
        pytest.skip("cyclonedx-python-lib is not installed")
    folder = Path(library.submodule_search_locations[0]) / "schema/_res"
    names = [f"{name}.SNAPSHOT.schema.json" for name in ("bom-1.5", "spdx", "jsf-0.82")]
    main, *others = (json.loads((folder / name).read_text()) for name in names)
    base = main["$id"].rpartition("/")[0]
    store = {f"{base}/{name}": schema for name, schema in zip(names[1:], others, strict=True)}

    def no_more_items(_validator, more, instance, schema):
        # Debian's jsonschema 4.10 sorts what is too much to say it, and objects cannot be sorted.
        if more is False and isinstance(schema.get("items"), list) and len(instance) > len(schema["items"]):
            yield jsonschema.ValidationError("too many")

    draft = jsonschema.validators.extend(jsonschema.Draft7Validator, {"additionalItems": no_more_items})
    validator = draft(main, resolver=jsonschema.RefResolver.from_schema(main, store=store))
    assert [error.message for error in validator.iter_errors(bom)] == []
    del bom["components"][0]["name"]
    assert not validator.is_valid(bom)
