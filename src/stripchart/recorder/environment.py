"""Describe the script's repository and the installed packages, without haste and without side effects.

Git is asked with optional locks off and every prompt refused, so that the user's own git never waits
for us; what a repository's configuration could make git execute (an external diff, a file-system
monitor) is switched off; every call has a deadline, and the diff a limit.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from importlib import metadata
from pathlib import Path
from typing import Any

DIFF_BYTES = 1 << 20
_TIMEOUT_SEC = 15.0
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone would fetch from the network
    "LC_ALL": "C",
}
# Optional locks or not, "diff" writes the index anew when it finds a file touched.
_AUTO_REFRESH = "diff.autoRefreshIndex=false"
_PLAIN = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", _AUTO_REFRESH)
# A repository's variables, inherited from a git hook, would make every folder look like that one.
_INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF")


def describe_git(folder: Path) -> dict[str, Any] | None:
    """Return ``url, branch, commit, dirty, diff`` of the repository that ``folder`` lies in, else None.

    ``branch`` is empty on a detached head, ``url`` without a remote; ``diff`` is against the commit, of
    tracked files, cut at a line end within ``DIFF_BYTES`` (then ``diff_cut`` is true).
    """
    commit = _git(folder, "rev-parse", "--verify", "HEAD")
    if commit is None:
        return None
    branch = _git(folder, "symbolic-ref", "--short", "-q", "HEAD") or ""
    remote = _git(folder, "config", "--get", f"branch.{branch.strip()}.remote") or "origin"
    url = _git(folder, "config", "--get", f"remote.{remote.strip()}.url") or ""
    diff = _git(
        folder, "diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD", limit=DIFF_BYTES
    )
    described = {
        "url": without_credentials(url.strip()),
        "branch": branch.strip(),
        "commit": commit.strip(),
        "dirty": bool(diff),
        "diff": diff or "",
    }
    if diff is not None and len(diff.encode()) >= DIFF_BYTES:
        described |= {"diff": diff[: diff.rfind("\n") + 1], "diff_cut": True}
    return described


def without_credentials(url: str) -> str:
    """Return a remote's address without user name, password, token and query.

    >>> without_credentials("https://user:token@example.org/a/b.git?key=1")
    'https://example.org/a/b.git'
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url  # git@host:path carries no secret, and its user belongs to the address
    host, slash, path = rest.partition("/")
    path = re.split(r"[?#]", path, maxsplit=1)[0]
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def installed_packages() -> dict[str, str]:
    """Return name and version of every distribution that this interpreter can import, by name."""
    found: dict[str, str] = {}
    for distribution in metadata.distributions():
        # Reading the two lines is ten times as fast as parsing a whole description as e-mail.
        text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
        name, version = _header(text, "Name"), _header(text, "Version")
        if name and version:
            found.setdefault(name, version)  # the first on the path is the one imported
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def _header(text: str, name: str) -> str:
    for line in text.splitlines():
        if not line:
            return ""  # the description begins
        key, separator, value = line.partition(":")
        if separator and key.lower() == name.lower():
            return value.strip()
    return ""


def _git(folder: Path, *arguments: str, limit: int = 1 << 16) -> str | None:
    """Run git in ``folder``; return up to ``limit`` bytes of its output, None if it failed or was late."""
    environment = {k: v for k, v in os.environ.items() if k not in _INHERITED} | _QUIET
    try:
        process = subprocess.Popen(
            ["git", "--no-pager", *_PLAIN, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",
        )
    except OSError:  # no git, no folder
        return None
    deadline = threading.Timer(_TIMEOUT_SEC, process.kill)
    deadline.daemon = True
    deadline.start()
    with process:
        assert process.stdout is not None
        output = process.stdout.read(limit)
        cut = len(output) == limit
        if cut:
            process.kill()  # a diff of gigabytes is not read to its end
    deadline.cancel()
    return output.decode("utf-8", "backslashreplace") if cut or process.returncode == 0 else None
