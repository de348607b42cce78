#!/usr/bin/env python3
"""Set up and use diamondsim from a checkout; needs git, Python 3.11 or newer and pip, nothing else.

usage: python3 dev.py COMMAND [ARGUMENTS...]

  run [ARGUMENTS]    run the diamondsim command; options alone: those of run lapse-2027 -n 10000
  test [--oldest] [ARGUMENTS]  run the tests, except those marked deep; arguments are passed to pytest
                     --oldest: with the oldest Python and packages allowed, in .venv-oldest
  lint               run ruff check, ruff format --check and mypy
  bench [ARGUMENTS]  run the benchmarks, or compare two runs: see bench --help
  monotonicity [ARGUMENTS]  run pairs of scenarios of which the second should hurt nobody: see --help
  mechanisms [ARGUMENTS]  measure the tables of docs/mechanisms.md: see --help
  coverage [ARGUMENTS]  measure how often intervals contain the true value: see --help
  traces [--page]    choose two replications and tell them by month, as docs/traces.md does
  episodes [FILE]    draw the figure of docs/episodes.md
  gallery [NAMES]    draw the pictures of docs/plots.md, with the code on that page
  docs [FOLDER]      build the documentation as a site, by default in docs/_build
  peers [ARGUMENTS]  run the comparison with other libraries, in a separate environment (.venv-peers)
  setup              only set up: create .venv and install the pinned requirements, then the project
  lock [ARGUMENTS]   pin the requirements again (--upgrade: to the newest releases)

Each command sets up first if necessary; a stamp file in .venv makes later calls fast.
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

if sys.version_info < (3, 11):  # noqa: UP036 - an older interpreter runs this file first
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
OLDEST = ROOT / ".venv-oldest"
OLDEST_LOCK = ROOT / "requirements" / "oldest.txt"
OLDEST_PYTHON = "3.11"
SITE = ROOT / "docs" / "_build"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
UV = BIN / ("uv.exe" if os.name == "nt" else "uv")
MAIN_JOB = ("run", "lapse-2027", "-n", "10000")
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
    """The set-up failed; the message is one line for the user."""


class StepError(Exception):
    """A child process of the set-up failed; the message is its output."""


def main(arguments: Sequence[str]) -> int:
    """Run the named command and return its exit code."""
    measuring = (bench, monotonicity, mechanisms, coverage, traces, peers)
    named = (run, test, lint, *measuring, episodes, gallery, docs, setup, lock)
    commands = {command.__name__: command for command in named}
    if not arguments or arguments[0] in ("-h", "--help"):
        show_help()
        return 0
    if arguments[0] not in commands:
        say(f"unknown command '{arguments[0]}', one of: {', '.join(commands)}")
        return 2
    try:
        return commands[arguments[0]](list(arguments[1:]))
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def show_help() -> None:
    """Print how to use this file; a reader such as `head` may close the pipe before the end."""
    try:
        print(__doc__.strip(), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the rest, when this process ends


def run(arguments: list[str]) -> int:
    """Run the diamondsim command in the caller's folder."""
    set_up()
    return child(["-m", "diamondsim", *with_main_job(arguments)])


