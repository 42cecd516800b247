"""Logos and pictures of scanners are held in the page; what cannot be shown is no error."""

from __future__ import annotations

import base64
import logging

import pytest

from schedvisu_lib.figures.pictures import picture


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.png", "png"), ("a.SVG", "svg+xml"), ("a.jpg", "jpeg"), ("a.JPEG", "jpeg")],
)
def test_picture_is_a_data_uri(tmp_path, name, kind):
    file = tmp_path / name
    file.write_bytes(b"what is in it")
    shown = picture(file, 'Logo of "us" & them', "logo").text
    assert f'src="data:image/{kind};base64,{base64.b64encode(b"what is in it").decode()}"' in shown
    assert 'alt="Logo of &quot;us&quot; &amp; them"' in shown
    assert 'class="logo"' in shown
    assert str(tmp_path) not in shown


def test_site_without_picture_shows_none(caplog):
    assert picture(None, "Logo", "logo").text == ""
    assert not caplog.records


@pytest.mark.parametrize("name", ["missing.png", "folder.png", "logo.bmp", "logo"])
def test_picture_that_cannot_be_shown_is_a_warning_that_names_it(tmp_path, caplog, name):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "logo.bmp").write_bytes(b"BM")
    (tmp_path / "logo").write_bytes(b"?")
    with caplog.at_level(logging.WARNING):
        assert picture(tmp_path / name, "Logo", "logo").text == ""
    [record] = caplog.records
    assert str(tmp_path / name) in record.getMessage()
    assert "PNG" in record.getMessage()
