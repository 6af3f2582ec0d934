"""The picture of the simulation: AUC on later comments by decisions, with the refused round, as an SVG file."""

from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 400, 60, 190, 46, 50
LOWEST = 0.5
_COLOURS = {"incivility": "#9b3d7a", "off_topic": "#1f6f8b"}
_NAMES = {"incivility": "incivility", "off_topic": "off topic"}


def drawn(curve: Sequence[tuple[int, dict[str, float]]], notes: Sequence[dict[str, Any]]) -> str:
    """Return the picture; `curve` rises in decisions, `notes` are those of the story."""
    most = max(decisions for decisions, _ in curve) or 1
    refused = [note for note in notes if note["what"] == "poisoned"]
    back = [note for note in notes if note["what"] == "rolled back"]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        ' font-size="13" role="img">',
        "<title>What a newsroom taught its models, round by round</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _words(LEFT, 24, "AUC on later comments that nobody had decided about", weight="bold"),
        *_axes(most),
        *(part for label in curve[0][1] for part in _line(label, curve, most)),
        *_marks(refused, curve, most),
        *_back(back, most),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(decisions: float, most: int) -> float:
    return LEFT + decisions / most * (WIDTH - LEFT - RIGHT)


def _y(auc: float) -> float:
    return HEIGHT - BOTTOM - (max(auc, LOWEST) - LOWEST) / (1 - LOWEST) * (HEIGHT - TOP - BOTTOM)


def _words(x: float, y: float, text: str, weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="#222" font-weight="{weight}">{escape(text)}</text>'


def _axes(most: int) -> list[str]:
    parts = []
    for tick in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        parts.append(f'<path d="M{LEFT} {_y(tick):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_words(LEFT - 34, _y(tick) + 4, f"{tick:.1f}"))
    for step in range(5):
        decisions = most * step // 4
        parts.append(_words(_x(decisions, most) - 12, HEIGHT - BOTTOM + 20, str(decisions)))
    parts.append(_words(LEFT, HEIGHT - 12, "decisions of moderators"))
    return parts


def _line(label: str, curve: Sequence[tuple[int, dict[str, float]]], most: int) -> list[str]:
    points = [(_x(decisions, most), _y(auc[label])) for decisions, auc in curve]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    colour = _COLOURS[label]
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
    end, last = points[-1], curve[-1][1][label]
    name = _words(end[0] + 10, end[1] + 4, f"{_NAMES[label]} {last:.2f}")
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>', *dots, name]


def _marks(refused: Sequence[dict[str, Any]], curve: Sequence[tuple[int, dict[str, float]]], most: int) -> list[str]:
    parts = []
    for note in refused:
        x = _x(curve[min(note["number"] - 1, len(curve) - 1)][0], most)
        parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#b00020" stroke-dasharray="4 4"/>')
        parts.append(_words(x + 6, HEIGHT - BOTTOM - 8, "a poisoned round: refused"))
    return parts


def _back(back: Sequence[dict[str, Any]], most: int) -> list[str]:
    parts = []
    for note in back:
        for label, auc in note["auc"].items():
            x, y = _x(most, most), _y(auc)
            parts.append(
                f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="none" stroke="{_COLOURS[label]}"/>'
            )
        parts.append(_words(_x(most, most) + 10, HEIGHT - BOTTOM - 8, "square: after a rollback"))
    return parts
