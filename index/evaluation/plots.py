"""Plots as SVG elements, coloured by the style sheet of the page they stand in: no library draws so little so small."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

WIDTH, HEIGHT = 460, 280
"""Units of the drawing, which grows and shrinks with the page."""

LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 44
"""Margins: room for what is written at the axes."""

Place = Callable[[float], float]
"""A value -> its place in the drawing."""

Tick = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its name, and (x, y) from left to right."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """From the first of `ticks` (value, label) to the last; `bent` spreads its beginning (a logarithm, say)."""

    name: str
    ticks: Sequence[Tick]
    bent: Callable[[float], float] = float

    def place(self, start: float, end: float) -> Place:
        """The function that lays the axis between two places of the drawing."""
        low, high = self.bent(self.ticks[0][0]), self.bent(self.ticks[-1][0])
        return lambda value: start + (end - start) * (self.bent(value) - low) / (high - low)


SHARES = [(tenths / 10, f"{tenths / 10:.1f}") for tenths in range(0, 11, 2)]


def tag(name: str, /, *children: Element | str, **attributes: object) -> Element:
    """An element. `class_` is `class`, and `_` in other names of attributes stands for `-`."""
    named = {key.rstrip("_").replace("_", "-"): str(value) for key, value in attributes.items()}
    element = Element(name, named)
    for child in children:
        if isinstance(child, Element):
            element.append(child)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + child
        else:
            element.text = (element.text or "") + child
    return element


def lines(x: Axis, y: Axis, series: Sequence[Series]) -> Element:
    """One line for each series, with its name in the legend."""
    across, up = _places(x, y)
    drawn = [
        tag("polyline", points=" ".join(f"{across(a):.1f},{up(b):.1f}" for a, b in one.points), class_=f"line s{n}")
        for n, one in enumerate(series)
    ]
    return _drawing(x, y, drawn, [one.name for one in series])


def histogram(
    x: Axis, y: Axis, names: Sequence[str], edges: Sequence[float], bars: Sequence[Sequence[float]]
) -> Element:
    """Bars over each bin between two edges, those of several series side by side: `bars[series][bin]`."""
    across, up = _places(x, y)
    drawn = []
    for n, heights in enumerate(bars):
        for height, low, high in zip(heights, edges, edges[1:], strict=False):
            width = (across(high) - across(low)) / len(bars)
            drawn.append(
                tag(
                    "rect",
                    x=f"{across(low) + n * width:.1f}",
                    y=f"{up(height):.1f}",
                    width=f"{max(width - 1, 0.5):.1f}",
                    height=f"{up(0) - up(height):.1f}",
                    class_=f"bar s{n}",
                )
            )
    return _drawing(x, y, drawn, names)


def _places(x: Axis, y: Axis) -> tuple[Place, Place]:
    return x.place(LEFT, WIDTH - RIGHT), y.place(HEIGHT - BOTTOM, TOP)


def _drawing(x: Axis, y: Axis, drawn: Iterable[Element], names: Sequence[str]) -> Element:
    legend = [tag("span", tag("i", class_=f"key s{n}"), name) for n, name in enumerate(names)]
    said = f"{y.name} by {x.name}: {', '.join(names)}"
    drawing = tag("svg", *_axes(x, y), *drawn, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=said)
    return tag("div", drawing, tag("p", *legend, class_="legend"), class_="plot")


def _axes(x: Axis, y: Axis) -> Iterator[Element]:
    across, up = _places(x, y)
    floor = HEIGHT - BOTTOM
    for value, label in y.ticks:
        yield tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=f"{up(value):.1f}", y2=f"{up(value):.1f}", class_="grid")
        yield tag("text", label, x=LEFT - 6, y=f"{up(value) + 4:.1f}", text_anchor="end")
    for value, label in x.ticks:
        yield tag("line", x1=f"{across(value):.1f}", x2=f"{across(value):.1f}", y1=floor, y2=floor + 4, class_="grid")
        yield tag("text", label, x=f"{across(value):.1f}", y=floor + 17, text_anchor="middle")
    yield tag("text", x.name, x=(LEFT + WIDTH - RIGHT) / 2, y=HEIGHT - 6, text_anchor="middle", class_="name")
    middle = (TOP + floor) / 2
    yield tag("text", y.name, x=11, y=middle, text_anchor="middle", class_="name", transform=f"rotate(-90 11 {middle})")
