#!/usr/bin/env python3
"""Writes the SBOM of a build (CycloneDX 1.5, JSON): what the command and its readers contain and link.

    docs/security/make_sbom.py [--build build] [-o build/microchim.cdx.json]

Our own files with their SHA-256; the Debian packages of the shared libraries that ldd finds; the packages that are
compiled in, from libraries.toml. The same build on the same machine gives the same bytes: the time is that of
SOURCE_DATE_EPOCH or of the commit, and the serial number is made of the content. Debian only.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import urllib.parse
import uuid

import tomllib

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
LIBRARIES = pathlib.Path(__file__).with_name("libraries.toml")
FIELDS = ("Package", "Version", "Architecture", "Maintainer", "Homepage", "source:Package", "source:Version")
# Debian's short names where SPDX has another one.
SPDX = {
    "Apache-2.0": "Apache-2.0",
    "BSD-2-Clause": "BSD-2-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "BSD-3-clause": "BSD-3-Clause",
    "BSL-1.0": "BSL-1.0",
    "CC0": "CC0-1.0",
    "CC0-1.0": "CC0-1.0",
    "Expat": "MIT",
    "MPL-2": "MPL-2.0",
    "MPL-2.0": "MPL-2.0",
    "Zlib": "Zlib",
    "zlib": "Zlib",
}


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def libraries() -> list[dict[str, str]]:
    return tomllib.loads(LIBRARIES.read_text())["library"]


@functools.cache
def package_of(file: str) -> str:
    """Ask dpkg for it by each name that a file has: /lib is a link to /usr/lib."""
    for name in (file, f"/usr{file}", file.removeprefix("/usr"), str(pathlib.Path(file).resolve())):
        found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(": ")[0].split(",")[0]
    raise SystemExit(f"no package of Debian holds {file}")


def linked_by(file: pathlib.Path) -> set[str]:
    """List the paths of its shared libraries, and of theirs."""
    said = run("ldd", str(file))
    if "not found" in said:
        raise SystemExit(f"{file}: a library is missing:\n{said}")
    return set(re.findall(r"(/\S+) \(0x", said))


def licences(package: str) -> list[str]:
    """Read the short names in its copyright file, without those of the packaging; none where it is prose."""
    file = pathlib.Path("/usr/share/doc", package.split(":")[0], "copyright")
    text = file.read_text(errors="replace") if file.exists() else ""
    if not re.match(r"Format(-Specification)?:\s*http", text):
        return []
    names = set()
    for paragraph in re.split(r"\n\s*\n", text):
        files = re.search(r"^Files:\s*(.*)$", paragraph, re.M)
        licence = re.search(r"^License:[ \t]*(\S.*)$", paragraph, re.M)
        if files and licence and not files[1].startswith("debian/"):
            names.add(licence[1].strip())
    return sorted(names)


def distribution() -> tuple[str, str]:
    values = dict(re.findall(r'^(ID|VERSION_ID)="?([^"\n]*)"?$', pathlib.Path("/etc/os-release").read_text(), re.M))
    return values["ID"], values["VERSION_ID"]


def component_of(package: str, uses: set[str]) -> dict:
    form = "\t".join(f"${{{field}}}" for field in FIELDS)
    values = dict(zip(FIELDS, run("dpkg-query", "-W", "-f", form, package).split("\t"), strict=True))
    vendor, release = distribution()
    quoted = urllib.parse.quote(values["Version"], safe="")
    purl = f"pkg:deb/{vendor}/{values['Package']}@{quoted}?arch={values['Architecture']}&distro={vendor}-{release}"
    component = {
        "type": "library",
        "bom-ref": purl,
        "supplier": {"name": vendor.capitalize()},
        "publisher": values["Maintainer"].split(" <")[0],
        "name": values["Package"],
        "version": values["Version"],
        "purl": purl,
        "properties": [{"name": "microchim:use", "value": use} for use in sorted(uses)]
        + [{"name": "microchim:source", "value": f"{values['source:Package']} {values['source:Version']}"}],
    }
    if found := licences(package):
        component["licenses"] = [{"license": {"id": SPDX[n]} if n in SPDX else {"name": n}} for n in found]
    else:
        note = f"/usr/share/doc/{package.split(':')[0]}/copyright"
        component["properties"].append({"name": "microchim:licence-text", "value": note})
    if values["Homepage"]:
        component["externalReferences"] = [{"type": "website", "url": values["Homepage"]}]
    return component


def own(file: pathlib.Path, version: str) -> dict:
    """One file of ours. A reader has a version of its own, in its reader.cpp."""
    source = REPOSITORY / "plugins" / file.stem / "reader.cpp"
    if source.exists() and (found := re.search(r'\*?\bversion = "([^"]+)"', source.read_text())):
        version = found[1]
    return {
        "type": "application" if file.suffix == "" else "library",
        "bom-ref": f"microchim:{file.name}",
        "supplier": {"name": "Microchim"},
        "name": file.name,
        "version": version,
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}],
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }


def time_of_build() -> str | None:
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if seconds is None:
        git = ["git", "-C", str(REPOSITORY), "log", "-1", "--format=%ct"]
        seconds = subprocess.run(git, capture_output=True, text=True).stdout.strip()
    if not seconds:
        return None
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def delivered(build: pathlib.Path) -> list[pathlib.Path]:
    files = [build / "bin/microchim", *sorted(build.glob("lib/microchim/*.so"))]
    if not files[0].exists():
        raise SystemExit(f"{files[0]} is not there: build first (./dev build)")
    return files + sorted(build.glob("python/microchim/*.so"))


def document(build: pathlib.Path) -> dict:
    found = re.search(r"project\(microchim VERSION ([0-9.]+)", (REPOSITORY / "CMakeLists.txt").read_text())
    version = found[1] if found else "0"
    files = delivered(build)
    extension = any("python" in file.relative_to(build).parts for file in files)
    uses: dict[str, set[str]] = {}
    needs: dict[str, list[str]] = {}
    for file in files:
        needs[file.name] = sorted({package_of(library) for library in linked_by(file)})
        for package in needs[file.name]:
            uses.setdefault(package, set()).add("linked")
    compiled_in = [one for one in libraries() if one["use"] == "compiled in" or (extension and one["use"] == "python")]
    for one in compiled_in:
        uses.setdefault(package_of(one["file"]), set()).add("compiled in")
    packages = {package: component_of(package, how) for package, how in sorted(uses.items())}
    product = "microchim"
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": product,
                "supplier": {"name": "Microchim"},
                "name": "microchim",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [own(file, version) for file in files] + list(packages.values()),
        "dependencies": [
            {
                "ref": product,
                "dependsOn": [f"microchim:{file.name}" for file in files]
                + [packages[package_of(one["file"])]["bom-ref"] for one in compiled_in],
            }
        ]
        + [
            {"ref": f"microchim:{name}", "dependsOn": [packages[package]["bom-ref"] for package in wanted]}
            for name, wanted in needs.items()
        ],
    }
    if when := time_of_build():
        bom["metadata"]["timestamp"] = when
    bom["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(bom, sort_keys=True)).urn
    return bom


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=REPOSITORY / "build", help="the build's folder")
    parser.add_argument("-o", "--output", type=pathlib.Path, help="default: microchim.cdx.json in that folder")
    asked = parser.parse_args()
    output = asked.output or asked.build / "microchim.cdx.json"
    bom = document(asked.build)
    output.write_text(json.dumps(bom, indent=1, ensure_ascii=False) + "\n")
    print(f"{output}: {len(bom['components'])} components")


if __name__ == "__main__":
    main()
