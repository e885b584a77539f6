"""A team's sheet as one PNG for a chat group: the same head, map and stops, upright, as wide as a phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Final

from markupsafe import Markup

from geo.errors import Invalid
from maps.reports.route_sheet import TeamSheet
from maps.reports.sheet_map import HEIGHT_MM, WIDTH_MM
from maps.texts import Texts

FAMILIES: Final = ("Noto Sans CJK SC", "WenQuanYi Micro Hei", "Source Han Sans SC", "Microsoft YaHei")
PIXELS: Final = 1080
"""Width of the picture; chat programs shrink wider ones."""

MARGIN, ROW = 6.0, 6.6
INK, FINE, LINE, BAND = "#1F1B16", "#5E5440", "#D8D2C4", "#F4F1EA"


class NoFont(Invalid):
    """No font with Chinese characters on this machine; the message names the package that brings one."""


@dataclass
class Paper:
    """SVG under way, in millimetres; ``y`` is where the next line goes."""

    parts: list[str] = field(default_factory=list)
    y: float = MARGIN

    def text(self, x: float, y: float, said: str, size: float, look: str = "") -> None:
        """Put words with their baseline at (x, y)."""
        head = Markup('<text x="{:.2f}" y="{:.2f}" font-size="{}" ').format(x, y, size)
        self.parts.append(head + Markup(look or f'fill="{INK}"') + Markup(">{}</text>").format(said))

    def box(self, x: float, y: float, wide: float, high: float, look: str) -> None:
        """Put a rectangle."""
        self.parts.append(f'<rect x="{x:.2f}" y="{y:.2f}" width="{wide:.2f}" height="{high:.2f}" {look}/>')


def fit(said: str, room: float) -> str:
    """As much of a text as fits, with an ellipsis where it is cut.

    Parameters
    ----------
    room
        In widths of a Chinese character; other characters count .55.

    Examples
    --------
    >>> fit("农贸市场", 4), fit("农贸市场北门", 4), fit("A1 queue", 4.4)
    ('农贸市场', '农贸市…', 'A1 queue')
    """
    widths = [0.55 if ord(letter) < 0x2E80 else 1.0 for letter in said]
    if sum(widths) <= room:
        return said
    used, kept = 1.0, ""
    for letter, wide in zip(said, widths, strict=True):
        if used + wide > room:
            break
        used, kept = used + wide, kept + letter
    return kept.rstrip() + "…"


def render_sheet_svg(sheet: TeamSheet, texts: Texts) -> str:
    """The sheet as one SVG, as long as its stops need; lengths in millimetres."""
    paper = Paper()
    _head(paper, sheet, texts)
    _map(paper, sheet)
    _stops(paper, sheet, texts)
    _foot(paper, sheet, texts)
    high = paper.y + MARGIN
    wide = WIDTH_MM + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high:.2f}" font-family="sans-serif">'
        f'<rect width="{wide}" height="{high:.2f}" fill="#FFFFFF"/>{"".join(paper.parts)}</svg>'
    )


def draw_picture(svg: str) -> bytes:
    """A sheet as PNG, 1,080 pixels wide.

    Raises
    ------
    NoFont
        If the machine has no font with Chinese characters: boxes instead of words are of no use in the rain.
    """
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=PIXELS, sans_serif_family=_family()))


@cache
def _family() -> str:
    """The first font of the list that draws Chinese characters here."""
    import resvg_py

    word = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text y="8" font-size="8">{}</text></svg>'
    for family in FAMILIES:
        drawn, blank = (
            resvg_py.svg_to_bytes(svg_string=word.format(sign), sans_serif_family=family, font_family=family)
            for sign in ("巡", "")
        )
        if drawn != blank:
            return family
    raise NoFont("maps.no_font", known=", ".join(FAMILIES))


def _head(paper: Paper, sheet: TeamSheet, texts: Texts) -> None:
    team, shift = sheet.team, sheet.shift
    paper.box(0, 0, WIDTH_MM + 2 * MARGIN, 17, f'fill="{team.color}"')
    paper.text(MARGIN, 11.5, fit(team.name, 10), 9, 'fill="#FFFFFF" font-weight="700"')
    when = f"{texts.day(sheet.on_date)} {shift.name} {texts.time(shift.starts_at)}–{texts.time(shift.ends_at)}"
    paper.text(WIDTH_MM + MARGIN, 11.2, when, 5.4, 'fill="#FFFFFF" text-anchor="end"')
    people = "、".join(team.members)
    rights = texts("licensed_count", count=team.licences) if team.licences >= 2 else texts("no_formal_acts")
    going = " ".join(part for part in (texts("mode_" + team.mode), team.vehicle or "") if part)
    paper.text(MARGIN, 24, fit(f"{texts('members')} {people} · {rights}", 38), 4.6)
    length = texts("route_length", distance=texts.distance(team.distance_m), time=texts.minutes(team.duration_s))
    paper.text(MARGIN, 30.5, fit(f"{texts('vehicle')} {going} · {length}", 38), 4.6)
    paper.y = 34.0


def _map(paper: Paper, sheet: TeamSheet) -> None:
    if not sheet.map:
        return
    placed = f'<svg x="{MARGIN}" y="{paper.y}" width="{WIDTH_MM}" height="{HEIGHT_MM}" '
    paper.parts.append(str(sheet.map).replace("<svg ", placed, 1))
    look = f'fill="none" stroke="{LINE}" stroke-width="0.4"'
    paper.box(MARGIN, paper.y, WIDTH_MM, HEIGHT_MM, look)
    paper.y += HEIGHT_MM + 3


def _stops(paper: Paper, sheet: TeamSheet, texts: Texts) -> None:
    """All stops: unlike a page of A4 a picture may be as long as it must."""
    for number, stop in enumerate(sheet.team.stops):
        if stop.waits:
            said = texts("wait_until", time=texts.time(stop.begins_at))
            paper.text(MARGIN + 11, paper.y + ROW - 2.0, texts.time(stop.arrive_at), 4.6, f'fill="{FINE}"')
            paper.text(MARGIN + 44, paper.y + ROW - 2.0, said, 4.6, f'fill="{FINE}"')
            paper.y += ROW
        top = paper.y
        if number % 2 == 0:
            paper.box(MARGIN, top, WIDTH_MM, ROW, f'fill="{BAND}"')
        middle = top + ROW - 2.0
        paper.text(MARGIN + 8, middle, str(stop.seq), 4.6, f'fill="{FINE}" text-anchor="end"')
        times = f"{texts.time(stop.begins_at)}–{texts.time(stop.leave_at)}"
        paper.text(MARGIN + 11, middle, times, 4.6, f'fill="{INK}" font-weight="700"')
        said = f"{stop.name}  {stop.describe(texts, brief=True)}" if stop.name else stop.describe(texts, brief=True)
        paper.text(MARGIN + 44, middle, fit(said, 30), 4.6)
        paper.y += ROW
    paper.y += 3


def _foot(paper: Paper, sheet: TeamSheet, texts: Texts) -> None:
    numbered = texts("review_number", number=sheet.review_number) if sheet.review_number else texts("no_review_number")
    said = f"{texts('plan_version', version=sheet.shift.version)} · CGCS2000 · {numbered}"
    sources = f"{texts('sheet_source_label')} {texts.sources(', '.join(sheet.sources))}"
    for line in (said, sources):
        paper.text(MARGIN, paper.y + 3, fit(line, 56), 3.3, f'fill="{FINE}"')
        paper.y += 4.6
