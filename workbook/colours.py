"""Colours as numbers: read from what people write, their contrast, and the nearest one that can be read.

Contrast is that of WCAG 2.2 (success criterion 1.4.3): text needs 4.5 to its ground.
"""

import colorsys
import re
from collections.abc import Collection

ENOUGH = 4.5
Colour = tuple[int, int, int]  # red, green, blue, each from 0 to 255
_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_STEPS = 255


def parse_colour(text: str) -> Colour:
    """The colour that `text` writes as #0a5, #00aa55 or rgb(0, 170, 85); raises ValueError for anything else."""
    if found := _HEX.fullmatch(text):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if (found := _RGB.fullmatch(text)) and all(int(part) <= 255 for part in found.groups()):
        return int(found[1]), int(found[2]), int(found[3])
    raise ValueError("it is not a colour")


def as_hex(colour: Colour) -> str:
    """The colour as #00aa55."""
    return "#" + "".join(f"{part:02x}" for part in colour)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def least_contrast(colour: Colour, grounds: Collection[Colour]) -> float:
    """The contrast of a colour to that of the `grounds` on which it is read worst."""
    return min(contrast(colour, ground) for ground in grounds)


def nearest_readable(colour: Colour, grounds: Collection[Colour]) -> Colour:
    """The colour of the same hue, nearest in lightness, that can be read on all `grounds`: itself, if it can."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    lighter = sum(map(_luminance, grounds)) < len(grounds) / 2
    end = 1.0 if lighter else 0.0
    for step in range(_STEPS + 1):
        moved = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation)
        red, green, blue = (round(255 * part) for part in moved)
        if least_contrast((red, green, blue), grounds) >= ENOUGH:
            return red, green, blue
    raise ValueError("no colour can be read on all of these grounds")


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
