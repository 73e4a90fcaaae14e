"""Relations: everything that must add up between the counts of one date, as one sparse matrix.

Belongs here: which counts there are, which linear relations hold between them whatever the data, each with a
name and words. The rounding solves within these relations, the bounds check attacks through them, and people
read them. Does not belong here: counts, solving.

A row is anything with counts of its own: a published row, and whatever can be computed from published rows by
adding and subtracting though it isn't printed: complements, what a rest leaves, overlaps of areas. Rows are
sets of atoms; the finest sets that the rows of a family divide the atoms into are the pieces. Each row is the
sum of the largest rows inside it and of the pieces left over, so that every linear relation between rows
follows from those listed, by construction and for any overlap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import scipy.sparse as sp

from assets.disclosure.dates import (
    AT_RISK,
    CHILDREN,
    FACTOR_PARTS,
    FAMILIES,
    FAMILY_ITEMS,
    PARTITIONS,
    Atoms,
    Item,
    same_item,
)
from schemas.release import FACTORS, N_FACTORS

Cell = tuple[str, Item]
"""(row id, item)."""


@dataclass(frozen=True)
class Row:
    """A set of atoms with counts of its own in some families; `words` name it to people."""

    row_id: str
    atoms: Atoms
    families: frozenset[str]
    words: str
    is_piece: bool = False


@dataclass(frozen=True)
class Relation:
    """`sum(coefficient * count) = 0`, or `>= 0` where `is_bound`."""

    kind: str
    terms: tuple[tuple[Cell, int], ...]
    words: str
    is_bound: bool = False


@dataclass(frozen=True)
class Relations:
    """`matrix @ counts` lies in `low .. high`; columns are `cells`, lines are `relations`."""

    cells: tuple[Cell, ...]
    rows: Mapping[str, Row]
    relations: tuple[Relation, ...]
    matrix: sp.csr_array

    @property
    def low(self) -> np.ndarray:
        return np.zeros(len(self.relations))

    @property
    def high(self) -> np.ndarray:
        return np.array([np.inf if relation.is_bound else 0.0 for relation in self.relations])

    def describe(self) -> list[str]:
        """The relations in words, one line per kind and set of rows rather than per count."""
        lines: dict[str, int] = defaultdict(int)
        for relation in self.relations:
            lines[f"{relation.kind}: {relation.words}"] += 1
        return [f"{line}  [{count}]" if count > 1 else line for line, count in lines.items()]


def relate(rows: Iterable[Row], children: Sequence[int], *, with_bounds: bool = True) -> Relations:
    """All relations between the rows' counts. `children[i]`: children in atom i; atoms without children count
    for nothing."""
    occupied = frozenset(i for i, count in enumerate(children) if count)
    given = [Row(r.row_id, r.atoms & occupied, r.families, r.words, r.is_piece) for r in rows]
    placed: dict[str, dict[str, Row]] = {}
    pieces: dict[Atoms, Row] = {}
    relations: list[Relation] = []
    for family in FAMILIES:
        own = [row for row in given if family in row.families]
        placed[family] = {row.row_id: row for row in own}
        for piece in _pieces(own):
            # A set of children is one piece, whatever the families that leave it over.
            row = pieces.setdefault(piece, _piece(piece, len(pieces), given))
            placed[family][row.row_id] = row
        for whole, parts in _covers(list(placed[family].values()), children):
            words = _words(whole, parts)
            for item in FAMILY_ITEMS[family]:
                terms = [((whole.row_id, item), 1), *(((part.row_id, item), -1) for part in parts)]
                relations.append(Relation("levels", tuple(terms), words))
    every = {row.row_id: row for family in FAMILIES for row in placed[family].values()}
    every |= {row.row_id: row for row in given}
    for whole, parts in _covers(_with_pieces(list(every.values()), pieces, every, given), children):
        words = _words(whole, parts)
        terms = [((whole.row_id, CHILDREN), 1), *(((part.row_id, CHILDREN), -1) for part in parts)]
        relations.append(Relation("levels", tuple(terms), words))
    for family in FAMILIES:
        for row in placed[family].values():
            relations += _partitions(family, row)
    if with_bounds:
        for row in placed["risk"].values():
            shown = [factor for factor in FACTORS if row.row_id in placed[factor]]
            relations += _bounds(row, shown)
    return _assemble(every, placed, relations)


def _words(whole: Row, parts: Sequence[Row]) -> str:
    return f"{whole.words} = {' + '.join(part.words for part in parts) or 'nobody'}"


def _pieces(rows: Sequence[Row]) -> list[Atoms]:
    """The finest sets the rows divide their atoms into, less those that are a row themselves."""
    signature: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        for atom in row.atoms:
            signature[atom].append(number)
    by_signature: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for atom, numbers in signature.items():
        by_signature[tuple(numbers)].add(atom)
    known = {row.atoms for row in rows}
    found = [frozenset(atoms) for atoms in by_signature.values()]
    return sorted((piece for piece in found if piece not in known), key=sorted)


def _piece(atoms: Atoms, number: int, rows: Sequence[Row]) -> Row:
    same = next((row for row in rows if row.atoms == atoms and not row.is_piece), None)
    if same is not None:
        words = f"[{same.words}]"
    else:
        inside = [row for row in rows if atoms < row.atoms]
        smallest = min(inside, key=lambda row: (len(row.atoms), row.row_id))
        overlapping = [row for row in inside if not row.atoms >= smallest.atoms and row is not smallest]
        both = "".join(f" and {row.words}" for row in overlapping)
        words = f"[what is left of {smallest.words}]" if not both else f"[{smallest.words}{both}]"
    return Row(f"piece:{number}", atoms, frozenset(), words, is_piece=True)


def _with_pieces(
    rows: list[Row], pieces: dict[Atoms, Row], every: dict[str, Row], given: Sequence[Row]
) -> list[Row]:
    """All rows that have children, and the pieces they divide the atoms into."""
    for atoms in _pieces(rows):
        row = pieces.setdefault(atoms, _piece(atoms, len(pieces), given))
        every[row.row_id] = row
        rows.append(row)
    return rows


def _covers(rows: Sequence[Row], children: Sequence[int]) -> list[tuple[Row, list[Row]]]:
    """Each row that is made of others, with those others: disjoint, the largest first. Of rows with equal
    atoms the first stands for the others. A row without children is made of nothing."""
    size = {row.row_id: sum(children[i] for i in row.atoms) for row in rows}
    order = sorted(rows, key=lambda row: (-size[row.row_id], -len(row.atoms), row.is_piece, row.row_id))
    containing: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(order):
        for atom in row.atoms:
            containing[atom].append(number)
    found: list[tuple[Row, list[Row]]] = []
    first: dict[Atoms, Row] = {}
    for number, row in enumerate(order):
        if not row.atoms:
            found.append((row, []))
            continue
        if row.atoms in first:
            found.append((row, [first[row.atoms]]))
            continue
        first[row.atoms] = row
        left, parts = set(row.atoms), []
        inside = sorted({n for atom in row.atoms for n in containing[atom] if n > number})
        for n in inside:
            part = order[n]
            if part.atoms <= left and part.atoms < row.atoms and part.atoms:
                parts.append(part)
                left -= part.atoms
            if not left:
                break
        if parts:
            found.append((row, parts))
    return found


def _partitions(family: str, row: Row) -> list[Relation]:
    """The parts of each partition are all the row's children."""
    partitions = ("risk", "n_factors") if family == "risk" else (family,)
    found = []
    for partition in partitions:
        parts = PARTITIONS[partition]
        terms = [((row.row_id, same_item((partition, part))), 1) for part in parts]
        words = f"{' + '.join(_item_words(partition, part) for part in parts)} = children"
        found.append(Relation("parts", (*terms, ((row.row_id, CHILDREN), -1)), words))
    return found


