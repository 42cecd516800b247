"""The look of all figures."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import is_color_like

from schedvisu_lib.figures.style import PALETTE, RC, exam_type_colors, house_style


def test_house_style_holds_only_meanwhile():
    with mpl.rc_context({"font.size": 17}):
        before = dict(mpl.rcParams)
        with house_style():
            assert mpl.rcParams["font.size"] == RC["font.size"]
            assert mpl.rcParams["svg.fonttype"] == "none"
        assert dict(mpl.rcParams) == before
        with pytest.raises(KeyError), house_style():
            raise KeyError
        assert dict(mpl.rcParams) == before


def test_each_type_has_a_colour_of_its_own(demo_site):
    colors = exam_type_colors(demo_site)
    assert list(colors) == [*(kind.name for kind in demo_site.exam_types), "OTHER"]
    assert all(is_color_like(color) for color in colors.values())
    assert len(set(colors.values())) == len(colors)
    assert colors["OTHER"] == demo_site.report.other_color


def test_colours_go_by_the_order_of_the_site_file_alone(demo_site):
    kinds = demo_site.exam_types
    before = exam_type_colors(demo_site)
    longer = demo_site.model_copy(update={"exam_types": (*kinds, kinds[0].model_copy(update={"name": "NEW"}))})
    after = exam_type_colors(longer)
    assert {name: after[name] for name in before} == before
    one_scanner = demo_site.model_copy(update={"scanners": demo_site.scanners[:1]})
    assert exam_type_colors(one_scanner) == before


def test_colour_of_the_site_wins(one_type, demo_site):
    changed = exam_type_colors(one_type("PSMA", color="#123456"))
    assert changed == exam_type_colors(demo_site) | {"PSMA": "#123456"}


def test_more_types_than_colours_begin_anew(demo_site):
    kinds = [demo_site.exam_types[0].model_copy(update={"name": f"T{n}"}) for n in range(len(PALETTE) + 2)]
    colors = exam_type_colors(demo_site.model_copy(update={"exam_types": tuple(kinds)}))
    assert colors["T0"] == colors[f"T{len(PALETTE)}"]
    assert len(set(PALETTE)) == len(PALETTE) >= 14


def test_dollar_signs_are_letters():
    """Names come from a site's file: matplotlib would take what stands between two of them for mathematics."""
    with house_style():
        figure = plt.figure()
        figure.text(0.5, 0.5, "from 5 $_$ on")
        figure.canvas.draw()
