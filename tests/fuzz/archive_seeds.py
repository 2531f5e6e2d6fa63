"""Tiny zips, workbooks of three kinds and gzip, to begin fuzzing from. Usage: archive_seeds.py FOLDER."""

import gzip
import io
import pathlib
import sys
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "read"))
from xls import workbook

RELATIONS = "<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/></Relationships>"
WORKBOOK = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": "<workbook><sheets><sheet name='Data' r:id='r1'/></sheets></workbook>",
    "xl/_rels/workbook.xml.rels": RELATIONS,
    "xl/sharedStrings.xml": "<sst><si><t>Well</t></si></sst>",
    "xl/worksheets/sheet1.xml": "<worksheet><sheetData><row><c r='A1' t='s'><v>0</v></c></row></sheetData></worksheet>",
}


def packed(files: dict[str, str | bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return memory.getvalue()


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
plain = packed({"run/a.csv": "a,b\n1,2\n", "run/b.csv": ""})
(folder / "plain.zip").write_bytes(plain)
(folder / "packed.zip").write_bytes(packed({"run/a.csv": "a,b\n" * 50}, zipfile.ZIP_DEFLATED))
(folder / "nested.zip").write_bytes(packed({"inner.zip": plain}))
(folder / "book.xlsx").write_bytes(packed(WORKBOOK))
old = workbook({"Data": [["Well", 0.5], [None, True]], "More": [[1]]})
(folder / "book.xls").write_bytes(old)
(folder / "books.zip").write_bytes(packed({"book.xls": old}, zipfile.ZIP_DEFLATED))
(folder / "run.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n", mtime=0))
space = "urn:schemas-microsoft-com:office:spreadsheet"
(folder / "book.xml").write_text(
    f"<?xml version='1.0'?><Workbook xmlns='{space}' xmlns:ss='{space}'><Worksheet ss:Name='Data'><Table>"
    "<Row ss:Index='2'><Cell ss:Index='2'><Data ss:Type='Number'>1</Data></Cell></Row></Table></Worksheet></Workbook>"
)
