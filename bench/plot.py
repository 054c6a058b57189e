"""Lines over time, and distributions, as SVG: panels one below the other, each with its own unit and scale.

Written out by hand because a plot of a few lines needs no library, and diffs of it stay readable. Absent: styles beyond one.
"""
from html import escape
from math import ceil, floor, log10

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 900, 120, 70, 20, 40, 44
COLOURS = ["#1f5fa8", "#b4471f", "#2f7d4f", "#7a4fa0"]


def panels(title, minutes, drawn, unit="min"):
    """`drawn`: [(unit, {name: values})], values alongside `minutes` (or another `unit` of time), None where there is none. Gives
    the SVG's text."""
    height = TOP + len(drawn) * (PANEL + GAP) + 10
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" fill="#222">{escape(title)}</text>',
    ]
    last = max(minutes, default=1) or 1
    for n, (of, lines) in enumerate(drawn):
        out += panel(TOP + n * (PANEL + GAP), last, minutes, of, lines, unit if n == len(drawn) - 1 else "")
    return "\n".join([*out, "</svg>", ""])


def panel(top, last, minutes, unit, lines, time_unit):
    known = [v for values in lines.values() for v in values if v is not None]
    ceiling = rounded_up(max(known, default=1))
    x = lambda m: LEFT + (WIDTH - LEFT - RIGHT) * m / last
    y = lambda v: top + PANEL - PANEL * v / ceiling
    out = []
    for share in (0, 0.5, 1):
        value = ceiling * share
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#555">{value:g}</text>')
    legend = LEFT
    out.append(f'<text x="{legend}" y="{top - 6}" fill="#222">{escape(unit)}</text>')
    legend += 10 + 7 * len(unit)
    for (name, values), colour in zip(lines.items(), COLOURS):
        out.append(f'<text x="{legend}" y="{top - 6}" fill="{colour}">{escape(name)}</text>')
        legend += 14 + 7 * len(name)
        points = " ".join(f"{x(m):.1f},{y(v):.1f}" for m, v in zip(minutes, values) if v is not None)
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.3"/>')
    if time_unit:
        for share in (0, 0.25, 0.5, 0.75, 1):
            out.append(f'<text x="{x(last * share):.1f}" y="{top + PANEL + 18}" text-anchor="middle" fill="#555">{last * share:.0f} {time_unit}</text>')
    return out


def rounded_up(value):
    """The next 1, 2, 4, 5 or 8 times a power of ten."""
    if value <= 0:
        return 1
    step = 10.0 ** (len(str(int(value))) - 1)
    return next(m * step for m in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if m * step >= value)


def distributions(title, drawn):
    """`drawn`: [(unit, {name: curve})], a curve being the values at 0, 1 … 100 %. Shares upwards, values on a logarithmic
    scale to the right. Gives the SVG's text."""
    height = TOP + len(drawn) * (PANEL + 2 * GAP) + 10
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" fill="#222">{escape(title)}</text>',
    ]
    for n, (unit, curves) in enumerate(drawn):
        out += distribution(TOP + GAP // 2 + n * (PANEL + 2 * GAP), unit, curves)
    return "\n".join([*out, "</svg>", ""])


def distribution(top, unit, curves):
    values = [v for curve in curves.values() for v in curve if v > 0] or [1]
    low, high = floor(log10(min(values))), max(ceil(log10(max(values))), floor(log10(min(values))) + 1)
    x = lambda v: LEFT + (WIDTH - LEFT - RIGHT) * (log10(max(v, 10.0 ** low)) - low) / (high - low)
    y = lambda share: top + PANEL - PANEL * share / 100
    out = []
    for share in (0, 50, 100):
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(share):.1f}" y2="{y(share):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{y(share) + 4:.1f}" text-anchor="end" fill="#555">{share} %</text>')
    for decade in range(low, high + 1):
        value = 10.0 ** decade
        out.append(f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{top}" y2="{top + PANEL}" stroke="#ddd"/>')
        out.append(f'<text x="{x(value):.1f}" y="{top + PANEL + 18}" text-anchor="middle" fill="#555">{value:,g}</text>')
    legend = LEFT
    for words, colour in [(unit, "#222"), *zip(curves, COLOURS)]:
        out.append(f'<text x="{legend}" y="{top - 6}" fill="{colour}">{escape(words)}</text>')
        legend += 16 + 7 * len(words)
    for curve, colour in zip(curves.values(), COLOURS):
        points = " ".join(f"{x(v):.1f},{y(share):.1f}" for share, v in enumerate(curve))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
    return out
