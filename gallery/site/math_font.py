"""Make the font of the formulas: `python gallery/site/math_font.py STIXMath-Regular.otf OUT.woff2`.

It is a part of STIX Math 1.1.1, whose license, the SIL Open Font License 1.1 in
static/math-license.txt, asks for another name. The upstream file is in the Debian package
fonts-stix 1.1.1-4.1, as /usr/share/fonts/opentype/stix-word/STIXMath-Regular.otf, and its SHA-256
begins with ffa86ff85660f452. The script needs pip install fonttools brotli.

The glyphs are those of the characters below and what they are built from, without hints. Four
faults of the upstream font show in browsers, and are mended: an integral sign is narrower than it
is drawn, so that its limits overlap it; a single bar ends at the line of the letters, and so reads
as the letter l; bars, which are stretched by stacking pieces, are stacked without overlap and never
meet; and a browser leaves room behind every root for the widest of the root signs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

NAME = "Stochcalc Math"
# Unicode numbers, base 16: Latin, accents, Greek, letter-like signs, arrows, operators, brackets,
# and the mathematical alphabets: bold and italic, script, double-struck, Greek.
CHARACTERS = """
20-7E A0-FF 2C6 2DC 302-305 391-3C9 3D1 3D5-3D6 3F0-3F1 3F5 2016 2026 2032-2033 203E 20D7
2102 210B 210E 2112-2115 2119-211A 211D 2124 212C 2130-2131 2190-2199 21A6 21D0 21D2 21D4 2200
2202-2203 2205-2209 220B-220C 220F 2211-2213 2215 2217-221A 221D-221E 2223 2225 2227-222C 222E
223C-223D 2243 2245 2248 224C 2260-2261 2264-2265 226A-226B 2282-2283 2286-2287 2295 2297 22A5
22C5-22C6 22CD 22EE-22F1 2308-230B 23DE-23DF 25A1 27E8-27E9 27F5-27F7 27F9 29F5
1D400-1D467 1D49C-1D4B5 1D538-1D550 1D6A4-1D71B
"""
# In 1/1000 em. How far an integral sign leans out of its width: the upper limit is set so much to
# the right of the lower one.
LEAN = {"uni222B": 120, "uni222B.dsp": 450}
# Left, bottom, right, top: as wide as |, and as high as the sign for "divides", U+2223.
BAR = (67, -189, 133, 690)
OVERLAP = {"bar": 790, "uni2016": 440}  # of the pieces of a bar; both are 879 long
ROOT = "uni221A"
ROOTS = ("uni221A.s1", "uni221A.s2", "uni221A.s3")  # the higher ones
ROOM = 112  # in front of each of them, which is taken away


def list_characters() -> list[int]:
    """Return the numbers of the characters."""
    found: list[int] = []
    for part in CHARACTERS.split():
        first, _, last = part.partition("-")
        found += range(int(first, 16), int(last or first, 16) + 1)
    return found


def take_part(font: Any) -> None:
    """Leave in a font the glyphs of the characters, and what they are built from."""
    options = Options(hinting=False, notdef_outline=True, name_IDs=["*"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=list_characters())
    subsetter.subset(font)


def rename(font: Any) -> None:
    """Give a font the name of this project; its copyright and its license stay."""
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in (0, 7, 13, 14)]
    for number, text in ((1, NAME), (2, "Regular"), (4, NAME), (6, NAME.replace(" ", ""))):
        table.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [NAME.replace(" ", "")]
    cff.topDictIndex[0].FullName = NAME
    cff.topDictIndex[0].FamilyName = NAME


def widen_integrals(font: Any) -> None:
    """Make integral signs as wide as they are drawn, and say how far they lean."""
    for glyph, lean in LEAN.items():
        width, left = font["hmtx"][glyph]
        font["hmtx"][glyph] = (width + lean, left)
    info = otTables.MathItalicsCorrectionInfo()
    info.Coverage = otTables.Coverage()
    info.Coverage.glyphs = sorted(LEAN, key=font.getGlyphID)
    info.ItalicsCorrection = []
    for glyph in info.Coverage.glyphs:
        value = otTables.MathValueRecord()
        value.Value = LEAN[glyph]
        info.ItalicsCorrection.append(value)
    info.ItalicsCorrectionCount = len(LEAN)
    font["MATH"].table.MathGlyphInfo.MathItalicsCorrectionInfo = info


def replace_outline(font: Any, glyph: str, width: int, draw: Callable[[Any], None]) -> None:
    """Give a glyph a new width, and the outline that `draw` draws with a pen."""
    strings = font["CFF "].cff.topDictIndex[0].CharStrings
    old = strings[glyph]
    pen = T2CharStringPen(width - old.private.nominalWidthX, font.getGlyphSet())
    draw(pen)
    strings[glyph] = pen.getCharString(old.private, old.globalSubrs)


def draw_bar(pen: Any) -> None:
    """Draw a bar that reaches below the line as a bracket does."""
    left, bottom, right, top = BAR
    pen.moveTo((left, bottom))
    for corner in ((right, bottom), (right, top), (left, top)):
        pen.lineTo(corner)
    pen.closePath()


def lengthen_bar(font: Any) -> None:
    """Let a single bar reach below the line."""
    width, _ = font["hmtx"]["bar"]
    replace_outline(font, "bar", width, draw_bar)


def narrow_roots(font: Any) -> None:
    """Take away the room in front of the higher roots, and the pieces of roots of any height.

    A browser does not know which of them it will need when it asks how wide a formula is, and takes
    the widest. Roots higher than three times the letters are not built any more.
    """
    glyphs = font.getGlyphSet()
    for glyph in ROOTS:
        width, _ = font["hmtx"][glyph]

        def draw(pen: Any, glyph: str = glyph) -> None:
            """Draw the sign further to the left."""
            glyphs[glyph].draw(TransformPen(pen, (1, 0, 0, 1, -ROOM, 0)))

        replace_outline(font, glyph, width - ROOM, draw)
        font["hmtx"][glyph] = (width - ROOM, 0)
    find_construction(font, ROOT).GlyphAssembly = None


def find_construction(font: Any, glyph: str) -> Any:
    """Return how a sign grows upwards."""
    variants = font["MATH"].table.MathVariants
    return variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(glyph)]


def join_bars(font: Any) -> None:
    """Let the pieces of which a long bar is built overlap."""
    _, bottom, _, top = BAR
    for glyph, overlap in OVERLAP.items():
        for piece in find_construction(font, glyph).GlyphAssembly.PartRecords:
            piece.FullAdvance = top - bottom
            piece.StartConnectorLength = overlap
            piece.EndConnectorLength = overlap


def make(upstream: Path, out: Path) -> None:
    """Read STIX Math, and write the font of the pages."""
    font = TTFont(upstream, recalcTimestamp=False)
    take_part(font)
    rename(font)
    widen_integrals(font)
    lengthen_bar(font)
    join_bars(font)
    narrow_roots(font)
    font.flavor = "woff2"
    font.save(out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the font of the formulas.")
    parser.add_argument("upstream", type=Path, help="STIXMath-Regular.otf, version 1.1.1")
    parser.add_argument("out", type=Path, help="the file to write, such as static/math.woff2")
    given = parser.parse_args()
    make(given.upstream, given.out)
