"""The local cloud: starting it, deploying into it with the real SAM CLI, stopping it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import boto3

ROOT = Path(__file__).resolve().parent.parent
VENVS = ROOT / ".venvs"
STATE = ROOT / ".local"
REGION = "ap-east-1"
STACK = "repartee-local"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""What the local cloud takes for its owner's keys. They open nothing anywhere else."""
START_SECONDS = 30
STOP_SECONDS = 10

Say = Callable[[str], None]


class LocalCloudError(Exception):
    """The local cloud could not be set up; the argument says what failed, and the log where."""


@dataclass(frozen=True)
class Stack:
    """A deployed stack: where it is, and its template's outputs."""

    endpoint: str
    outputs: Mapping[str, str]

    def environment(self) -> dict[str, str]:
        """What our own code needs in its environment to work on this stack."""
        return {
            **KEYS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "TABLE_NAME": self.outputs["TableName"],
            "DELIVERIES_QUEUE_URL": self.outputs["DeliveriesQueue"],
            "OUTBOUND_QUEUE_URL": self.outputs["OutboundQueue"],
            "ESCALATIONS_QUEUE_URL": self.outputs["EscalationsQueue"],
            "BRAKES_QUEUE_URL": self.outputs["BrakesQueue"],
            "TOPIC_ARN": self.outputs["ApproversTopic"],
            "DRILLS_QUEUE_URL": self.outputs["DrillsQueue"],
            "KEY_SECRET_ID": self.outputs["KeySecretId"],
            "PARAMETERS": "/repartee/local",
            "PUBLIC_URL": self.outputs["Endpoint"],
            "PRIVATE_FETCHES": "on",
            "SECOND_READER": "off",
            "SECOND_READER_MODEL": "",
            "DRAFTER": "off",
            "DRAFTER_MODEL": "",
        }


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def usable(port: int) -> int:
    """`port` if nobody listens on it, else a free one."""
    if port:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)):
                return port
    return free_port()


def running() -> str:
    """The address of the local cloud that is up, or an empty string."""
    try:
        endpoint = (STATE / "endpoint").read_text("utf-8").strip()
        with urlopen(f"{endpoint}/_ministack/health", timeout=2):
            return endpoint
    except (OSError, ValueError):
        return ""


@contextmanager
def local_cloud(port: int, folder: Path, say: Say) -> Iterator[str]:
    """The local cloud on `port`, with IAM enforced; yields its endpoint, and leaves no process.

    Its state and log lie in `folder`, which is emptied first. Raises LocalCloudError if it does
    not come up.
    """
    program = VENVS / "cloud" / "bin" / "ministack"
    if not program.exists():
        raise LocalCloudError("the local cloud is not installed: run `make setup`")
    _set_aside(folder)
    for name in ("state", "tmp", "home"):
        (folder / name).mkdir(parents=True)
    endpoint = f"http://127.0.0.1:{port}"
    say(f"Starting the local cloud on {endpoint}")
    # A clean environment: whatever is set here reaches the functions.
    environment = {
        **KEYS,
        "HOME": str(folder / "home"),
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TMPDIR": str(folder / "tmp"),
        "STATE_DIR": str(folder / "state"),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
    }
    with (folder / "cloud.log").open("wb") as log:
        process = subprocess.Popen(
            [str(program)], env=environment, stdout=log, stderr=log, cwd=folder,
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait_for(f"{endpoint}/_ministack/health", process, folder / "cloud.log")
            (STATE / "endpoint").write_text(endpoint, "utf-8")
            yield endpoint
        finally:
            say("Stopping the local cloud")
            stop(process)
            (STATE / "endpoint").unlink(missing_ok=True)


def _set_aside(folder: Path) -> None:
    """Make way for a new start: what a former one left is deleted while we go on.

    Each worker has unpacked its layers there. An evening leaves gigabytes in a hundred thousand
    files, and to wait for their end would be a long wait; what is not gone when we end goes next
    time.
    """
    old = STATE / "old"
    old.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rename(old / f"{folder.name}-{time.time_ns()}")
    threading.Thread(target=shutil.rmtree, args=(old, True), daemon=True).start()


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started: politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            try:
                os.killpg(process.pid, number)
                process.wait(STOP_SECONDS)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
    # A worker that ignored the first signal may outlive its parent.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def deploy(endpoint: str, say: Say) -> Stack:
    """Build and deploy the template as it stands; raises LocalCloudError with the log's end."""
    runtime = f"python3.{sys.version_info.minor}"
    machine = "arm64" if os.uname().machine in ("aarch64", "arm64") else "x86_64"
    overrides = f"PythonRuntime={runtime} Architecture={machine}"
    build = STATE / "build"
    say("Building functions and layers")
    _sam(
        "build", "--config-env", "local", "--build-dir", str(build), "--cache-dir",
        str(STATE / "cache"), "--parameter-overrides", overrides,
    )  # fmt: skip
    say("Deploying the stack")
    prefix = f"{endpoint}/_aws/execute-api"
    _sam(
        "deploy", "--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local",
        "--template-file", str(build / "template.yaml"),
        "--parameter-overrides",
        f"{overrides} Stage=local PrivateFetches=on GatewayPrefix={prefix}",
        endpoint=endpoint,
    )  # fmt: skip
    return stack_of(endpoint)


def stack_of(endpoint: str) -> Stack:
    """The stack that is deployed at `endpoint`; raises LocalCloudError where there is none."""
    client = boto3.client(
        "cloudformation",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    try:
        [found] = client.describe_stacks(StackName=STACK)["Stacks"]
    except client.exceptions.ClientError as error:
        raise LocalCloudError(f"no stack at {endpoint}: {error}") from None
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
    return Stack(endpoint, outputs)


def _sam(*arguments: str, endpoint: str = "") -> None:
    program = VENVS / "sam" / "bin" / "sam"
    if not program.exists():
        raise LocalCloudError("the SAM CLI is not installed: run `make setup`")
    log = STATE / f"sam-{arguments[0]}.log"
    log.parent.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    environment = {
        **kept,
        **KEYS,
        "HOME": os.environ.get("HOME", str(STATE)),
        "PATH": f"{VENVS / 'tools' / 'bin'}:{program.parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
        **({"AWS_ENDPOINT_URL": endpoint} if endpoint else {}),
    }
    with log.open("wb") as out:
        done = subprocess.run(
            [str(program), *arguments], cwd=ROOT, env=environment, stdout=out, stderr=out,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    if done.returncode:
        end = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise LocalCloudError(f"sam {arguments[0]} failed, see {log}:\n{end}")


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            end = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
            raise LocalCloudError(f"the local cloud stopped at once, see {log}:\n{end}")
        try:
            with urlopen(address, timeout=2) as answer:
                json.load(answer)
                return
        except (URLError, OSError, ValueError):
            time.sleep(0.1)
    raise LocalCloudError(f"the local cloud did not answer within {START_SECONDS} s, see {log}")
