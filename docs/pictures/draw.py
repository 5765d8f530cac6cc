#!/usr/bin/env python3
"""Draws play.txt, what a terminal showed, as play.svg. Run it again after the text has changed."""

from html import escape
from pathlib import Path

HERE = Path(__file__).parent
LINE, CHARACTER, LEFT, TOP = 22, 8.43, 24, 62
STYLE = """
<style>
text { font: 14px ui-monospace, 'SFMono-Regular', Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre; }
.typed { fill: #ffffff; font-weight: 600; }
.said { fill: #b9bbc6; }
.card { fill: #e3e5f1; }
.title { fill: #ffffff; font-weight: 700; }
</style>"""


def kind(line, before):
    if line.startswith("$ "):
        return "typed"
    if not line.startswith("│ "):
        return "said"
    return "title" if before == "│ Current track" else "card"


lines = (HERE / "play.txt").read_text(encoding="utf-8").splitlines()
width = round(2 * LEFT + CHARACTER * max(map(len, lines)))
height = TOP + LINE * len(lines)
out = [
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    ' role="img" aria-label="A terminal: timmy up, then two songs are queued">' + STYLE,
    f'<rect width="{width}" height="{height}" rx="10" fill="#1e1f2b"/>',
    f'<path d="M0 10a10 10 0 0 1 10-10h{width - 20}a10 10 0 0 1 10 10v26H0z" fill="#2b2d3d"/>',
]
out += [f'<circle cx="{22 + 20 * at}" cy="18" r="6" fill="{fill}"/>'
        for at, fill in enumerate(["#ff6057", "#febc2e", "#28c840"])]
for at, line in enumerate(lines):
    if line:
        before = lines[at - 1] if at else ""
        out.append(f'<text x="{LEFT}" y="{TOP + LINE * at}" class="{kind(line, before)}" xml:space="preserve">'
                   f"{escape(line, quote=False)}</text>")
    if line.startswith("│"):  # drawn over the sign, so that the edge of the card has no gaps
        out.append(f'<rect x="{LEFT}" y="{TOP - 16 + LINE * at}" width="7" height="{LINE}" fill="#5b8def"/>')
out.append("</svg>")
(HERE / "play.svg").write_text("\n".join(out) + "\n", encoding="utf-8")
