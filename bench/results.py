"""RESULTS.md: a head, a summary and one section a part; a part that is measured again replaces its own section only.

Sections lie between comments with the part's name. Rows with a bar have one form, so that the summary is read from the
sections themselves and never says something else.
"""
import os
import platform
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from house import HUSTINGS, ROOT

FILE = ROOT / "bench/RESULTS.md"
HEAD = """# What was measured

Written by `make bench`, `make quality` and `make soak` (`bench/run NAME…` for one part) and by nobody's hand. Every section
says when, of which revision and how loaded the machine was. Everything is on loopback, clients and server on one machine.
A figure that misses its bar is shown as such.
"""
ORDER = ["ready", "delay", "joins", "processor", "forty", "memory", "audience", "storm", "slow", "whole", "killed", "tls", "hls", "cache", "whep", "floor", "rehearse", "opening", "overload", "narrow", "queue", "simulated", "millions", "records", "kills", "attacks", "kernel", "sketches", "verdicts", "lighthouse", "quality", "soak"]


@dataclass
class Row:
    """A figure with its bar. `met` is None for a figure that has none."""
    figure: str
    measured: str
    bar: str
    met: bool | None

    def text(self):
        verdict = {True: "met", False: "**not met**", None: ""}[self.met]
        return f"| {self.figure} | {self.measured} | {self.bar} | {verdict} |"


def table(head, rows):
    """A table in Markdown."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def revision():
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "core", "codec", "shell", "bin", "ui")
    return git("rev-parse", "--short=10", "HEAD") + (" with uncommitted changes" if changed else "")


def machine():
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), platform.machine())
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) // 1024 // 1024
    return f"{os.cpu_count()} cores of {cpu}, {memory} GB, Linux {platform.release().split('-')[0]}"


def write(name, title, command, method, rows, details="", load=None, quick=False):
    """Replaces the section of `name`; a quick run has too few samples to count and is only printed."""
    facts = f"{time.strftime('%Y-%m-%d %H:%M')} UTC, revision {revision()}, {machine()}"
    facts += f"; load before it {load:.1f}" if load is not None else ""
    if not HUSTINGS.endswith("/target/release/hustings"):
        facts += f"; **of another build than the release's**: {Path(HUSTINGS).name}"
    figures = "| figure | measured | bar | |\n|---|--:|--:|---|\n" + "\n".join(r.text() for r in rows)
    section = f"## {title}\n\n`{command}`: {facts}.\n\n{method.strip()}\n\n{figures}\n\n{details.strip()}".strip()
    if quick:
        print(section)
        return
    text = FILE.read_text() if FILE.exists() else ""
    sections = dict(re.findall(r"<!-- (\w+) -->\n(.*?)\n<!-- /\1 -->", text, re.S))
    sections.pop("summary", None)
    sections[name] = section
    ordered = sorted(sections, key=lambda n: ORDER.index(n) if n in ORDER else len(ORDER))
    barred = [line for n in ordered for line in sections[n].splitlines() if re.search(r"\| (met|\*\*not met\*\*) \|$", line)]
    summary = "## Against the bars\n\n| figure | measured | bar | |\n|---|--:|--:|---|\n" + "\n".join(barred)
    wrapped = [f"<!-- {n} -->\n{body}\n<!-- /{n} -->" for n, body in [("summary", summary), *((n, sections[n]) for n in ordered)]]
    FILE.write_text("\n\n".join([HEAD.strip(), *wrapped]) + "\n")
