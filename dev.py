#!/usr/bin/env python3
"""Set up and use diamondsim from a checkout; needs git, Python 3.11 or newer and pip, nothing else.

usage: python3 dev.py COMMAND [WORDS...]

  run [WORDS]    call the diamondsim command; without words: run reinstated-2027 -n 10000
  test [WORDS]   run the tests (not those marked deep); words are passed on to pytest
  lint           ruff check, ruff format --check, mypy
  bench [WORDS]  run the benchmarks, or compare two runs: bench --help
  peers [WORDS]  run the comparison with other libraries, in an environment of its own (.venv-peers)
  setup          only set up: make .venv and install what requirements/ pins, then the project
  lock [WORDS]   make the pinned requirements anew (--upgrade: with the newest releases)

Each command sets up first where that is needed; a stamp in .venv makes later calls quick.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Iterator, Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older interpreter meets first
    sys.exit(f"dev.py: needs Python 3.11 or newer, this is {sys.version.split()[0]}")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "dev-stamp"
LOG = VENV / "setup.log"
UV_LOCK = ROOT / "requirements" / "uv.txt"
DEV_LOCK = ROOT / "requirements" / "dev.txt"
PEERS = ROOT / ".venv-peers"
PEERS_IN = ROOT / "requirements" / "peers.in"
PEERS_LOCK = ROOT / "requirements" / "peers.txt"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
UV = BIN / ("uv.exe" if os.name == "nt" else "uv")
MAIN_JOB = ("run", "reinstated-2027", "-n", "10000")
NETWORK_SIGNS = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "ProxyError",
    "dns error",
    "error sending request",
)


class SetupError(Exception):
    """Setting up failed; the text is one line for the person at the terminal."""


class StepError(Exception):
    """A child process of the set-up failed; the text is what it wrote."""


def main(words: Sequence[str]) -> int:
    """Do the command that the words name and return its exit code."""
    named = (run, test, lint, bench, peers, setup, lock)
    commands = {command.__name__: command for command in named}
    if not words or words[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0
    if words[0] not in commands:
        say(f"unknown command '{words[0]}', one of: {', '.join(commands)}")
        return 2
    try:
        return commands[words[0]](list(words[1:]))
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def run(words: list[str]) -> int:
    """Call the diamondsim command in the caller's folder."""
    set_up()
    return child(["-m", "diamondsim", *(words or MAIN_JOB)])


def test(words: list[str]) -> int:
    """Run pytest over two processes or more, unless the words say otherwise."""
    set_up()
    alone = any(word.startswith(("-n", "--numprocesses", "--pdb", "no:xdist")) for word in words)
    spread = [] if alone else ["-n", str(min(4, os.cpu_count() or 1))]
    return child(["-m", "pytest", "-p", "no:benchmark", *spread, *words], folder=ROOT)


def lint(words: list[str]) -> int:
    """Check style, format and types; all three run even when the first finds something."""
    if words:
        raise SetupError("lint takes no further words")
    set_up()
    checks = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    codes = [subprocess.call([PYTHON, "-m", *check], cwd=ROOT, env=child_environment()) for check in checks]
    return max(codes)


def bench(words: list[str]) -> int:
    """Run the benchmarks, or do something with their figures."""
    set_up()
    return child(["-m", "benchmarks", *words], folder=ROOT)


def peers(words: list[str]) -> int:
    """Run the comparison with other libraries."""
    set_up()
    return child(["-m", "pytest", "benchmarks/test_peers.py", *words], folder=ROOT, python=set_up_peers())


def setup(words: list[str]) -> int:
    """Only set up."""
    if words:
        raise SetupError("setup takes no further words")
    if not set_up():
        say(f"{VENV.name} is up to date")
    return 0


