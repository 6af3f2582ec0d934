"""`vigie score` as a process of its own: without settings, in a pipe, and on long input."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import moderation

ROOT = Path(next(iter(moderation.__path__))).parent
COMMAND = (sys.executable, "-W", "error", "-m", "moderation.cli", "score")


@contextmanager
def scoring(place: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Start `vigie score` in an empty directory, with nothing of Vigie in the environment."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("VIGIE_")}
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [env.get("PYTHONPATH")])])
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, env=env, cwd=place, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield process
        finally:
            process.kill()


def both(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    """Return standard input and output of the process."""
    assert process.stdin
    assert process.stdout
    return process.stdin, process.stdout


def comments(count: int) -> list[bytes]:
    """Return so many comments as lines."""
    return [json.dumps({"id": n, "text": f"Commentaire numéro {n}"}).encode() + b"\n" for n in range(count)]


def test_it_needs_no_settings_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Without settings and without var/ a comment is scored, no file is written, nothing is said beside the answer."""
    with scoring(tmp_path) as process:
        out, err = process.communicate(comments(1)[0], timeout=120)
    assert json.loads(out)["id"] == 0
    assert (process.returncode, err) == (0, b"")
    assert list(tmp_path.iterdir()) == []


def test_ten_thousand_lines_flow_through(tmp_path: Path) -> None:
    """Answers come while input still goes on: 10,000 lines pass in order, the first before the last were sent."""
    given = comments(10_000)
    with scoring(tmp_path) as process:
        stdin, stdout = both(process)
        stdin.writelines(given[:256])
        stdin.flush()
        first = json.loads(stdout.readline())["id"]
        writer = threading.Thread(target=send, args=(stdin, given[256:]))
        writer.start()
        rest = [json.loads(line)["id"] for line in stdout]
        writer.join()
        err = process.stderr.read() if process.stderr else None
        assert process.wait(timeout=60) == 0
    assert [first, *rest] == list(range(10_000))
    assert err == b""


def send(stdin: IO[bytes], lines: list[bytes]) -> None:
    """Write lines and end the input."""
    stdin.writelines(lines)
    stdin.close()


def test_a_reader_that_leaves_is_no_error_to_shout_about(tmp_path: Path) -> None:
    """`vigie score | head -1` ends without a word on standard error."""
    with scoring(tmp_path) as process:
        stdin, stdout = both(process)
        stdin.writelines(comments(1_000))
        stdin.close()
        process.stdin = None
        assert json.loads(stdout.readline())["id"] == 0
        stdout.close()
        process.stdout = None
        _, err = process.communicate(timeout=120)
    assert err == b""
