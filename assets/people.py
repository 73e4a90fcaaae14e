"""Who runs femfaktor: the account, and the person who logged in to use it.

Belongs here: asking the operating system. Standard library only: quiet nights ask too. Does not belong here:
what a person may do (`approval.py`).
"""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from assets.home import Home
from schemas.errors import EnvironmentUnfit

NO_LOGIN = 2**32 - 1
"""The kernel's word for a process that nobody logged in to start: a timer."""


@dataclass(frozen=True)
class Person:
    """The account a command runs under, and who logged in to use it (`sudo -u femfaktor …`)."""

    account: str
    login: str


def current_person() -> Person:
    """The kernel's login id, which a change of user doesn't change; where it keeps none, what sudo says."""
    account = _name_of(os.geteuid())
    try:
        login_id = int(Path("/proc/self/loginuid").read_text())
    except (OSError, ValueError):
        login_id = NO_LOGIN
    login = _name_of(login_id) if login_id != NO_LOGIN else os.environ.get("SUDO_USER") or account
    return Person(account, login)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def check_account(home: Home) -> None:
    """Whoever else ran this would leave files in `private/` that the night can't open.

    Raises:
        EnvironmentUnfit: the home belongs to another account.
    """
    owner = home.private.stat().st_uid if home.private.exists() else os.geteuid()
    if owner != os.geteuid():
        raise EnvironmentUnfit(
            f"{home.root} belongs to the account {_name_of(owner)}: sudo -u {_name_of(owner)} femfaktor …"
        )