def with_main_job(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of diamondsim: options alone, or nothing, are for the main question."""
    of_itself = {"-h", "--help", "--version"} & {*arguments}
    is_main = all(word.startswith("-") for word in arguments[:1]) and not of_itself
    return [*(MAIN_JOB if is_main else ()), *arguments]


def test(arguments: list[str]) -> int:
    """Run pytest in two or more processes, unless the arguments say otherwise."""
    set_up()
    python = set_up_oldest() if "--oldest" in arguments else PYTHON
    arguments = [word for word in arguments if word != "--oldest"]
    alone = any(word.startswith(("-n", "--numprocesses", "--pdb", "no:xdist")) for word in arguments)
    spread = [] if alone else ["-n", str(min(4, os.cpu_count() or 1))]
    return child(["-m", "pytest", "-p", "no:benchmark", *spread, *arguments], ROOT, python)


def lint(arguments: list[str]) -> int:
    """Check style, format and types; all three run even if the first one fails."""
    if arguments:
        raise SetupError("lint takes no arguments")
    set_up()
    checks = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    codes = [subprocess.call([PYTHON, "-m", *check], cwd=ROOT, env=child_environment()) for check in checks]
    return max(codes)


def bench(arguments: list[str]) -> int:
    """Run the benchmarks, or process their figures."""
    set_up()
    return child(["-m", "benchmarks", *arguments], folder=ROOT)


def monotonicity(arguments: list[str]) -> int:
    """Run pairs of scenarios of which the second should hurt nobody, or the flip table."""
    set_up()
    return child(["-m", "benchmarks.monotonicity", *arguments], folder=ROOT)


def mechanisms(arguments: list[str]) -> int:
    """Measure what each mechanism does to the results."""
    set_up()
    return child(["-m", "benchmarks.mechanisms", *arguments], folder=ROOT)


def coverage(arguments: list[str]) -> int:
    """Measure how often intervals contain the true value."""
    set_up()
    return child(["-m", "benchmarks.coverage", *arguments], folder=ROOT)


def traces(arguments: list[str]) -> int:
    """Choose two replications and tell them by month."""
    set_up()
    return child(["-m", "benchmarks.traces", *arguments], folder=ROOT)


def episodes(arguments: list[str]) -> int:
    """Draw the figure of docs/episodes.md."""
    set_up()
    return child(["-m", "benchmarks.episode_figure", *arguments], folder=ROOT)


def gallery(arguments: list[str]) -> int:
    """Draw the pictures of docs/plots.md."""
    set_up()
    return child(["-m", "benchmarks.gallery", *arguments], folder=ROOT)


def docs(arguments: list[str]) -> int:
    """Build the documentation as a site; a warning is an error."""
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        raise SetupError("docs takes one argument at most, the folder of the site")
    set_up()
    folder = Path(arguments[0] if arguments else SITE).resolve()
    build = ["sphinx", "--quiet", "--fail-on-warning", "--keep-going"]
    code = subprocess.call([PYTHON, "-m", *build, SITE.parent, folder], env=child_environment())
    if not code:
        say(f"open {folder / 'index.html'} in a browser")
    return code


def peers(arguments: list[str]) -> int:
    """Run the comparison with other libraries."""
    set_up()
    return child(["-m", "pytest", "benchmarks/test_peers.py", *arguments], folder=ROOT, python=set_up_peers())


def setup(arguments: list[str]) -> int:
    """Only set up."""
    if arguments:
        raise SetupError("setup takes no arguments")
    if not set_up():
        say(f"{VENV.name} is up to date")
    return 0


def lock(arguments: list[str]) -> int:
    """Pin the requirements again, from public releases for all platforms."""
    set_up()
    environment = child_environment()
    # These would limit the choice to one machine's wheels.
    for name in ("UV_FIND_LINKS", "UV_INDEX", "UV_EXTRA_INDEX_URL"):
        environment.pop(name, None)
    make = [UV, "--no-config", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    make += ["--python-version", OLDEST_PYTHON, "--custom-compile-command", "python3 dev.py lock"]
    make += arguments
    groups = ("build", "test", "docs", "bench")
    tested = ["pyproject.toml", "--all-extras", *(word for group in groups for word in ("--group", group))]
    jobs = [
        (["-"], UV_LOCK),
        (["pyproject.toml", "--group", "dev"], DEV_LOCK),
        ([*tested, "--resolution", "lowest-direct"], OLDEST_LOCK),
    ]
    # The peers get the pinned versions of what diamondsim itself needs, and of nothing else: stockpyl pins an
    # old Sphinx.
    pins = VENV / "needed.txt"
    jobs += [
        (["pyproject.toml", "-c", str(DEV_LOCK)], pins),
        (["pyproject.toml", str(PEERS_IN.relative_to(ROOT)), "-c", str(pins)], PEERS_LOCK),
    ]
    for source, target in jobs:
        command = [str(word) for word in (*make, *source, "--output-file", target)]
        done = subprocess.run(command, cwd=ROOT, env=environment, input="uv\n", text=True, check=False)
        if done.returncode:
            return done.returncode
    set_up()
    return 0


def child(arguments: Sequence[str], folder: Path | None = None, python: Path = PYTHON) -> int:
    """Run the Python of .venv, or another one, in place of this process."""
    command = [str(python), *arguments]
    if folder:
        os.chdir(folder)
    if os.name != "nt":  # on Windows, exec returns to the shell before the child has ended
        os.execve(command[0], command, child_environment(python))
    return subprocess.call(command, env=child_environment(python))


def child_environment(python: Path = PYTHON) -> dict[str, str]:
    """Return the environment for children: .venv (or another) is active, and byte code may be written.

    Without byte code every process compiles its imports and starts seconds later.
    """
    dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    environment["VIRTUAL_ENV"] = str(python.parents[1])
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return environment


def set_up() -> bool:
    """Install the pinned requirements in .venv; return whether anything had to be done."""
    if is_current():
        return False
    with one_at_a_time():
        if is_current():  # another call did it while this one waited
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
    """Install the requirements of the comparison in .venv-peers; return its Python."""
    return set_up_beside(PEERS, PEERS_LOCK, "about 450 MB")


def set_up_oldest() -> Path:
    """Install the oldest versions allowed in .venv-oldest; return its Python, also the oldest allowed."""
    here = sys.version.startswith(f"{OLDEST_PYTHON}.")
    interpreter = base_python() if here else OLDEST_PYTHON  # uv looks for one, or downloads it
    return set_up_beside(OLDEST, OLDEST_LOCK, "about 500 MB", interpreter)


def set_up_beside(folder: Path, pinned: Path, size: str, interpreter: str = "") -> Path:
    """Install pinned requirements in an environment beside .venv, with uv alone; return its Python."""
    python = folder / PYTHON.relative_to(VENV)
    stamp = folder / STAMP.name
    wanted = f"{wanted_stamp()[0]}\n{hashlib.sha256(pinned.read_bytes()).hexdigest()}\n"
    with one_at_a_time():
        if python.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return python
        say(f"installing requirements/{pinned.name} in {folder.name}, {size}")
        try:
            make = ["--quiet", "venv", "--clear", "--python", interpreter or base_python()]
            step([str(UV), *make, str(folder)])
            uv("sync", "--require-hashes", str(pinned), python=python)
            uv("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT), python=python)
            stamp.write_text(wanted, encoding="utf-8")
        except StepError as error:
            raise SetupError(explain(str(error))) from None
        except OSError as error:
            raise SetupError(f"cannot set up {folder}: {error}") from None
    return python


def wanted_stamp() -> list[str]:
    """Return two lines: the environment and the requirements to be installed in it."""
    base = f"Python {sys.version.split()[0]} in {sys.base_prefix} for {ROOT}"
    content = hashlib.sha256()
    for path in (UV_LOCK, DEV_LOCK, ROOT / "pyproject.toml", ROOT / "src" / "diamondsim" / "_version.py"):
        content.update(path.read_bytes())
    return [base, content.hexdigest()]


def found_stamp() -> list[str]:
    """Return the lines of the stamp; none if there is no environment with a Python."""
    if not (STAMP.is_file() and PYTHON.exists()):
        return []
    return STAMP.read_text(encoding="utf-8").splitlines()


def is_current() -> bool:
    return found_stamp() == wanted_stamp()


def install() -> None:
    base, content = wanted_stamp()
    if found_stamp()[:1] != [base]:
        make_environment()
    STAMP.write_text("unfinished\n", encoding="utf-8")  # an interrupted set-up starts again
    project = ["install", "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    say("installing requirements/dev.txt; the first time this downloads over 100 MB")
    try:
        install_uv()
        uv("sync", "--require-hashes", str(UV_LOCK), str(DEV_LOCK))  # also removes what is no longer pinned
        uv(*project)
    except StepError as error:
        if is_network(str(error)) and not UV.exists():
            raise
        say(f"uv failed (see {LOG}); continuing with pip, which takes longer")
        pip("install", "--require-hashes", "-r", str(DEV_LOCK))
        pip(*project)
    STAMP.write_text(f"{base}\n{content}\n", encoding="utf-8")


def make_environment() -> None:
    """Create an empty .venv and replace one that is broken, was moved, or belongs to another Python."""
    if VENV.exists() and not STAMP.exists():
        raise SetupError(f"{VENV} was not created by dev.py; move it away first")
    old = VENV.with_name(".venv-old")  # renamed before removal, so that an interruption does no harm
    if old.exists():
        shutil.rmtree(old)
    if VENV.exists():
        VENV.rename(old)
        shutil.rmtree(old)
    VENV.mkdir()
    STAMP.write_text("unfinished\n", encoding="utf-8")
    say(f"creating {VENV} with Python {sys.version.split()[0]}")
    step([base_python(), "-m", "venv", "--without-pip", str(VENV)])


def base_python() -> str:
    """Return the interpreter outside any virtual environment."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def install_uv() -> None:
    pip("install", "--require-hashes", "-r", str(UV_LOCK))


def uv(*arguments: str, python: Path = PYTHON) -> None:
    step([str(UV), "--quiet", "pip", arguments[0], "--python", str(python), *arguments[1:]], uv_environment())


def pip(*arguments: str) -> None:
    """Run pip for .venv: the interpreter's own pip, otherwise one installed in .venv."""
    of_base = [base_python(), "-m", "pip", "--python", str(PYTHON)]
    try:
        step([*of_base, "--version"])
        command = of_base
    except StepError:  # no pip, or one too old for --python
        command = [str(PYTHON), "-m", "pip"]
        try:
            step([str(PYTHON), "-m", "ensurepip", "--default-pip"])
        except StepError:
            raise SetupError(f"{base_python()} has neither pip nor ensurepip; install pip first") from None
    step([*command, "--disable-pip-version-check", "--quiet", *arguments])


def uv_environment() -> dict[str, str]:
    """Return the environment for uv with the settings of pip, which uv does not read itself.

    All packages must have the pinned hashes, so it does not matter where they come from.
    """
    environment = child_environment()
    settings = pip_settings()
    links = settings.get("find-links", "").split()
    extra = settings.get("extra-index-url", "").split()
    settings_of_pip = {
        "UV_DEFAULT_INDEX": settings.get("index-url", ""),
        "UV_INDEX": " ".join(extra),
        "UV_FIND_LINKS": ",".join(links),
        "UV_NO_INDEX": "1" if settings.get("no-index", "") in ("1", "true", "True") else "",
        "SSL_CERT_FILE": settings.get("cert", ""),
        "UV_HTTP_TIMEOUT": settings.get("timeout", settings.get("default-timeout", "")),
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    return {**{name: value for name, value in settings_of_pip.items() if value}, **environment}


def pip_settings() -> dict[str, str]:
    """Return the settings of pip by name; those of the environment win."""
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
    """Run one step of the set-up and append its output to the log."""
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
        return f"cannot download packages: the network or the package index does not respond (see {LOG})"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines or ["no message"]
    return f"set-up failed: {errors[-1]} (see {LOG})"


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the lock file, so that only one call sets up; the system releases it if this process dies."""
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
                say("waiting for another dev.py to finish its set-up")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """Report progress on stderr, apart from the output of the command."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
