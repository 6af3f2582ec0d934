"""The picture of a band of scores."""

import re

from moderation.dashboard.band import picture


def test_the_picture_has_a_dot_for_each_comment() -> None:
    """Each score is one dot at its place, inside or outside of the band, above those that are as high; all fit."""
    drawn = picture([0.0, 0.495, 0.5, 0.505, 0.9, 1.0], 0.5, 0.9)
    assert [float(dot.split()[0][1:]) for dot in re.findall(r"M[^M]+", drawn.inside)] == [500, 505, 900]
    assert [float(dot.split()[0][1:]) for dot in re.findall(r"M[^M]+", drawn.outside)] == [0, 495, 1000]
    assert (drawn.count, drawn.inside_count) == (6, 3)
    heights = [float(y) for y in re.findall(r"M\d+ ([\d.]+)h0", drawn.inside)]
    assert heights == [145.5, 136.5, 145.5]
    tall = picture([0.5] * 3_000, 0, 1)
    assert all(0 <= float(y) <= 150 for y in re.findall(r"M\d+ ([\d.]+)h0", tall.inside))
    assert picture([], 0, 1).count == 0
