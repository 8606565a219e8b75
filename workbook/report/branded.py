"""The own look of a report as rules of a style sheet: colours that were read as colours, typefaces from a list."""

from functools import cache
from pathlib import Path

from workbook.branding import FONTS, Branding
from workbook.report.looks import running_head

HERE = Path(__file__).parent


def rules(branding: Branding | None) -> str:
    """What the style sheet of a page says beyond ours; empty without an own look."""
    if branding is None:
        return ""
    colours, font = branding.colours, FONTS.get(branding.font, "")
    light, dark = (colours.get(mode, "var(--accent)") for mode in ("light", "dark"))
    own = f"--brand: light-dark({light}, {dark});" + (" --title: var(--brand);" if colours else "")
    own += f" --f: {font}; --fs: {font};" if font else ""
    head = running_head(branding.called, "top-right") if branding.called else ""
    return f"{_style()}body.mlaw, body.mlaw .mlaw {{ {own} }}\n{head}\n"


@cache
def _style() -> str:
    return (HERE / "template" / "branding.css").read_text(encoding="utf-8")
