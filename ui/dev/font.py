"""Makes src/style/fonts from the Besley of @fontsource: its tabular nought is broken there, ours is the proper one.

The published file draws the tabular nought (uniFF10) thinner and narrower than the other nine figures. Here it is the
proportional nought, set in the middle of the width of the others. Run with fonttools and brotli installed; the outcome
is committed. The SIL Open Font License allows changed copies; the name is not reserved.
"""

import shutil
from pathlib import Path

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent.parent
SOURCE = HERE / "node_modules/@fontsource/besley"
TARGET = HERE / "src/style/fonts"

font = TTFont(SOURCE / "files/besley-latin-700-normal.woff2")
width = font["hmtx"]["uniFF11"][0]
shift = (width - font["hmtx"]["zero"][0]) // 2
pen = TTGlyphPen(font.getGlyphSet())
pen.addComponent("zero", (1, 0, 0, 1, shift, 0))
font["glyf"]["uniFF10"] = pen.glyph()
font["hmtx"]["uniFF10"] = (width, font["hmtx"]["zero"][1] + shift)
font.flavor = "woff2"
TARGET.mkdir(exist_ok=True)
font.save(TARGET / "besley-latin-700.woff2")
shutil.copy(SOURCE / "files/besley-latin-ext-700-normal.woff2", TARGET / "besley-latin-ext-700.woff2")
shutil.copy(SOURCE / "LICENSE", TARGET / "BESLEY-LICENSE.txt")