def _item_words(partition: str, part: str) -> str:
    return {"risk": part, "n_factors": f"{part} factors", "ages": f"{part} years"}.get(
        partition, f"{part.removeprefix('children_')} {partition}"
    )


def _bounds(row: Row, factors: Sequence[str]) -> list[Relation]:
    """What the number of factors says about the factors of a row."""
    return [
        Relation("bounds", tuple(((row.row_id, item), by) for item, by in terms), words, is_bound=True)
        for terms, words in _bounds_between(tuple(factors))
    ]


@cache
def _bounds_between(factors: tuple[str, ...]) -> list[tuple[tuple[tuple[Item, int], ...], str]]:
    """Terms and words of these bounds, the same for every row: for each set of k of the five, a child with j
    factors has at most min(j, k) of the k, and at least j - (5 - k). 3+ is at least three and at most five.
    """
    count = {j: same_item(("n_factors", N_FACTORS[j])) for j in range(4)}
    found = []
    for k in range(1, len(factors) + 1):
        names = "with, of all factors" if k == len(FACTORS) else f"with, of any {k} factors"
        most = {1: 1, 2: min(2, k), 3: k}
        least = {j: max(0, j - (len(FACTORS) - k)) for j in (1, 2, 3)}
        for chosen in combinations(factors, k):
            for sign, weights, word in ((-1, most, "at most"), (1, least, "at least")):
                if any(weights.values()):
                    terms = [((factor, FACTOR_PARTS[0]), sign) for factor in chosen]
                    terms += [(count[j], -sign * w) for j, w in weights.items() if w]
                    sums = " + ".join(f"{w} x children with {N_FACTORS[j]}" for j, w in weights.items() if w)
                    found.append((tuple(terms), f"{names} is {word} {sums}"))
    if len(factors) == len(FACTORS):
        # A child who can't be determined has an unknown factor.
        terms = [((factor, FACTOR_PARTS[2]), 1) for factor in factors]
        terms.append((("risk", "undetermined"), -1))
        words = "the unknown of all factors together are at least the undetermined"
        found.append((tuple(terms), words))
    return found


def _assemble(
    every: Mapping[str, Row], placed: Mapping[str, Mapping[str, Row]], relations: Sequence[Relation]
) -> Relations:
    cells: list[Cell] = []
    for row_id in every:
        cells.append((row_id, CHILDREN))
        for family in FAMILIES:
            if row_id in placed[family]:
                cells += [(row_id, item) for item in FAMILY_ITEMS[family]]
    number = {cell: i for i, cell in enumerate(cells)}
    lines, columns, values = [], [], []
    for line, relation in enumerate(relations):
        for cell, coefficient in relation.terms:
            lines.append(line)
            columns.append(number[cell])
            values.append(coefficient)
    matrix = sp.csr_array((values, (lines, columns)), shape=(len(relations), len(cells)), dtype=np.float64)
    return Relations(tuple(cells), dict(every), tuple(relations), matrix)


__all__ = ["AT_RISK", "Cell", "Relation", "Relations", "Row", "relate"]
