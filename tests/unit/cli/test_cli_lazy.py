"""A command loads its own file alone; help knows all."""

import subprocess
import sys

import pytest

from firstprint.cli import main as entry

PRINT_LOADED = (
    "import sys; sys.argv = {argv!r}\n"
    "from firstprint.cli.main import main\n"
    "try: main()\nexcept SystemExit as stop: code = stop.code\n"
    "print(sorted(m for m in sys.modules if m.startswith('firstprint.cli.')))\n"
    "sys.exit(code)"
)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = PRINT_LOADED.format(argv=["firstprint", *arguments])
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("before", [(), ("--home", "audit")])
def test_a_command_loads_its_own_file(before: tuple[str, ...]) -> None:
    done = _run(*before, "estimate", "--help")
    assert done.returncode == 0
    assert "estimate" in done.stdout
    assert "firstprint.cli.estimate" in done.stdout
    assert "firstprint.cli.audit" not in done.stdout


def test_help_and_a_mistyped_name_know_all_commands() -> None:
    assert {"estimate", "audit", "mcp"} <= set(_run("--help").stdout.split())
    mistyped = _run("audti")
    assert mistyped.returncode == 2
    assert "Did you mean 'audit'?" in mistyped.stderr


@pytest.mark.parametrize("name", sorted(entry._ENTRIES))
def test_each_command_can_be_built_alone(name: str) -> None:
    assert len(entry.application([name]).registered_commands) + len(entry.application([name]).registered_groups) == 1


def test_commands_stand_in_their_groups_once() -> None:
    entry.application()
    entry.application()
    names = [command.name for command in entry._group("catalogue").registered_commands]
    assert len(names) == len(set(names))
    assert {"import", "sources", "remove", "diff", "export"} <= set(names)


@pytest.mark.parametrize(("name", "late"), [("estimate", True), ("match", True), ("batch", False), ("serve", False)])
def test_only_commands_over_at_once_look_for_garbage_late(name: str, late: bool) -> None:
    code = (
        "import gc, sys\n"
        "from firstprint.cli import main as entry\n"
        "entry.application = lambda names: lambda: print(gc.isenabled(), gc.get_threshold()[0] > 100_000)\n"
        f"sys.argv = ['firstprint', {name!r}]\n"
        "entry.main()\n"
        "print(gc.get_freeze_count() > 1_000)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["True", str(late), "True"]
