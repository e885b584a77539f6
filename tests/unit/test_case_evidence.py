"""A picture is what its bytes say; the copy tells nothing but what it shows."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from geo.cases.evidence.files import FileChanged, FileGone, keep_file, read_file
from geo.cases.evidence.pictures import MOST_BYTES, NotAPicture, PictureTooLarge, check_picture, make_copy
from geo.errors import PianquError


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), **extra: object) -> bytes:
    image = Image.new("RGB", size, (180, 40, 40))
    image.paste((20, 20, 200), (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    image.save(out, kind, **extra)  # type: ignore[arg-type]
    return out.getvalue()


def with_exif(turn: int = 6) -> bytes:
    exif = Image.Exif()
    exif[271], exif[272], exif[274] = "SECRETMAKER", "SECRETMODEL", turn
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (28.0, 17.0, 59.0)
    return picture(exif=exif.tobytes())


@pytest.mark.parametrize(("kind", "media"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_a_picture_is_known_by_its_bytes(kind: str, media: str) -> None:
    found = check_picture(picture(kind))
    assert (found.media_type, found.width_px, found.height_px) == (media, 400, 300)


def test_a_large_jpeg_keeps_its_true_size_though_it_is_decoded_small() -> None:
    assert check_picture(picture(size=(4000, 3000))).width_px == 4000


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"GIF89a" + bytes(100), picture()[:900], picture("PNG")[:200], picture(size=(31, 400)),
     b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7\n", picture("BMP"), picture("TIFF")],
)  # fmt: skip
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        check_picture(content)


@given(st.binary(max_size=300), st.integers(0, 600))
def test_broken_bytes_never_raise_anything_but_a_refusal(noise: bytes, place: int) -> None:
    good = picture("PNG", (40, 40))
    with contextlib.suppress(PianquError):
        check_picture(good[:place] + noise + good[place:])


def test_too_many_bytes_or_points_are_refused_before_decoding() -> None:
    with pytest.raises(PictureTooLarge):
        check_picture(bytes(MOST_BYTES + 1))
    with pytest.raises(PictureTooLarge):
        check_picture(picture("PNG", (10_001, 5_000)))


def test_the_copy_has_no_metadata_is_small_and_stands_upright() -> None:
    original = with_exif(turn=6)
    assert b"SECRETMAKER" in original
    copy = make_copy(original, "2026-03-01 08:30:00  28.30000N 118.00000E")
    assert b"SECRET" not in copy
    shown = Image.open(io.BytesIO(copy))
    assert (shown.format, shown.size, len(shown.getexif())) == ("JPEG", (300, 400), 0)
    assert not {"exif", "icc_profile", "comment"} & set(shown.info)
    red, _, blue = shown.getpixel((290, 10))  # type: ignore[misc]
    assert blue > 150 and red < 90, "the blue quarter is at the upper right once the picture is turned"


def test_text_chunks_and_transparency_do_not_survive() -> None:
    info = PngInfo()
    info.add_text("Author", "SECRETNAME")
    image = Image.new("RGBA", (64, 64), (0, 255, 0, 10))
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=info)
    assert b"SECRETNAME" in out.getvalue()
    assert b"SECRETNAME" not in make_copy(out.getvalue(), "x")


def test_the_copy_is_at_most_1280_points_and_carries_its_mark() -> None:
    first, second = (make_copy(picture(size=(3000, 1000)), mark) for mark in ("2026-03-01", "2026-03-02"))
    shown = Image.open(io.BytesIO(first))
    assert shown.size == (1280, 427)
    assert first != second == make_copy(picture(size=(3000, 1000)), "2026-03-02")
    lower = shown.crop((0, 400, 1280, 427)).convert("L")
    darkest, lightest = lower.getextrema()
    assert lightest > 200 and darkest < 30  # type: ignore[operator]


def test_a_file_is_kept_once_readable_by_its_owner_alone_and_checked_when_read(tmp_path: Path) -> None:
    name = keep_file(tmp_path, b"content")
    assert keep_file(tmp_path, b"content") == name
    (path,) = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert read_file(tmp_path, name) == b"content"
    path.write_bytes(b"changed")
    with pytest.raises(FileChanged):
        read_file(tmp_path, name)
    for wrong in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(FileGone):
            read_file(tmp_path, wrong)
