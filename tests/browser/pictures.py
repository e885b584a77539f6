"""What can be measured on a screenshot."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page


def map_pixels(page: Page) -> NDArray[np.float64]:
    """Grey values of the middle of the map, away from its controls; shape (height, width)."""
    box = page.locator(".folium-map").bounding_box()
    assert box is not None
    clip = {"x": box["x"] + 60, "y": box["y"] + 10, "width": box["width"] - 360, "height": box["height"] - 60}
    png = page.screenshot(clip=clip)  # type: ignore[arg-type]
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=np.float64)


def changed_share(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """Share of pixels whose grey differs by more than 8 of 255."""
    return float((np.abs(before - after) > 8).mean())
