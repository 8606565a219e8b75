"""What Chromium leaves open of PDF/UA (ISO 14289-1) in a PDF that it printed.

Decoration is marked as such, so that no reader hears head and foot on every sheet (7.1); links say where they lead
(7.18.5); the title stands in the metadata (7.1); and a frame is no picture of its own (7.3).
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator

from workbook.language import LANGUAGES, say, speaking

PATH = frozenset({"m", "l", "c", "v", "y", "h", "re"})  # operators that begin or go on with a path
PAINT = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*"})  # that paint it
SHOW = frozenset({"Tj", "TJ", "'", '"', "Do", "sh", "INLINE IMAGE"})  # that show something by themselves
BEGIN = ContentStreamInstruction([Name.Artifact], Operator("BMC"))
END = ContentStreamInstruction([], Operator("EMC"))


def made_accessible(printed: bytes) -> bytes:
    """The PDF with what it lacks; its sheets look as before. Raises ValueError for what is no whole PDF."""
    try:
        return _added(printed)
    except pikepdf.PdfError:
        raise ValueError("the PDF is damaged") from None


def _added(printed: bytes) -> bytes:
    with pikepdf.open(BytesIO(printed)) as pdf:
        language = str(pdf.Root.get("/Lang", ""))
        with speaking(language if language in LANGUAGES else "en"):
            for page in pdf.pages:
                page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(_with_artifacts(page)))
                _describe_links(page)
        for frame in _frames(pdf.Root.get("/StructTreeRoot")):
            frame.S = Name.Div
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = str(pdf.docinfo.get("/Title", ""))
        made = BytesIO()
        pdf.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return made.getvalue()


def _with_artifacts(page: pikepdf.Page) -> list[Any]:
    """The content of a sheet, in which whatever stands in no element of its structure is an artifact."""
    made: list[Any] = []
    depth, path = 0, None  # how many elements are open; where the path begins that is being drawn outside of all
    for step in pikepdf.parse_content_stream(page):
        operator = str(step.operator)
        depth += operator in ("BDC", "BMC")
        if depth == 0 and operator in PATH and path is None:
            path = len(made)
        made.append(step)
        if operator in PAINT and path is not None:
            made[path:] = [BEGIN, *made[path:], END]
        elif depth == 0 and operator in SHOW:
            made[-1:] = [BEGIN, step, END]
        if operator in PAINT or operator == "n":
            path = None
        depth -= operator == "EMC"
    return made


def _describe_links(page: pikepdf.Page) -> None:
    for link in page.get("/Annots", Array()):
        if link.get("/Subtype") == Name.Link and "/Contents" not in link:
            where = link.Dest if "/Dest" in link else link.A.URI if "/A" in link and "/URI" in link.A else ""
            link.Contents = pikepdf.String(say("Link to {where}", where=str(where).lstrip("/")))


def _frames(element: Any) -> Iterator[Any]:
    """The figures of the structure without words of their own, in which other elements have theirs."""
    if isinstance(element, Array):
        for one in element:
            yield from _frames(one)
    elif isinstance(element, Dictionary) and "/K" in element:
        inside = element.K if isinstance(element.K, Array) else [element.K]
        if element.get("/S") == Name.Figure and "/Alt" not in element and any(map(_is_element, inside)):
            yield element
        yield from _frames(element.K)


def _is_element(one: Any) -> bool:
    return isinstance(one, Dictionary) and "/S" in one
