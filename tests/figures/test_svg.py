"""Figures as SVG: text stays text, nothing is a raster image, no figure stays open."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

import schedvisu_lib as sv
from schedvisu_lib.figures.boxes import add_boxes, add_hatch, add_lines
from schedvisu_lib.figures.style import house_style
from schedvisu_lib.figures.svg import as_svg, new_figure


def drawing():
    with house_style():
        figure = new_figure(100, 50)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 10), ylim=(10, 0))
        add_boxes(axes, np.array([[1, 3, 2, 4], [5, 6, 7, 9]], dtype=float), facecolor="red", gid="exams A")
        add_hatch(axes, np.array([[1, 3, 2, 4]], dtype=float), "/", 4, gid="take 2")
        add_lines(axes, np.array([[2, 1, 2, 8]], dtype=float), linestyle=(0, (3, 2)), gid="gaps")
        axes.text(5, 5, "Été & <hiver>")
    return figure


def test_size_is_in_millimetres():
    assert new_figure(190, 38.1).get_size_inches() == pytest.approx((190 / 25.4, 1.5))


def test_image_has_words_class_and_size():
    html = as_svg(drawing(), 'Agenda of "A" & B', "agenda").text
    assert html.startswith("<img ")
    assert 'class="agenda"' in html
    assert 'alt="Agenda of &quot;A&quot; &amp; B"' in html
    assert "width:100.0mm;height:50.0mm" in html


def test_text_stays_text_and_nothing_is_a_raster_image(svg_of, words_of):
    [svg] = svg_of(as_svg(drawing(), "x"))
    assert "Été & <hiver>" in words_of(svg)
    assert "<image" not in svg
    assert "<pattern" not in svg  # a hatch by matplotlib: a PDF makes a picture of it


def test_boxes_keep_their_corners_in_few_letters(svg_of):
    [svg] = svg_of(as_svg(drawing(), "x"))
    [path] = re.findall(r'<g id="exams A">\s*<path d="([^"]+)"', svg)
    found = [[float(n) for n in re.findall(r"-?[\d.]+", box)] for box in path.split("z")[:-1]]
    points = 72 / 25.4
    wide, high = 100 * points / 10, 50 * points / 10
    # A corner, then rightwards, downwards, and back; each to a hundredth of a point.
    assert found == [
        pytest.approx([1 * wide, 2 * high, 2 * wide, 2 * high, -2 * wide], abs=0.011),
        pytest.approx([5 * wide, 7 * high, 1 * wide, 2 * high, -1 * wide], abs=0.011),
    ]
    assert re.fullmatch(r"(M[\d. ]+h[\d.]+v[\d.]+h-[\d.]+z){2}", path)


def test_edges_that_meet_still_meet(svg_of):
    with house_style():
        figure = new_figure(100, 50)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 7), ylim=(7, 0))
        add_boxes(axes, np.array([[n / 3, (n + 1) / 3, n / 3, (n + 1) / 3] for n in range(20)]), gid="exams A")
    [svg] = svg_of(as_svg(figure, "x"))
    [path] = re.findall(r'<g id="exams A">\s*<path d="([^"]+)"', svg)
    boxes = np.array([[float(n) for n in re.findall(r"-?[\d.]+", box)] for box in path.split("z")[:-1]])
    np.testing.assert_allclose(boxes[:-1, 0] + boxes[:-1, 2], boxes[1:, 0], atol=1e-9)
    np.testing.assert_allclose(boxes[:-1, 1] + boxes[:-1, 3], boxes[1:, 1], atol=1e-9)


def test_lines_keep_their_ends(svg_of):
    [svg] = svg_of(as_svg(drawing(), "x"))
    [path] = re.findall(r'<g id="gaps">\s*<path d="([^"]+)"', svg)
    points = 72 / 25.4
    assert [float(n) for n in re.findall(r"[\d.]+", path)] == pytest.approx(
        [20 * points, 5 * points, 20 * points, 40 * points], abs=0.006
    )


def test_no_number_is_finer_than_a_hundredth(svg_of):
    [svg] = svg_of(as_svg(drawing(), "x"))
    assert not re.findall(r'[ "](?:x|y|d|width|height|viewBox)="[^"]*\.\d{3}', svg)
    assert "rotate(-0" not in svg


def test_same_figure_gives_the_same_picture():
    assert as_svg(drawing(), "x").text == as_svg(drawing(), "x").text


def test_picture_tells_neither_time_nor_maker(svg_of):
    [svg] = svg_of(as_svg(drawing(), "x"))
    assert "matplotlib.org" not in svg
    assert "<dc:date>" not in svg


def test_no_figure_stays_open(week, demo_site):
    as_svg(drawing(), "x")
    assert plt.get_fignums() == []
    figure = plt.figure()
    sv.plot_agenda(week, demo_site, "Discovery 690", "2026-05-04", "2026-05-08", ax=figure.gca())
    as_svg(figure, "x")
    assert plt.get_fignums() == []


def test_numbers_in_words_are_not_cut(svg_of):
    """Only what places something is written shorter."""
    figure = drawing()
    with house_style():
        figure.text(0.1, 0.1, 'Tc 99.99901m x="1.23456"')
    [svg] = svg_of(as_svg(figure, "x"))
    assert 'Tc 99.99901m x="1.23456"' in svg
