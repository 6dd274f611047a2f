"""The rules of the house that a machine can check: who imports whom, and what lies where."""

import ast
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.channels import PLATFORMS
from events.make import events
from tests.conftest import ROOT

DESK = ROOT / "layers/repartee/desk"
CLOUD = ROOT / "layers/repartee/cloud"
FUNCTIONS = ROOT / "functions"
OURS = ("bench", "cli", "events", "functions", "layers", "tests", "training")
LANGUAGE = {"ahocorasick_rs", "language_tables", "rjieba"}
PACKAGES = {
    "lengths.py": {"regex"}, "patterns.py": {"re2"}, "query.py": {"lark"},
    "rules.py": {"ahocorasick_rs"}, "sealed.py": {"cryptography"}, "xml.py": {"defusedxml"},
}  # fmt: skip
"""What one module of the desk alone may import."""
IMPURE = {
    "asyncio", "builtins", "concurrent", "ctypes", "fileinput", "ftplib", "getpass", "glob", "http",
    "io", "multiprocessing", "os", "pathlib", "platform", "random", "sched", "secrets", "select",
    "selectors", "shelve", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3",
    "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "webbrowser",
}  # fmt: skip
"""Of the standard library, what has a clock, chance, files or a network."""
NO_PLACE = {"base", "common", "factory", "helper", "helpers", "manager", "managers", "misc",
            "service", "services", "shared", "util", "utils"}  # fmt: skip
BOTO = {"botocore", "dateutil", "jmespath", "six", "urllib3"}


