"""Text that means something to somebody: refused, or shown as the text it is.

Belongs here: names and codes that attack what shows them. Does not belong here: what they look like on a page
(`test_whole_nights.py`).
"""

from __future__ import annotations

from tests.faults.cases.geography import UTF_8, area
from tests.faults.fault import Fault, Group, Said

CONTROL = "values hold control characters or turn the direction of text"

SHOWN = {
    "a formula": '=HYPERLINK("http://x";"klik")',
    "a command of a spreadsheet": "@SUM(1+1)*cmd|' /C calc'!A0",
    "HTML": "<script>alert(1)</script><b>Syd</b>",
    "Typst": '#read("/etc/passwd") $x$ *fed* @label',
    "LaTeX": "\\input{/etc/passwd} 100 % & mere",
    "SQL": "'; DROP TABLE area_risk; --",
    "a shell command": "$(rm -rf ~) `id` && true | cat",
    "parts of a path": "../../../etc/passwd",
}
"""Area names that stay as they are."""

GROUP = Group(
    "Hostile text",
    "Control characters, turned directions and absurd lengths are refused; all else is shown as text.",
    (
        *(
            Fault(
                name=f"a name that is {what}", arrives=f"An area's name: {what}", plant=area("NAME", o_3=name)
            )
            for what, name in SHOWN.items()
        ),
        Fault(
            name="a name that is emoji and Arabic",
            arrives="An area's name: emoji and Arabic",
            plant=area("NAME", o_3="Gården 🏡 حي"),
            forms=UTF_8,
        ),
        Fault(
            name="a name with a sequence for terminals",
            arrives="An area's name with an ANSI sequence",
            plant=area("NAME", o_3="Syd\x1b[31mrød"),
            says=(Said("omraader", "name", CONTROL),),
            echoes=("\x1b",),
        ),
        Fault(
            name="a name that turns its direction",
            arrives="An area's name with a mark that turns what follows",
            plant=area("NAME", o_3="Syd\u202egnp.exe"),
            says=(Said("omraader", "name", CONTROL),),
            forms=UTF_8,
        ),
        Fault(
            name="a name of two lines",
            arrives="An area's name with a line end in quotes",
            plant=area("NAME", o_3="Syd\nNord"),
            says=(Said("omraader", "", "lines are swallowed by an open quote"),),
        ),
        Fault(
            name="a name of 5,000 characters",
            arrives="An area's name of 5,000 characters",
            plant=area("NAME", o_3="x" * 5_000),
            says=(Said("omraader", "name", "values are longer than 200 characters"),),
        ),
    ),
)
