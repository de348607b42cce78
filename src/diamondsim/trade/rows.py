"""One row of trade statistics, whatever the layout of its file."""

from dataclasses import dataclass
from typing import Literal

from diamondsim.trade.areas import Area

Statistic = Literal[
    "import",
    "export",
    "re-export",
    "re-import",
    "domestic export",
    "production",
    "secondary",
    "share",
    "other",
]
"""What a row counts. `secondary` is recovered from waste; `share` is that of an origin in imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeRow:
    """A row of trade statistics.

    Attributes
    ----------
    file, line : str, int
        Where it stands.
    statistic : Statistic
        What it counts.
    reporter : Area
        Whose statistics they are.
    partner : Area or None
        The other side; None for production.
    year, month : int, int or None
        The period; a whole year where `month` is None.
    code : str
        Digits of the commodity code; empty where the file names none.
    ct : float or None
        Quantity in carats; None where there is none. Of a `share`, the share from 0 to 1.
    other_ct : float or None
        Another measured quantity of the same goods, in carats.
    usd : float or None
        Value in dollars.
    imputed : bool
        Whether the statistical office computed the quantity from the value.
    estimated : bool
        Whether the source calls the figure an estimate.
    no_quantity : str
        Why `ct` is None.
    part : str
        What part of a total the row is, such as a mode of transport; empty for a total.
    grade : str
        Grade of the scenario, where the file names it; otherwise empty.
    source : str
        What the file itself says of the origin of the row.
    skip : str
        Why the row cannot be used at all; empty otherwise.
    """

    file: str
    line: int
    statistic: Statistic
    reporter: Area
    partner: Area | None
    year: int
    month: int | None = None
    code: str = ""
    ct: float | None
    other_ct: float | None = None
    usd: float | None = None
    imputed: bool = False
    estimated: bool = False
    no_quantity: str = ""
    part: str = ""
    grade: str = ""
    source: str = ""
    skip: str = ""

    @property
    def ends(self) -> tuple[Area, Area]:
        """Origin and destination; of production the reporter twice."""
        other = self.partner or self.reporter
        return (
            (other, self.reporter)
            if self.statistic in ("import", "re-import", "share")
            else (self.reporter, other)
        )

    @property
    def period(self) -> str:
        """The period as text: ``2024`` or ``2024-03``."""
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02d}"