def lock(words: list[str]) -> int:
    """Make the pinned files anew, from public releases for all platforms."""
    set_up()
    environment = child_environment()
    for name in ("UV_FIND_LINKS", "UV_INDEX", "UV_EXTRA_INDEX_URL"):  # would leave only this machine's wheels
        environment.pop(name, None)
    make = [UV, "--no-config", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    make += ["--python-version", "3.11", "--custom-compile-command", "python3 dev.py lock", *words]
    beside = ["pyproject.toml", PEERS_IN.relative_to(ROOT), "-c", DEV_LOCK.relative_to(ROOT)]
    jobs = ((["-"], UV_LOCK), (["pyproject.toml", "--group", "dev"], DEV_LOCK), (beside, PEERS_LOCK))
    for source, target in jobs:
        command = [str(word) for word in (*make, *source, "--output-file", target)]
        done = subprocess.run(command, cwd=ROOT, env=environment, input="uv\n", text=True, check=False)
        if done.returncode:
            return done.returncode
    set_up()
    return 0


def child(words: Sequence[str], folder: Path | None = None, python: Path = PYTHON) -> int:
    """Hand over to the Python of .venv, or to another."""
    command = [str(python), *words]
    if folder:
        os.chdir(folder)
    if os.name != "nt":  # there, exec returns to the shell before the child has ended
        os.execve(command[0], command, child_environment(python))
    return subprocess.call(command, env=child_environment(python))


def child_environment(python: Path = PYTHON) -> dict[str, str]:
    """Return the environment for children: with .venv (or another) active, and free to keep byte code.

    Without byte code, every process compiles what it imports and starts seconds later.
    """
    dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    environment["VIRTUAL_ENV"] = str(python.parents[1])
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return environment


def set_up() -> bool:
    """Bring .venv into the state that the pinned files ask for; return whether there was anything to do."""
    if is_current():
        return False
    with one_at_a_time():
        if is_current():  # another call has done it while this one waited
            return False
        started = time.perf_counter()
        try:
            install()
        except StepError as error:
            raise SetupError(explain(str(error))) from None
        except OSError as error:
            raise SetupError(f"cannot set up {VENV}: {error}") from None
        say(f"ready after {time.perf_counter() - started:.0f} s")
    return True


def set_up_peers() -> Path:
    """Bring .venv-peers into the state that its pinned file asks for, with uv alone; return its Python."""
    python = PEERS / PYTHON.relative_to(VENV)
    stamp = PEERS / STAMP.name
    wanted = f"{wanted_stamp()[0]}\n{hashlib.sha256(PEERS_LOCK.read_bytes()).hexdigest()}\n"
    with one_at_a_time():
        if python.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return python
        say(f"installing what requirements/peers.txt pins in {PEERS.name}, some 450 MB")
        try:
            step([str(UV), "--quiet", "venv", "--clear", "--python", base_python(), str(PEERS)])
            uv("sync", "--require-hashes", str(PEERS_LOCK), python=python)
            uv("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT), python=python)
            stamp.write_text(wanted, encoding="utf-8")
        except StepError as error:
            raise SetupError(explain(str(error))) from None
        except OSError as error:
            raise SetupError(f"cannot set up {PEERS}: {error}") from None
    return python


def wanted_stamp() -> list[str]:
    """Return two lines: what the environment hangs on, and what is installed in it."""
    base = f"Python {sys.version.split()[0]} in {sys.base_prefix} for {ROOT}"
    content = hashlib.sha256()
    for path in (UV_LOCK, DEV_LOCK, ROOT / "pyproject.toml", ROOT / "src" / "diamondsim" / "_version.py"):
        content.update(path.read_bytes())
    return [base, content.hexdigest()]


def found_stamp() -> list[str]:
    """Return the lines of the stamp; none where there is no environment or no working Python in it."""
    if not (STAMP.is_file() and PYTHON.exists()):
        return []
    return STAMP.read_text(encoding="utf-8").splitlines()


def is_current() -> bool:
    return found_stamp() == wanted_stamp()


def install() -> None:
    base, content = wanted_stamp()
    if found_stamp()[:1] != [base]:
        make_environment()
    STAMP.write_text("unfinished\n", encoding="utf-8")  # what is interrupted from here on is made anew
    project = ["install", "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    say("installing what requirements/dev.txt pins; the first time this downloads over 100 MB")
    try:
        install_uv()
        uv("sync", "--require-hashes", str(UV_LOCK), str(DEV_LOCK))  # takes away what is no longer pinned
        uv(*project)
    except StepError as error:
        if is_network(str(error)) and not UV.exists():
            raise
        say(f"uv failed (see {LOG}), going on with pip, which takes longer")
        pip("install", "--require-hashes", "-r", str(DEV_LOCK))
        pip(*project)
    STAMP.write_text(f"{base}\n{content}\n", encoding="utf-8")


def make_environment() -> None:
    """Make an empty .venv, in place of one that is broken, was moved, or belongs to another Python."""
    if VENV.exists() and not STAMP.exists():
        raise SetupError(f"{VENV} was not made by dev.py; move it away first")
    old = VENV.with_name(".venv-old")  # removed under another name, so that a stop half-way does no harm
    if old.exists():
        shutil.rmtree(old)
    if VENV.exists():
        VENV.rename(old)
        shutil.rmtree(old)
    VENV.mkdir()
    STAMP.write_text("unfinished\n", encoding="utf-8")
    say(f"making {VENV} with Python {sys.version.split()[0]}")
    step([base_python(), "-m", "venv", "--without-pip", str(VENV)])


def base_python() -> str:
    """Return the interpreter behind any virtual environment that this one runs in."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def install_uv() -> None:
    pip("install", "--require-hashes", "-r", str(UV_LOCK))


def uv(*words: str, python: Path = PYTHON) -> None:
    step([str(UV), "--quiet", "pip", words[0], "--python", str(python), *words[1:]], uv_environment())


def pip(*words: str) -> None:
    """Call pip for .venv: the one that came with the interpreter, else one installed in .venv."""
    of_base = [base_python(), "-m", "pip", "--python", str(PYTHON)]
    try:
        step([*of_base, "--version"])
        command = of_base
    except StepError:  # no pip there, or one from before --python
        command = [str(PYTHON), "-m", "pip"]
        try:
            step([str(PYTHON), "-m", "ensurepip", "--default-pip"])
        except StepError:
            raise SetupError(f"{base_python()} has neither pip nor ensurepip; install pip first") from None
    step([*command, "--disable-pip-version-check", "--quiet", *words])


def uv_environment() -> dict[str, str]:
    """Return the environment for uv, told what pip is told here, which it would not read by itself.

    All packages are held to the hashes of the pinned file, so it does not matter which place serves them.
    """
    environment = child_environment()
    settings = pip_settings()
    links = settings.get("find-links", "").split()
    extra = settings.get("extra-index-url", "").split()
    told = {
        "UV_DEFAULT_INDEX": settings.get("index-url", ""),
        "UV_INDEX": " ".join(extra),
        "UV_FIND_LINKS": ",".join(links),
        "UV_NO_INDEX": "1" if settings.get("no-index", "") in ("1", "true", "True") else "",
        "SSL_CERT_FILE": settings.get("cert", ""),
        "UV_HTTP_TIMEOUT": settings.get("timeout", settings.get("default-timeout", "")),
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    return {**{name: value for name, value in told.items() if value}, **environment}


def pip_settings() -> dict[str, str]:
    """Return pip's settings by name; those of the environment count most."""
    command = [base_python(), "-m", "pip", "--disable-pip-version-check", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    settings = {}
    for line in sorted(listed.stdout.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in ("global", "install", ":env:"):
            settings[key] = str(literal_eval(value))
    return settings


def step(command: Sequence[str], environment: dict[str, str] | None = None) -> None:
    """Run one step of the set-up; keep what it writes in the log."""
    done = subprocess.run(
        command,
        env=environment or child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    if done.returncode:
        raise StepError(done.stdout)


def is_network(text: str) -> bool:
    return any(sign in text for sign in NETWORK_SIGNS)


def explain(text: str) -> str:
    """Return one line for a failed step."""
    if is_network(text):
        return f"cannot download packages: the network or the package index does not answer (see {LOG})"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if line.lower().startswith("error")] or lines or ["no message"]
    return f"set-up failed: {told[-1]} (see {LOG})"


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the lock file, so that two calls do not set up at once; the system frees it if this one dies."""
    with (ROOT / ".dev.lock").open("a+", encoding="utf-8") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another dev.py that is setting up")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """Tell the person what happens, apart from the output of the command itself."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
