"""What owners write in an editor: settings and policy.

Belongs here: decoding and parsing. Does not belong here: what the keys mean.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from schemas.errors import EnvironmentUnfit


def read_toml(path: Path) -> dict[str, Any]:
    """The keys of a file, with or without the mark that some editors begin UTF-8 with (BOM).

    Raises:
        FileNotFoundError: there is none.
        EnvironmentUnfit: not UTF-8, or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise EnvironmentUnfit(f"{path.name} is not UTF-8: save it as UTF-8 in the editor.") from None
    except tomllib.TOMLDecodeError as error:
        raise EnvironmentUnfit(
            f"{path.name} is not valid TOML: {error}. `femfaktor --home NEW init` writes one to compare with."
        ) from None
