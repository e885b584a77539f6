"""What a picture is, found out from its bytes; and the copy that may leave: small, without metadata, marked."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES: Final = 12 << 20
MOST_PIXELS: Final = 50_000_000
LEAST_SIDE: Final = 32
COPY_SIDE: Final = 1280
QUALITY: Final = 82
TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class NotAPicture(Invalid):
    """The bytes are no picture we take, whatever the file is called."""


class PictureTooLarge(TooLarge):
    """A picture of too many bytes or points; the facts say the limits."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture is: media type as its bytes say, and its sides in points."""

    media_type: str
    width_px: int
    height_px: int


def check_picture(content: bytes) -> Picture:
    """Look at the bytes of a picture and decode them once.

    Raises
    ------
    PictureTooLarge
        If it has more than 12 MiB or 50 million points.
    NotAPicture
        If it is no JPEG, PNG or WebP, is broken or cut off, or is smaller than 32 points on a side.
    """
    return _open(content)[1]


def make_copy(content: bytes, mark: str) -> bytes:
    """A copy that may be shown: JPEG of at most 1,280 points a side, turned upright, no metadata, time and place on it.

    Parameters
    ----------
    content
        The original.
    mark
        One line of ASCII, written along the lower edge; other letters are left out, since no font is at hand for them.

    Returns
    -------
    bytes
        The same for the same input and the same version of the imaging library.

    Raises
    ------
    PictureTooLarge, NotAPicture
        As :func:`check_picture`.
    """
    from PIL import Image, ImageDraw, ImageFont, ImageOps

    source, _ = _open(content)
    upright = ImageOps.exif_transpose(source).convert("RGB")
    upright.thumbnail((COPY_SIDE, COPY_SIDE), Image.Resampling.LANCZOS)
    # A fresh canvas: whatever hangs on the source (EXIF, colour profile, comments, text chunks) stays there.
    canvas = Image.new("RGB", upright.size)
    canvas.paste(upright)
    text = mark.encode("ascii", "ignore").decode().strip()
    size = max(10, min(canvas.size) // 28)
    font = ImageFont.load_default(size)
    pen = ImageDraw.Draw(canvas)
    height = size + size // 2
    pen.rectangle((0, canvas.height - height, canvas.width, canvas.height), fill=(0, 0, 0))
    pen.text((size // 2, canvas.height - height + size // 5), text, fill=(255, 255, 255), font=font)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=False)
    return out.getvalue()


def _open(content: bytes) -> tuple[Image, Picture]:
    """The picture decoded, a JPEG at the scale the copy wants; and what it is in full."""
    from PIL import Image, UnidentifiedImageError

    broken = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)
    if len(content) > MOST_BYTES:
        raise PictureTooLarge("evidence.bytes", size=len(content), most=MOST_BYTES)
    try:
        picture = Image.open(io.BytesIO(content), formats=list(TYPES))
    except broken:
        raise NotAPicture("evidence.not_a_picture") from None
    found = Picture(TYPES[str(picture.format)], picture.width, picture.height)
    if found.width_px * found.height_px > MOST_PIXELS:
        raise PictureTooLarge(
            "evidence.pixels", width=found.width_px, height=found.height_px, most=MOST_PIXELS // 1_000_000
        )
    if min(picture.size) < LEAST_SIDE:
        raise NotAPicture("evidence.not_a_picture")
    picture.draft("RGB", (COPY_SIDE, COPY_SIDE))
    try:
        picture.load()
    except broken:
        raise NotAPicture("evidence.not_a_picture") from None
    return picture, found