def sources(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name where they come from"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def roots(tree: ast.AST) -> set[str]:
    return {name.partition(".")[0] for name in imports(tree)}


def is_one_of(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def where(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --------------------------------------------------------------- who imports whom


def test_the_desk_is_pure() -> None:
    for path, tree in sources(DESK):
        allowed = set(sys.stdlib_module_names) | {"desk", "pydantic"}
        if path.is_relative_to(DESK / "language"):
            allowed |= LANGUAGE
        if path.is_relative_to(DESK / "channels"):
            allowed |= {"cryptography", "defusedxml"}
        allowed |= PACKAGES.get(where(path).removeprefix("layers/repartee/desk/"), set())
        assert roots(tree) <= allowed, where(path)
        assert not [name for name in imports(tree) if is_one_of(name, IMPURE)], where(path)


def test_the_desk_asks_no_clock_no_dice_and_no_file() -> None:
    calls = {"now", "today", "utcnow", "uuid1", "uuid4", "getrandbits", "urandom"}
    for path, tree in sources(DESK):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).rpartition(".")
                assert called[2] not in calls, f"{where(path)}:{node.lineno}"
                if not called[0]:
                    assert called[2] not in ("open", "input", "print", "eval", "exec"), where(path)


def test_the_cloud_reaches_outside_in_one_place_each() -> None:
    only = {
        "botocore": {"aws.py"},
        "os": {"settings.py"},
        "secrets": {"clock.py"},
        "http": {"http.py", "fetcher.py"},  # what we say, and what others have named to us
        "socket": {"http.py", "fetcher.py"},
        "ssl": {"http.py", "fetcher.py"},
    }
    for path, tree in sources(CLOUD):
        allowed = set(sys.stdlib_module_names) | {"botocore", "cloud", "desk", "pydantic"}
        found = {name for name in roots(tree) if not name.startswith("mypy_boto3_")}
        assert found <= allowed, where(path)
        for name in found & only.keys():
            assert path.name in only[name], f"{where(path)} imports {name}"
        if path.name != "clock.py":
            assert not re.search(r"\bdate(time)?\.(now|utcnow|today)\(", path.read_text("utf-8")), (
                where(path)
            )


def test_functions_hold_no_client_and_no_key() -> None:
    allowed = {"aws_lambda_powertools", "cloud", "datetime", "desk", "typing"}
    for path, tree in sources(FUNCTIONS):
        assert roots(tree) <= allowed, where(path)
        assert len(path.read_text("utf-8").splitlines()) <= 100, where(path)


def test_what_is_deployed_imports_nothing_that_is_not() -> None:
    for room in (DESK, CLOUD, FUNCTIONS):
        for path, tree in sources(room):
            assert not roots(tree) & {"bench", "cli", "events", "functions", "tests"}, where(path)
    for path, tree in sources(CLOUD):
        assert "functions" not in roots(tree), where(path)


def test_only_the_store_knows_how_things_are_kept() -> None:
    keys = re.compile(r"#[A-Z]+(#|$)|attribute_(not_)?exists|\b(feed|queue|due)_[ps]k\b")
    for room in (DESK, CLOUD, FUNCTIONS):
        for path, tree in sources(room):
            if path.is_relative_to(CLOUD / "store"):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    assert not keys.search(node.value), f"{where(path)}:{node.lineno}"


def test_a_state_is_written_by_conditional_moves_alone() -> None:
    """Items with a state go through `add` and `replace`; `put` is for what repeats write alike."""
    for path, tree in sources(CLOUD / "store"):
        if path.name == "table.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "table.put":
                assert "_item(" not in ast.unparse(node), f"{where(path)}:{node.lineno}"


def test_batches_that_can_half_fail_are_called_where_that_is_looked_at() -> None:
    bare = re.compile(r"\b(send_message_batch|batch_\w+_item|transact_\w+_items|publish_batch)\(")
    for room in (CLOUD, FUNCTIONS):
        for path, _ in sources(room):
            found = set(bare.findall(path.read_text("utf-8")))
            assert found <= ({"send_message_batch"} if path == CLOUD / "queues.py" else set())


def test_only_the_detector_and_people_touch_the_brake() -> None:
    may = {"scan": {"beat", "begin_crisis"}, "brake": {"hold"}}
    calls = re.compile(r"store\.(beat|hold|begin_crisis|release|create_control)\(")
    for path, _ in sources(FUNCTIONS):
        found = calls.findall(path.read_text("utf-8"))
        assert set(found) == may.get(path.parent.name, set()), where(path)


def test_calls_to_platforms_go_through_the_one_door() -> None:
    may = {CLOUD / "outside.py", CLOUD / "sign_in.py", CLOUD / "bots.py", CLOUD / "drilling.py"}
    for room in (CLOUD, FUNCTIONS):
        for path, _ in sources(room):
            if "http.call(" in path.read_text("utf-8"):
                assert path in may, where(path)
    for path, _ in sources(FUNCTIONS):
        assert ("outside.post(" in path.read_text("utf-8")) is (path.parent.name == "send")


# -------------------------------------------------------------- what lies where


def functions_of(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def test_each_function_has_a_folder_a_template_entry_and_an_event(template: dict[str, Any]) -> None:
    folders = {path.parent.name for path in FUNCTIONS.glob("*/app.py")}
    entries = functions_of(template)
    assert {name.lower() for name in entries} == folders
    assert {one["CodeUri"] for one in entries.values()} == {f"functions/{name}" for name in folders}
    named = {path.stem.partition("-")[0] for path in (ROOT / "events").glob("*.json")}
    assert named == folders


def test_the_events_are_what_their_script_makes() -> None:
    made = events()
    assert {path.stem for path in (ROOT / "events").glob("*.json")} == set(made)
    for name, event in made.items():
        assert json.loads((ROOT / f"events/{name}.json").read_text("utf-8")) == event, name


def test_each_function_says_first_what_sets_it_going(template: dict[str, Any]) -> None:
    for name, entry in functions_of(template).items():
        tree = ast.parse((FUNCTIONS / name.lower() / "app.py").read_text("utf-8"))
        said = (ast.get_docstring(tree) or "").splitlines()[0]
        kinds = {event["Type"] for event in entry.get("Events", {}).values()}
        begins = {"SQS": r"\w+ queue: ", "Schedule": r"Every .+: "}
        wanted = begins[kinds.pop()] if kinds else r"HTTPS /\S+: "
        if name == "Brake":
            wanted = r"HTTPS /\S+, \w+ queue: "
        assert re.match(wanted, said), f"{name}: {said}"


@pytest.mark.parametrize("folder", OURS)
def test_no_file_is_longer_than_400_lines(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        lines = len(path.read_text("utf-8").splitlines())
        assert lines <= 400, f"{where(path)} has {lines} lines"


@pytest.mark.parametrize("folder", OURS)
def test_nothing_is_named_for_having_no_place(folder: str) -> None:
    for path in (ROOT / folder).rglob("*"):
        if "__pycache__" not in path.parts:
            assert path.stem not in NO_PLACE, where(path)


def test_nothing_is_printed() -> None:
    for folder in ("functions", "layers", "cli"):
        for path, tree in sources(ROOT / folder):
            for node in ast.walk(tree):
                printed = isinstance(node, ast.Name) and node.id == "print"
                assert not printed, where(path)


def test_no_log_line_has_a_field_that_logging_refuses() -> None:
    """A field called `name`, say, makes `logger.info` raise KeyError."""
    reserved = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
    reserved -= {"exc_info", "stack_info"}
    for room in (CLOUD, FUNCTIONS):
        for path, tree in sources(room):
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."):
                    fields = {keyword.arg for keyword in node.keywords}
                    assert not fields & reserved, f"{where(path)}:{node.lineno}"


def test_no_log_line_has_what_a_person_wrote() -> None:
    private = re.compile(r"\.(text|author|body|address|title|conversation)\b")
    for room in (CLOUD, FUNCTIONS):
        for path, tree in sources(room):
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."):
                    assert not private.search(ast.unparse(node)), f"{where(path)}:{node.lineno}"


# ------------------------------------------------------------- what a start loads


def loaded(*functions: str, platforms: bool = False) -> set[str]:
    """The modules that are loaded once those functions are imported, in a process of its own."""
    code = [f"import functions.{name}.app" for name in functions]
    if platforms:
        code += ["from desk import channels", "[*map(channels.platform, channels.PLATFORMS)]"]
    code += ["import sys", "sys.stdout.write(' '.join(sys.modules))"]
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "layers/repartee")))
    found = subprocess.run(
        [sys.executable, "-c", "\n".join(code)],
        env={"PYTHONPATH": paths, "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
        text=True,
    )
    return set(found.stdout.split())


def third_party(modules: set[str]) -> set[str]:
    tops = {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names)
    return {name for name in tops if not name.startswith("_")} - {"cloud", "desk", "functions"}


def test_the_webhook_door_opens_with_little() -> None:
    modules = loaded("receive", platforms=True)
    # botocore brings certifi where it is installed; Powertools brings typing_extensions.
    least = {"aws_lambda_powertools", *BOTO}
    assert least <= third_party(modules) <= least | {"certifi", "typing_extensions"}
    ours = {name for name in modules if name.startswith("desk.channels.")}
    assert ours >= {f"desk.channels.{name}" for name in PLATFORMS}
    assert {name for name in modules if name.partition(".")[0] == "desk"} - ours == {
        "desk", "desk.calls", "desk.channels", "desk.markup", "desk.polling", "desk.reception",
        "desk.rulebook", "desk.sealed", "desk.untrusted", "desk.verification", "desk.wire",
        "desk.xml",
    }  # fmt: skip
    assert {name for name in modules if name.partition(".")[0] == "cloud"} == {
        "cloud", "cloud.aws", "cloud.clock", "cloud.gateway", "cloud.queues", "cloud.secrets",
        "cloud.settings",
    }  # fmt: skip


def test_the_language_is_loaded_by_the_functions_that_have_its_layer(
    template: dict[str, Any],
) -> None:
    without = [
        name.lower()
        for name, entry in functions_of(template).items()
        if "Ref Language" not in entry["Layers"]
    ]
    assert {"receive", "send", "decide", "escalate", "tick"} <= set(without)
    modules = third_party(loaded(*without, platforms=True))
    assert not modules & {*LANGUAGE, "lark", "opencc", "re2", "regex"}
