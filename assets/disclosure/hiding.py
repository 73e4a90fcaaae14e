"""Hiding small counts within one row: the small ones, and what they could be computed from.

Belongs here: one area's partitions, each a list of counts that add up to the area's published number of
children.
Does not belong here: which areas are shown (`merging.py`), other rows: what follows from several rows
together is not protected by this method (see `protect.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Cell = tuple[str, int]
"""(partition, position) of one count in a row."""


def hide_counts(partition: Sequence[int], forced: set[int], highest: int) -> set[int]:
    """Positions to hide in one partition whose total is published.

    `forced` positions are hidden whatever their count (they are hidden elsewhere). Hidden is every count from
    1 to `highest`, and if anything is hidden also the smallest further count above zero, with all that are
    equal to it. The further count is added even when two small ones hide each other: their sum would leave
    too few candidates (1 + 1 = 2), and adding it only then would tell one who knows the rule that it was so.
    For the same reason ties are hidden together: picking one of two equal counts by position can be played
    backwards. Zeros are never hidden as company: one who guesses them has lost nothing by it.
    """
    hidden = {i for i, count in enumerate(partition) if 1 <= count <= highest} | forced
    if not hidden:
        return set()
    further = [count for i, count in enumerate(partition) if i not in hidden and count > 0]
    if further:
        hidden |= {i for i, count in enumerate(partition) if count == min(further)}
    return hidden


def hide_row(
    partitions: Mapping[str, Sequence[int]],
    same: Sequence[tuple[Cell, Cell]],
    highest: int,
) -> dict[str, set[int]]:
    """Positions to hide per partition of one area's children.

    `same` names pairs of cells that are one and the same count in two partitions (at risk = three or more
    factors): they are hidden together. The partition that has to follow gets company of its own, even where
    it had chosen that very count as company: otherwise two small counts would stand against one and the same
    unknown.
    """
    forced: dict[str, set[int]] = {name: set() for name in partitions}
    while True:
        hidden = {name: hide_counts(counts, forced[name], highest) for name, counts in partitions.items()}
        changed = False
        for pair in same:
            for (here, i), (there, j) in (pair, pair[::-1]):
                if i in hidden[here] and i not in forced[here] and j not in forced[there]:
                    forced[there].add(j)
                    changed = True
        if not changed:
            return hidden
