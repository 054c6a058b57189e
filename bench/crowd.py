"""Listeners who come and go: groups on all tiers, each a process of ours that stays for a while and is followed by another.

Seeded, so that two runs have the same comings and goings. Every report is kept as sums by tier; a group that failed is
counted with the reason of the first.
"""
import random
import time

# Of ten listeners, six hear the stream, three HLS and one WebRTC.
SHARES = {"stream": 6, "hls": 3, "whep": 1}
STAY_S = (20, 90)


class Crowd:
    """At any time about `listeners` people."""

    def __init__(self, server, slug, listeners, seed=2):
        self.server, self.slug, self.random = server, slug, random.Random(seed)
        self.sums = {tier: {"listeners": 0, "gaps": 0, "stalls": 0, "seconds": 0.0, "failed": 0} for tier in SHARES}
        self.trouble = []
        self.groups = [[tier, max(1, listeners * share // 10 // 6), None, 0.0] for tier, share in SHARES.items() for _ in range(6)]
        self.size = sum(g[1] for g in self.groups)

    def step(self):
        """Takes the reports of those who left, and lets others come."""
        now = time.monotonic()
        for group in self.groups:
            tier, count, program, until = group
            if program is not None and program.process.poll() is None:
                # A group that outstays its time by so much hangs.
                if now < until + 60:
                    continue
                program.stop()
            if program is not None:
                self.take(tier, count, program)
            stay = self.random.uniform(*STAY_S)
            group[2:] = [self.server.listener(self.slug, round(stay, 1), tier, listeners=count), now + stay]

    def take(self, tier, count, program):
        sums = self.sums[tier]
        try:
            found = program.report()
            reports = found if isinstance(found, list) else [found]
        except (RuntimeError, ValueError) as why:
            reports = []
            self.trouble.append(f"{tier}: {why}")
        sums["listeners"] += len(reports)
        sums["failed"] += count - len(reports)
        for key in ("gaps", "stalls", "seconds"):
            sums[key] += sum(r[key] for r in reports)
        if len(reports) < count:
            self.trouble.append(f"{tier}: {program.err_path.read_text(errors='replace').strip()[-200:]}")
        for path in (program.out_path, program.err_path):
            path.unlink(missing_ok=True)

    def leave(self):
        """Everybody goes; those who were cut short have no report and are not counted."""
        for _, _, program, _ in self.groups:
            if program is not None:
                program.stop()

    def total(self, key):
        return sum(s[key] for s in self.sums.values())
