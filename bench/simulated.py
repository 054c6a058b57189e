"""Whether a simulation can be believed: the same evenings with real clients against a real server, and by `--simulate`.

The costs in the model are measured on the held edge first (`--write-model`). Then, for each of three sizes, a crowd comes within ten
seconds to a gate that admits a twentieth of it a second, and everybody comes in; the simulation is told the same. Absent: evenings
on which a limit of the machine is met: the gate is there so that it is not.
"""
import json
import os
import time

from house import VOICE, Server, say
from opening import crowd, of_tier
from rehearse import HELD_PERCENT, held, held_talk, rehearse, simulate
from reckon import median
from results import Row, table

TITLE = "A simulation beside the real run"
SIZES = (600, 1500, 3000)
RAMP_S, LASTS_S = 10, 36
WITHIN = 0.20
ROUNDS = 5
# What the gate uses of a measured knee (`HEADROOM` in core/gate).
HEADROOM = 0.92
METHOD = f"""
One edge held to {HELD_PERCENT} % of the first core, clients on the second. The model is what `hustings rehearse --write-model` wrote of it, but
for its joins a second, which are set to what the gate of each evening is told: a twentieth of the crowd. The crowd comes evenly in {RAMP_S} s and
stays; both are looked at for {LASTS_S} s. *Let in* is after 15 s; *waited* of those who had to; *CPU* is the edge's in all that time, without
what it takes with nobody there. All of it is done {ROUNDS} times, the costs measured anew, because this machine takes a third more for the same
work from one minute to the next; a figure is the median of simulated over real, and the least and the most stand beside it.
"""


def modelled(model, joins, path):
    """The model with another number of joins a second."""
    changed = json.loads(json.dumps(model))
    changed["tiers"]["stream"]["joins_per_second_at_knee"] = joins / HEADROOM
    path.write_text(json.dumps(changed))
    return path


def edge_seconds(server):
    return sum(spent for role, spent in server.cpu_by_role().items() if role.startswith("edge"))


def real(size, joins, listeners):
    environment = {"HUSTINGS_GATE_LISTENERS": str(listeners), "HUSTINGS_GATE_JOINS_PER_SECOND": str(joins)}
    with Server(cores="0", edges=1, environment=environment) as server, held(server, HELD_PERCENT):
        server.live("talk")
        server.speaker("talk", "guest", VOICE)
        server.wait_for("hustings_speakers", 1)
        time.sleep(4)
        before, began = edge_seconds(server), time.monotonic()
        time.sleep(6)
        alone = (edge_seconds(server) - before) / (time.monotonic() - began)
        before, began = edge_seconds(server), time.monotonic()
        run = crowd(server, "talk", size, RAMP_S, LASTS_S - RAMP_S)
        # Its first second begins a little later, and whoever is left at its end is gone.
        time.sleep(LASTS_S + 0.7)
        spent = edge_seconds(server) - before - alone * (time.monotonic() - began)
        run.wait(30)
        report = run.report()
    let_in = sum(of_tier(s, "stream")["admitted"] for s in report["seconds"] if s["second"] < 15)
    waited = report["summary"]["all"]["waited_ms"]
    return {"let_in": let_in, "p50": waited["p50"], "p95": waited["p95"], "cpu": spent, "limits": report["limits"]}


def told(size, model):
    simulated, _ = simulate(model, size, size * 60 // RAMP_S, 1)
    # When everybody is in and calm it ends, within a second that is not whole; from then on a second is as the last whole one.
    seconds = simulated["seconds"][:-1]
    rest = max(0, LASTS_S - len(seconds)) * seconds[-1]["cpu"]
    return {
        "let_in": sum(s["admitted"] for s in seconds[:15]), "p50": simulated["queue_ms"]["p50"], "p95": simulated["queue_ms"]["p95"],
        "cpu": sum(s["cpu"] for s in seconds[:LASTS_S]) + rest,
    }


def measured(quick):
    """The model of a server that is held down."""
    with held_talk(HELD_PERCENT) as server:
        rehearse(server, "--write-model", server.data, "--listeners", 400 if quick else 3200, "--ramp", "3s", "--hold", "5s", "--processes", 1)
        model = json.loads((server.data / "capacity.json").read_text())
    # More seats than anybody needs: what is compared is the queue, not the house.
    model["tiers"]["stream"]["listeners_at_knee"] = 6000
    return model


def measure(quick):
    sizes = SIZES[:1] if quick else SIZES
    models, rounds = [], []
    with Server(cores="0", edges=0) as folder:
        for _ in range(1 if quick else ROUNDS):
            models.append(measured(quick))
            pairs = []
            for size in sizes:
                joins = size // 20
                simulated = told(size, modelled(models[-1], joins, folder.folder / f"{size}.json"))
                met = real(size, joins, 5500)
                pairs.append((size, met, simulated))
                say(f"simulated: {size}: real {met}, simulated {simulated}")
            rounds.append(pairs)
    if os.environ.get("SIMULATED_KEEP"):
        with open(os.environ["SIMULATED_KEEP"], "w") as file:
            json.dump([models, rounds], file)
    return rows(rounds), details(rounds, models)


def ratios(rounds, key):
    """Simulated over real of each round, in order, by size."""
    each = lambda n: sorted(pairs[n][2][key] / pairs[n][1][key] if pairs[n][1][key] else float("nan") for pairs in rounds)
    return [(rounds[0][n][0], each(n)) for n in range(len(rounds[0]))]


def rows(rounds):
    words = {"let_in": "let in", "p50": "waited, p50", "p95": "waited, p95", "cpu": "CPU"}
    out = []
    for key, what in words.items():
        found = ratios(rounds, key)
        told = ", ".join(f"{median(each):.2f} ({each[0]:.2f} to {each[-1]:.2f})" for _, each in found)
        met = all(abs(median(each) - 1) <= WITHIN for _, each in found)
        out.append(Row(f"simulated over real, {what}, at {', '.join(f'{size:,}' for size, _ in found)} listeners", told, "0.80 to 1.20", met))
    return out


def details(rounds, models):
    lines = []
    for number, pairs in enumerate(rounds, 1):
        for size, met, simulated in pairs:
            for name, one in (("real", met), ("simulated", simulated)):
                lines.append([f"{number}: {size:,}, {name}", f"{one['let_in']:,}", f"{one['p50'] / 1000:.1f}", f"{one['p95'] / 1000:.1f}", f"{one['cpu']:.2f}"])
    out = table(["", "let in after 15 s", "waited p50, s", "p95, s", "CPU, s"], lines)
    each = lambda met: ", ".join(f"{one['cpu_us_per_second'] / one['listeners']:.0f} of {one['listeners']:,}" for one in met)
    joins = lambda met: ", ".join(f"{one['cpu_us_per_join']:.0f} beside {one['busy_us_per_second'] / 1e4:.1f} %" for one in met)
    for number, model in enumerate(models, 1):
        cost = model["tiers"]["stream"]
        out += f"\n\nThe model of round {number}: µs a listener-second, {each(cost['standing'])}; µs a join, {joins(cost['joining'])} of a core."
    limits = sorted({limit for pairs in rounds for _, met, _ in pairs for limit in met["limits"]})
    return out + (" The clients were never the limit." if not limits else f" **The clients may have been a limit themselves**: {'; '.join(limits)}.")
