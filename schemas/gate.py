"""The gate between data states: a frame holds its contract, or the run stops with counts only.

Belongs here: running pandera checks and turning their failures into safe errors.
Does not belong here: the checks themselves (`contracts.py`), reading deliveries (`assets/extracts`).

Pandera's own errors quote the failing values, so none of them leaves this module.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from schemas.contracts import Contract
from schemas.errors import InputRefused, Problem

if TYPE_CHECKING:
    from pandera.errors import SchemaError

_ACTION = "Type the delivery again; if it stays, the extract breaks its contract (docs/registers.md)."


def validate(frame: pl.LazyFrame | pl.DataFrame, contract: Contract, vintage: date | None) -> pl.DataFrame:
    """Hold a typed table against its contract: columns, types, nulls, code lists of the vintage, bounds, key.

    A LazyFrame is collected first: on a plan pandera would check the schema only, and bad data would pass.
    Returns the table as it was checked. Raises InputRefused with one Problem per failing check.
    """
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaError, SchemaErrors

    failures: list[Problem] = []
    data = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    contract = contract.with_weeks(data.columns, vintage)
    # First: with a column missing pandera can fail with a raw Polars error.
    columns = contract.polars_schema
    failures += [
        Problem(contract.name, name, "column is missing", 1, _ACTION) for name in columns if name not in data
    ]
    failures += [
        Problem(contract.name, name, "column is unexpected", 1, _ACTION)
        for name in data.columns
        if name not in columns
    ]
    if failures:
        raise InputRefused(failures)
    try:
        with config_context(validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            contract.pandera_schema(vintage).validate(data, lazy=True)
    except SchemaErrors as errors:
        failures = [_problem(error, contract, data.height) for error in errors.schema_errors]
    except SchemaError as error:
        failures = [_problem(error, contract, data.height)]
    except Exception as error:
        rule = f"the table can't be checked ({type(error).__name__})"
        failures = [Problem(contract.name, "", rule, 1, _ACTION)]
    # Raised outside the handler, so that the original does not travel along as context.
    if failures:
        raise InputRefused(failures)
    return data


def _problem(error: SchemaError, contract: Contract, rows: int) -> Problem:
    """Register, column, rule and count. What pandera says in its own words may hold values."""
    reason = error.reason_code.name.lower().replace("_", " ") if error.reason_code else "check failed"
    rule = getattr(error.check, "name", None)
    if rule is None:
        rule = {"not_nullable": "values are blank"}.get(str(error.check), reason)
    known = {column.name for column in contract.columns}
    name = getattr(error.schema, "name", None)
    cases = error.failure_cases
    count = cases.height if isinstance(cases, pl.DataFrame) else 1
    return Problem(contract.name, name if name in known else "", str(rule), count, _ACTION, of=rows)
