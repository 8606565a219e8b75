"""Spreadsheets part by part, as no library would write them."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = {
    "_rels/.rels": [("top", "officeDocument", "xl/workbook.xml")],
    "xl/_rels/workbook.xml.rels": [
        ("sheet", "worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles", "styles.xml"),
        ("strings", "sharedStrings", "/xl/sharedStrings.xml"),
    ],
}
Part = str | Iterable[bytes]


def write_book(path: Path, sheet: Part, *, strings: Part = "", styles: Part = "", about: str = "") -> Path:
    """An .xlsx file of these parts: the rows of a sheet, the texts, what stands in the styles and about the book.

    A part that is text gets its frame; one that comes in pieces is written as it is.
    """
    names = '<sheets><sheet name="S1" sheetId="1" r:id="sheet"/></sheets>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, relations in RELATIONS.items():
            listed = (f'<Relationship Id="{i}" Type="http://x/{t}" Target="{target}"/>' for i, t, target in relations)
            packed.writestr(name, f"<Relationships>{''.join(listed)}</Relationships>")
        packed.writestr("xl/workbook.xml", f'<workbook {NS} xmlns:r="r">{about}{names}</workbook>')
        _put(packed, "xl/worksheets/sheet1.xml", sheet, f"<worksheet {NS}><sheetData>", "</sheetData></worksheet>")
        _put(packed, "xl/sharedStrings.xml", strings, f"<sst {NS}>", "</sst>")
        _put(packed, "xl/styles.xml", styles, f"<styleSheet {NS}>", "</styleSheet>")
    return path


def _put(packed: zipfile.ZipFile, name: str, part: Part, head: str, tail: str) -> None:
    with packed.open(name, "w") as file:
        for piece in [f"{head}{part}{tail}".encode()] if isinstance(part, str) else part:
            file.write(piece)


def repeated(head: str, one: str, tail: str, megabytes: int = 100) -> Iterator[bytes]:
    """`one` again and again until it takes `megabytes`, in pieces."""
    piece = one.encode() * max(1, 100_000 // len(one.encode()))
    yield head.encode()
    for _ in range(megabytes * 1024**2 // len(piece)):
        yield piece
    yield tail.encode()
