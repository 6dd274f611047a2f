"""`python -m tests.platforms`: runs the pretend platforms until it is told to stop."""

import argparse
import json
import signal
import sys
from contextlib import ExitStack

from tests.platforms import PLATFORM_NAMES, pretend_platforms

STOP = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Prints where the platforms are as one line of JSON; 0 after SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="tests.platforms", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--log", help="file to add each post, refusal and repeat to, as JSON lines")
    parser.add_argument("--windows", choices=("open", "heard"), default="open")
    parser.add_argument("--hold", type=float, default=15.0, help="seconds that a time-out lasts")
    told = parser.parse_args()
    # Before any thread is started, so that the signals wait for sigwait in this one.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    with ExitStack() as stack:
        try:
            log = stack.enter_context(open(told.log, "a", encoding="utf-8")) if told.log else None
            platforms = stack.enter_context(
                pretend_platforms(port=told.port, windows=told.windows, hold=told.hold, log=log)
            )
        except OSError as error:
            sys.stderr.write(f"cannot start: {error}\n")
            return 1
        where = {
            "url": platforms.url,
            "bases": platforms.bases,
            "credentials": {name: platforms.credentials(name) for name in PLATFORM_NAMES},
        }
        sys.stdout.write(json.dumps(where) + "\n")
        sys.stdout.flush()
        signal.sigwait(STOP)
    return 0


if __name__ == "__main__":
    sys.exit(main())
