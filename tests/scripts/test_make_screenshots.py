"""`make_screenshots.py`: no picture of the README is larger than 150 kB."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from scripts.make_screenshots import MAX_BYTES, PictureTooLargeError, small


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def test_a_picture_gets_as_many_colors_as_fit() -> None:
    plain = np.zeros((400, 600, 3))
    plain[:, :, 0] = np.arange(600) % 256
    found = Image.open(io.BytesIO(small(png(plain))))
    assert found.size == (600, 400)
    assert len(found.getcolors() or ()) > 128


def test_picture_too_large_in_any_colors_is_an_error() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (800, 800, 3))
    with pytest.raises(PictureTooLargeError, match=f"in 32 colors .* over {MAX_BYTES:,}"):
        small(png(noise))
