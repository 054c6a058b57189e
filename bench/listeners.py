"""A large audience: one `measure crowd`, from its first call to its report.

Its clients are the limit when they say so (`limited`): too busy, or they did not look at their sockets for too long; then
what they met says more about this machine than about the server. Absent: listeners who play (`house.Server.listener`).
"""
import time

from house import MEASURE, Skipped, descriptors

# The core of the crowd where the server has the other.
CLIENTS = "1"
# Listeners of one descriptor table: it holds 20,000 on the smallest machine we met.
TABLE = 18_000


class Listeners:
    """So many listeners of one address and path. They come evenly, `rate` a second, or all within `storm` seconds; are
    watched for `seconds` from when everybody has come; and go."""

    def __init__(self, server, addr, path, count, seconds, storm=None, rate=3000, cores=CLIENTS, tables=None, patience=10, over=(), seed=1, more=()):
        tables = tables or -(-count // TABLE)
        descriptors(-(-count // tables) + 64, "each table of the crowd")
        self.count, self.seconds, self.patience = count, seconds, patience
        self.comes = storm if storm else count / rate
        on = ["taskset", "-c", cores] if cores else []
        how = ["--storm", storm] if storm else ["--per-second", rate]
        how += ["--over", ",".join(map(str, over))] if over else []
        arguments = ["--listeners", count, "--tables", tables, "--seconds", seconds, "--patience", patience, "--seed", seed]
        self.program = server.program("crowd", *on, MEASURE, "crowd", addr, path, *arguments, *how, *more)

    def wait_steady(self):
        """Waits until everybody has come and gaps are watched."""
        end = time.monotonic() + self.comes + self.patience + 30
        while '"steady"' not in self.program.said():
            if self.program.process.poll() is not None:
                words = self.program.complaint()
                raise (Skipped if "descriptor" in words else RuntimeError)(f"the crowd has ended: {words}")
            if time.monotonic() > end:
                raise RuntimeError(f"the crowd of {self.count:,} has not settled in time")
            time.sleep(0.02)

    def met(self):
        """What it met, once it has gone."""
        self.program.wait(self.comes + self.patience + self.seconds + 60)
        met = self.program.report()
        if "listeners" not in met:
            raise RuntimeError(f"the crowd has ended early: {self.program.complaint()}")
        return met

    def send_away(self):
        """Ends it without a report."""
        self.program.stop()


def at(met, what, part):
    """One figure of a distribution, or nan if nobody was there to make one."""
    return met[what][part] if met[what] else float("nan")


def limits(reports):
    """In words, whether a crowd was the limit itself."""
    limited = [m for m in reports if m["limited"]]
    if not limited:
        return "The crowd was never the limit: " + how_busy(reports)
    return f"**In {len(limited)} of {len(reports)} runs the crowd may have been the limit itself**: " + how_busy(limited)


def how_busy(reports):
    busiest = max(max(m["own_cpu"], m["own_cpu_joining"]) for m in reports)
    blind = max(max(m["own_stall_ms"], m["own_stall_joining_ms"]) for m in reports)
    each = max(m["own_us_per_delivery"] for m in reports)
    return f"at most {busiest:.2f} of a core, {each:.1f} µs a delivery, {blind:.0f} ms without a look at its sockets."
