"""The atlas as a picture: a map of the world and the matrix of all pairs, in one SVG that needs nothing else."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from lawkb.atlas import Atlas
from lawkb.atlas_pages import OPEN
from lawkb.errors import LawkbError
from lawkb.facts import one
from lawkb.terms import ID
from lawkb.words import Words

SVG = "http://www.w3.org/2000/svg"
# told apart also by those who do not tell red from green, and in grey
COLOURS = {"available": "#1b7837", "conditional": "#a6dba0", "unavailable": "#762a83", "unknown": "#d9d9d9"}
_SHADES = ("#00441b", "#1b7837", "#5aae61", "#a6dba0", "#e0e0e0")
_CELL, _MARGIN, _LEGEND = 5, 70, 60
_MAP_WIDTH, _MAP_HEIGHT = 1240, 720


def draw(atlas: Atlas, answer: Mapping[str, Any], target: Path) -> None:
    """Write the picture of the first measure of an atlas.

    Raises:
        LawkbError: the name does not end in .svg, or the file cannot be written.
    """
    if target.suffix != ".svg":
        raise LawkbError(f"{target.name} does not end in .svg", "Name for example --picture atlas.svg; browsers and word processors open it")
    measure = answer["measures"][0]
    day = Words(atlas.base).day(answer["question"]["on"])
    matrix = _matrix(atlas, measure)
    height = _MAP_HEIGHT + _LEGEND + float(matrix.get("height", "0"))
    root = ElementTree.Element(f"{{{SVG}}}svg", {"width": str(_MAP_WIDTH), "height": f"{height:g}", "viewBox": f"0 0 {_MAP_WIDTH} {height:g}"})
    ElementTree.SubElement(root, f"{{{SVG}}}rect", {"width": "100%", "height": "100%", "fill": "white"})
    root.append(_map(atlas, measure, f"{measure['label'].capitalize()}: by how many of the others each jurisdiction can be asked, law as of {day}"))
    root.append(_legend())
    matrix.set("y", str(_MAP_HEIGHT + _LEGEND))
    root.append(matrix)
    ElementTree.register_namespace("", SVG)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.write_bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
        os.replace(part, target)
    except OSError as error:
        raise LawkbError(f"{target} cannot be written ({error.strerror})", "Free some space, or name a folder that may be written") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _map(atlas: Atlas, measure: Mapping[str, Any], title: str) -> ElementTree.Element:
    """A map on which a jurisdiction is the darker, the more of the others can ask it, be it under conditions."""
    from pygal.style import Style
    from pygal_maps_world.i18n import COUNTRIES
    from pygal_maps_world.maps import World

    others = len(measure["jurisdictions"]) - 1
    bands: list[list[str]] = [[] for _ in _SHADES]
    for person in measure["jurisdictions"]:
        entry = atlas.base.entry(f"{ID}jur/{person['jurisdiction']}")
        code = ((one(entry.block, "alpha2") if entry else None) or "").lower()
        number = sum(person["asked"][verdict] for verdict in OPEN)
        if code in COUNTRIES:
            bands[min(3, int(4 * (1 - number / others))) if number else 4].append(code)
    chart = World(style=Style(colors=_SHADES, background="white", plot_background="white", title_font_size=16, legend_font_size=14, opacity="1"),
                  width=_MAP_WIDTH, height=_MAP_HEIGHT, js=[], legend_at_bottom=True, legend_at_bottom_columns=len(_SHADES))
    chart.title = title
    for name, band in zip(("over three quarters", "over half", "over a quarter", "fewer", "none known"), bands, strict=True):
        chart.add(name, dict.fromkeys(band, 1))  # the same shade throughout a band
    drawing = ElementTree.fromstring(chart.render())
    drawing.set("width", str(_MAP_WIDTH))  # it is drawn to fill whatever it stands in
    drawing.set("height", str(_MAP_HEIGHT))
    return drawing


def _legend() -> ElementTree.Element:
    group = ElementTree.Element(f"{{{SVG}}}g", {"transform": f"translate({_MARGIN} {_MAP_HEIGHT + 14})", "font-family": "sans-serif", "font-size": "14"})
    for place, (verdict, colour) in enumerate(COLOURS.items()):
        ElementTree.SubElement(group, f"{{{SVG}}}rect", {"x": str(place * 150), "width": "14", "height": "14", "fill": colour})
        ElementTree.SubElement(group, f"{{{SVG}}}text", {"x": str(place * 150 + 20), "y": "12"}).text = verdict
    ElementTree.SubElement(group, f"{{{SVG}}}text", {"y": "34"}).text = "Rows ask, columns are asked; the best connected come first."
    return group


def _matrix(atlas: Atlas, measure: Mapping[str, Any]) -> ElementTree.Element:
    """Every ordered pair as a square: who asks before the row, who is asked above the column."""
    people = sorted(measure["jurisdictions"], key=lambda p: (-sum(p[way][verdict] for way in ("asks", "asked") for verdict in OPEN), p["jurisdiction"]))
    place = {person["jurisdiction"]: number for number, person in enumerate(people)}
    size = len(people) * _CELL
    drawing = ElementTree.Element(f"{{{SVG}}}svg", {"width": str(_MAP_WIDTH), "height": str(size + _MARGIN)})
    group = ElementTree.SubElement(drawing, f"{{{SVG}}}g",
                                   {"transform": f"translate({_MARGIN} {_MARGIN // 2})", "font-family": "sans-serif", "font-size": "4.5"})
    paths: dict[str, list[str]] = {verdict: [] for verdict in COLOURS}
    for a, b, verdict in atlas.cells(measure["measure"]):
        paths[verdict].append(f"M{place[b] * _CELL} {place[a] * _CELL}h{_CELL - 0.5}v{_CELL - 0.5}h-{_CELL - 0.5}z")
    for verdict, colour in COLOURS.items():
        ElementTree.SubElement(group, f"{{{SVG}}}path", {"d": "".join(paths[verdict]), "fill": colour})
    for code, number in place.items():
        ElementTree.SubElement(group, f"{{{SVG}}}text", {"x": "-2", "y": str(number * _CELL + 4.2), "text-anchor": "end"}).text = code
        ElementTree.SubElement(group, f"{{{SVG}}}text", {"transform": f"translate({number * _CELL + 4.2} -2) rotate(-90)"}).text = code
    return drawing
