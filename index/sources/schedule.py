"""When to look at a source again. Pure.

A source that brings something is looked at twice as often, one that does not half as often again, within bounds:
the adaptive scheme of crawlers, as in Olston & Najork, "Web Crawling" (2010), section 5.
"""

SHORTEST = 300.0
"""Seconds: what most publishers of feeds ask for as the shortest interval."""

FIRST = 900.0
"""Seconds between the first looks at a source."""

LONGEST = 6 * 3_600.0
"""Seconds: fresh news of a slow source is at most this old."""

LONGEST_BACK_OFF = 86_400.0
"""Seconds between looks at a source that keeps failing."""

LEFT_OVER = 30.0
"""Seconds until a look that left entries over is gone on with."""

_DOUBLINGS = 16
_WORTH_IT, _NOT_WORTH_IT = 0.5, 1.5


def next_interval(interval: float, *, brought: bool) -> float:
    """Seconds until the next look, after one that brought something new or nothing."""
    return min(max(interval * (_WORTH_IT if brought else _NOT_WORTH_IT), SHORTEST), LONGEST)


def back_off(interval: float, failures: int) -> float:
    """Seconds until the next look, after so many that failed (at least 1)."""
    return min(interval * 2.0 ** min(failures, _DOUBLINGS), LONGEST_BACK_OFF)
