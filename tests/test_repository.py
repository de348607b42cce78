"""Checks outside the code: pinned packages, consistent versions, a complete wheel."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path
from unittest.mock import Mock

import pytest

import dev
import diamondsim

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(lock: Path) -> dict[str, str]:
    """Return the lock entries by package; a package may have several, for different Python versions."""
    text = re.sub(r"^ *#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    entries: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", text.strip()):
        name = plain(re.split(r"[=<>~! ]", entry)[0])
        entries[name] = entries.get(name, "") + entry
    return entries


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_pinned_package_has_one_exact_version_and_hashes(lock):
    loose = {
        name: entry
        for name, entry in pinned(lock).items()
        if not re.match(r"[\w.-]+==[\w.]+ ", entry) or "--hash=sha256:" not in entry
    }
    assert loose == {}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_the_lock_names_no_host_and_no_index(lock):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert re.findall(r"^\s*--(?!hash=).*", text, flags=re.MULTILINE) == []


def floors(*left_out: str) -> dict[str, str]:
    """Return the oldest version allowed of each package, without zeros at its end, but not of some groups."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, groups = document["project"], document["dependency-groups"]
    entries = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    entries += chain(*(group for name, group in groups.items() if name not in left_out))
    found: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry, str):
            [(name, floor)] = re.findall(r"^([\w.-]+)>=([\d.]+?)(?:\.0)*(?:;|$)", entry)
            assert found.setdefault(plain(name), floor) == floor, f"{name} has two floors"
    return found


def test_the_lock_holds_what_the_project_declares():
    assert floors().keys() - pinned(dev.DEV_LOCK).keys() == set()


def test_the_oldest_lock_holds_the_floor_of_each_requirement():
    """Only what is pinned is tested; `dev.py lock --upgrade-package NAME` pins a floor that was lowered."""
    lock = pinned(dev.OLDEST_LOCK)
    declared = floors("lint")
    tested = {name: re.findall(r"==([\w.]+?)(?:\.0)* ", lock[name]) for name in declared}
    assert tested == {name: [floor] for name, floor in declared.items()}


def test_the_oldest_python_is_the_one_that_the_project_declares():
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert document["project"]["requires-python"] == f">={dev.OLDEST_PYTHON}"


@pytest.mark.parametrize("folder", ["src", "scenarios", "tests", "benchmarks", "docs", "requirements"])
def test_a_promised_folder_holds_something(folder):
    assert any((ROOT / folder).iterdir())


def test_the_versions_agree():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(r"^## (\d\S*)", changes, flags=re.MULTILINE)[0]
    cited = re.findall(
        r'^version: "?([^"\n]+)', (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [diamondsim.__version__] == [newest] == [importlib.metadata.version("diamondsim")] == cited


def test_no_file_names_a_place_on_one_machine():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    place = re.compile(rb"(?<![\w.:/])/(?:home|root|work|tmp|Users|opt|mnt)/|\b[A-Z]:\\\\")
    assert len(files) > 10
    assert [
        name for name in files if (ROOT / name).is_file() and place.search((ROOT / name).read_bytes())
    ] == []


def test_the_wheel_holds_the_package_its_types_and_every_scenario(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    scenarios = {f"diamondsim/{path.relative_to(ROOT)}" for path in (ROOT / "scenarios").rglob("*.yaml")}
    code = {f"{path.relative_to(ROOT / 'src')}" for path in (ROOT / "src" / "diamondsim").rglob("*.py")}
    package = ROOT / "src" / "diamondsim"
    tables = {
        f"{path.relative_to(ROOT / 'src')}"
        for kind in ("csv", "yaml", "jinja", "css", "js")
        for path in package.rglob(f"*.{kind}")
    }
    assert {"diamondsim/py.typed", *scenarios, *code, *tables} <= names
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"diamondsim"}


def test_an_installed_wheel_loads_each_shipped_scenario_by_name(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "scenarios").glob("*.yaml")}
    names = sorted(name for name, text in texts.items() if "\ncomponent: true\n" not in text)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import diamondsim\n"
        f"print(diamondsim.__file__)\nfor name in {names}: diamondsim.load_scenario(name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert names


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Build the wheel as for a release."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return next(folder.glob("*.whl"))


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
def test_the_help_of_dev_ends_quietly_if_its_reader_does():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as out:
        done = subprocess.run(
            [sys.executable, ROOT / "dev.py", "--help"], stdout=out, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "given, passed_on",
    [
        ("", "run lapse-2027 -n 10000"),
        ("-n 256", "run lapse-2027 -n 10000 -n 256"),
        ("check calm", "check calm"),
        ("--help", "--help"),
        ("--version", "--version"),
    ],
)
def test_dev_asks_the_main_question_unless_a_command_is_given(given, passed_on):
    assert dev.with_main_job(given.split()) == passed_on.split()


@pytest.mark.parametrize("given, python", [([], dev.PYTHON), (["--oldest"], Path("oldest"))])
def test_dev_hands_the_arguments_of_a_test_run_to_the_environment_asked_for(given, python, monkeypatch):
    monkeypatch.setattr(dev, "set_up", lambda: True)
    monkeypatch.setattr(dev, "set_up_oldest", lambda: Path("oldest"))
    monkeypatch.setattr(dev, "child", child := Mock(return_value=0))
    assert dev.main(["test", *given, "tests/results", "-n", "0"]) == 0
    command = ["-m", "pytest", "-p", "no:benchmark", "tests/results", "-n", "0"]
    child.assert_called_once_with(command, dev.ROOT, python)


def test_git_ignores_what_the_commands_of_the_first_pages_write():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    pages = ("README", "docs/quickstart", "docs/tutorial", "docs/commands", "docs/long-runs")
    text = "\n".join((ROOT / f"{page}.md").read_text(encoding="utf-8") for page in pages)
    command = r"(?:python3 dev\.py run|diamondsim) [^`\n]*(?:-o|--store|--paths|\bnew) ([\w.-]+)"
    written = sorted(set(re.findall(command, text)))
    assert len(written) >= 7
    check = ["git", "check-ignore", "--no-index", *written]
    ignored = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    assert ignored == written
