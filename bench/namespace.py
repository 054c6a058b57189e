"""A network namespace at the other end of a pair of virtual wires: where attackers sit who are not this machine.

It has a network of its own, with as many addresses as are asked for, so what they send has sources that are nobody else's. It is
made here and taken down here, with the processes in it. It takes root; where there is none, the part is skipped.
"""
import os
import subprocess

from house import Skipped

SERVER = "10.77.0.1"
# The attackers' addresses: networks 10.77.16.0/24 and on, so many of them.
NETWORKS = 64


def ip(*arguments, check=True):
    return subprocess.run(["ip", *map(str, arguments)], check=check, capture_output=True, text=True)


class Namespace:
    """`with Namespace() as outside:` and then `outside.command(…)` before a program's arguments."""

    def __enter__(self):
        if os.geteuid():
            raise Skipped("a network namespace takes root")
        self.name, self.near, self.far = f"hustings-{os.getpid()}", f"hn{os.getpid() % 100000}", f"hf{os.getpid() % 100000}"
        ip("netns", "add", self.name)
        try:
            ip("link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", self.name)
            ip("addr", "add", f"{SERVER}/16", "dev", self.near)
            ip("link", "set", self.near, "up")
            inside = ["-n", self.name]
            ip(*inside, "link", "set", "lo", "up")
            ip(*inside, "addr", "add", "10.77.0.2/16", "dev", self.far)
            ip(*inside, "link", "set", self.far, "up")
            # Every address of these networks is theirs, without one entry each.
            ip(*inside, "route", "add", "local", "10.77.16.0/20", "dev", "lo")
            ip(*inside, "route", "add", "local", "10.77.32.0/19", "dev", "lo")
            for path in ("all", self.near):
                with open(f"/proc/sys/net/ipv4/conf/{path}/rp_filter", "w") as file:
                    file.write("0")
            ip("route", "replace", "10.77.16.0/20", "via", "10.77.0.2", check=False)
            ip("route", "replace", "10.77.32.0/19", "via", "10.77.0.2", check=False)
        except Exception:
            self.__exit__()
            raise
        return self

    def __exit__(self, *why):
        for pid in ip("netns", "pids", self.name, check=False).stdout.split():
            subprocess.run(["kill", "-9", pid], capture_output=True)
        ip("netns", "del", self.name, check=False)
        ip("link", "del", self.near, check=False)

    def command(self, *arguments):
        """A program in it."""
        return ["ip", "netns", "exec", self.name, *map(str, arguments)]
