"""Logos and pictures of scanners are held in the page; what cannot be shown is no error."""

from __future__ import annotations

import base64
import logging
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from schedvisu_lib.figures import pictures
from schedvisu_lib.figures.pictures import LARGEST, picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


def held(html) -> bytes:
    """Return the bytes in an image."""
    return base64.b64decode(html.text.partition("base64,")[2].partition('"')[0])


@pytest.mark.parametrize(("name", "kind"), [("a.png", "png"), ("a.jpg", "jpeg"), ("a.JPEG", "jpeg")])
def test_picture_is_a_data_uri(tmp_path, name, kind):
    file = tmp_path / name
    Image.new("RGB", (40, 20), "#0072b2").save(file, kind)
    shown = picture(file, 'Logo of "us" & them', "logo")
    assert f'src="data:image/{kind};base64,' in shown.text
    assert held(shown) == file.read_bytes()
    assert 'alt="Logo of &quot;us&quot; &amp; them"' in shown.text
    assert 'class="logo"' in shown.text
    assert str(tmp_path) not in shown.text


def test_plain_svg_is_a_data_uri(tmp_path):
    file = tmp_path / "a.SVG"
    file.write_text(
        SVG.format('<g id="a"/><!-- drawn --><use xlink:href="#a"/><image href="data:image/png;base64,AA"/>')
    )
    shown = picture(file, "Logo", "logo")
    assert 'src="data:image/svg+xml;base64,' in shown.text
    assert held(shown) == file.read_bytes()


def test_site_without_picture_shows_none(caplog):
    assert picture(None, "Logo", "logo").text == ""
    assert not caplog.records


def told(file: Path, caplog) -> str:
    """Return the warning about a picture that is not shown."""
    with caplog.at_level(logging.WARNING):
        assert picture(file, "Logo", "logo").text == ""
    [record] = caplog.records
    assert str(file) in record.getMessage()
    return record.getMessage()


@pytest.mark.parametrize(
    "name", ["missing.png", "folder.png", "logo.bmp", "logo", "broken.png", "other.png", "bad.svg"]
)
def test_picture_that_cannot_be_shown_is_a_warning_that_names_it(tmp_path, caplog, name):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "logo.bmp").write_bytes(b"BM")
    (tmp_path / "logo").write_bytes(b"?")
    whole = BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (50, 50, 3), dtype="uint8")).save(whole, "PNG")
    (tmp_path / "broken.png").write_bytes(whole.getvalue()[:2000])
    Image.new("RGB", (4, 4)).save(tmp_path / "other.png", "GIF")
    (tmp_path / "bad.svg").write_text("<svg")
    assert "PNG, JPEG or SVG" in told(tmp_path / name, caplog)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SVG.format("<script>alert(1)</script>"), "script"),
        (SVG.format('<g onload="alert(1)"/>'), "script"),
        (SVG.format('<a xlink:href=" JavaScript:alert(1)"/>'), "script"),
        (SVG.format("<foreignObject><p/></foreignObject>"), "foreignObject"),
        (SVG.format('<image xlink:href="http://example.org/a.png"/>'), "another file"),
        ('<!DOCTYPE svg [<!ENTITY a "aaa">]>' + SVG.format("&a;"), "entities"),
        ("<html/>", "no SVG"),
        (SVG.format("<g/>" * LARGEST), "save it smaller"),
    ],
)
def test_svg_that_runs_or_loads_something_or_is_huge_is_not_shown(tmp_path, caplog, content, words):
    file = tmp_path / "logo.svg"
    file.write_text(content)
    assert words in told(file, caplog)


def test_large_photograph_is_made_smaller_and_stands_upright(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (1200, 1600, 3), dtype="uint8")
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    file = tmp_path / "scanner.jpg"
    Image.fromarray(noise).save(file, "JPEG", quality=90, exif=turned)
    assert file.stat().st_size > LARGEST
    data = held(picture(file, "Scanner", "picture"))
    assert Image.open(BytesIO(data)).size == (270, 360)
    assert len(data) < file.stat().st_size / 4


def test_picture_of_too_many_pixels_or_bytes_is_not_shown(tmp_path, caplog, monkeypatch):
    file = tmp_path / "logo.png"
    Image.new("L", (300, 300)).save(file)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 80_000)
    assert "fewer pixels" in told(file, caplog)
    caplog.clear()
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40_000)
    assert "PNG" in told(file, caplog)
    caplog.clear()
    monkeypatch.setattr(pictures, "_MOST_BYTES", 100)
    assert "save it smaller" in told(file, caplog)
