"""What the published weights say of events whose truth is known: `make verdicts`, as a section of RESULTS.md.

It needs no server: `proof/verdicts` draws the events and judges them. By itself (`bench/verdicts.py`) it writes its section at
once, for nothing in it depends on how busy the machine is.
"""
import re
import subprocess

from house import ROOT
from results import Row, write

TITLE = "Verdicts on events whose truth is known"
SEEDS = 60
METHOD = """
Families of crowds, attacks, attacks in crowds, own faults and trouble upstream, drawn with seeds and put through the sketches
of the server (`proof/verdicts`, which names the measurements that its parameters follow). Audiences of 60 to 5,000, and once
more of 20. Families are held out by name in the code (`HELD_OUT`); the weights were fitted on the others alone (`hustings-verdicts fit`). *Best single figure* is the one published figure whose
greatest value in any minute tells held-out attacks from held-out crowds best.
"""


def measure(quick):
    seeds = 6 if quick else SEEDS
    command = ["cargo", "run", "--locked", "--quiet", "-p", "hustings-verdicts", "--", str(seeds)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    parts = re.split(r"^## ", said.stdout, flags=re.M)[1:]
    if len(parts) != 2:
        raise RuntimeError(said.stderr[-2000:])
    rows = []
    for part, size in zip(parts, ("60 to 5,000 listeners", "20 listeners")):
        area, name, single = re.search(r"AUC ([\d.]+); best single figure \((\w+)\): ([\d.]+)", part).groups()
        found = float(re.search(r"own fault found: ([\d.]+) %", part)[1])
        accused, unsure = map(float, re.search(r"called attack: ([\d.]+) % of \d+; not enough evidence: ([\d.]+) %", part).groups())
        rows += [
            Row(f"{size}: attack against crowd, held-out families, AUC (best single figure, {name}: {single})", area, "0.99", float(area) >= 0.99),
            Row(f"{size}: own fault found", f"{found} %", "95 %", found >= 95),
            Row(f"{size}: pure crowds called attack", f"{accused} %", "1 %", accused <= 1),
            Row(f"{size}: pure crowds with not enough evidence", f"{unsure} %", "", None),
        ]
    return rows, "\n\n".join("### " + part.strip() for part in parts)


if __name__ == "__main__":
    write("verdicts", TITLE, "make verdicts", METHOD, *measure(quick=False))
