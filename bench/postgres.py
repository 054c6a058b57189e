"""A private PostgreSQL on a free port, with the settings that Debian's has: it waits for the disk.

PostgreSQL refuses to run as root, so root gives it to `nobody`. It ends with the `with` block that started it.
"""
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from house import Skipped


def programs():
    """Where its programs are."""
    for folder in [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.environ.get("PATH", "").split(":"))]:
        if (folder / "postgres").exists() and (folder / "initdb").exists() and (folder / "psql").exists():
            return folder
    raise Skipped("PostgreSQL is not installed: run `make setup`")


class Postgres:
    def __enter__(self):
        self.bin = programs()
        self.folder = tempfile.TemporaryDirectory(prefix="hustings-postgres-")
        data = Path(self.folder.name) / "data"
        data.mkdir()
        self.user = ["setpriv", "--pdeathsig", "KILL"]
        if os.geteuid() == 0:
            os.chmod(self.folder.name, 0o755)
            subprocess.run(["chown", "nobody:nogroup", str(data)], check=True)
            self.user += ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        said = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        self.environment = os.environ | {"LC_ALL": "C.UTF-8"}
        options = ["--auth=trust", "--username=hustings", "--encoding=UTF8", "--no-sync", "-D", str(data)]
        subprocess.run([*self.user, self.bin / "initdb", *options], check=True, env=self.environment, **said)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen([*self.user, self.bin / "postgres", "-h", "127.0.0.1", "-k", "", "-p", str(self.port), "-D", str(data)], env=self.environment, **said)
        end = time.monotonic() + 20
        pid = data / "postmaster.pid"
        while not (pid.exists() and "ready" in pid.read_text()):
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise RuntimeError("PostgreSQL does not start")
            time.sleep(0.05)
        return self

    def __exit__(self, *why):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.folder.cleanup()

    def url(self):
        return f"postgres://hustings@127.0.0.1:{self.port}/postgres"

    def sql(self, text, rows=None):
        """Runs SQL; what COPY … FROM STDIN reads is `rows`, an iterable of lines."""
        command = [str(self.bin / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port), "-U", "hustings", "-d", "postgres", "-At", "-c", text]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as psql:
            if rows is not None:
                psql.stdin.writelines(rows)
            out, err = psql.communicate()
            if psql.returncode:
                raise RuntimeError(f"psql: {err.strip()[-500:]}")
            return out
