"""A sample of questions in which every rule fires that fires in any of the questions tried: pairs, days, links, strict or not."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator

from engines.agree import kinds
from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import LINKS, Case
from lawkb.relational import RowFindings
from lawkb.terms import CASE

# cases in which rules fire that seldom do
RARE = (
    "2003-06-16.victim-resident-BGD.victim-resident-MMR", "2008-03-04.act-AFG.suspect-resident-AZE.victim-national-GBR", "ARE.IND.2010-12-12",
    "BGR.IRN.2026-12-18", "CHE.1997-06-27", "CUW.MMR.2026-12-23.strict", "CZE.AUT.2003-01-25.strict", "DEU.SVK.2015-11-21.strict", "DOM.CRI.2014-10-09",
    "GGY.MKD.2021-03-18", "GHA.SEN.2021-05-07", "GIB.VNM.2015-08-02", "IRN.2003-11-28", "LUX.2008-01-21", "QAT.2019-10-05",
    "SAU.EGY.2015-07-18", "SVK.MLT.2023-10-01.strict", "SXM.MAR.2026-12-01", "TCD.BMU.2018-12-01", "TWN.BWA.2026-11-24.strict", "UKR.BLR.2023-06-01",
    "USA.1977-01-01", "VGB.CHN.2006-12-20", "DEU.GBR.2024-01-01", "HKG.CHN.2020-01-01", "AZE.ARM.2020-01-01", "GBR.ALB.2026-11-23", "RUS.GBR.2026-11-23",
    "ITA.IND.2026-11-23.act-recruitment.means-none.purpose-sexual-exploitation.victim-child.consent-yes.penalty-60",
    "ITA.IND.2026-11-23.act-recruitment.means-none.purpose-sexual-exploitation",
    "DEU.ITA.2026-11-23.act-other.means-deception.purpose-begging.victim-adult.penalty-2",
    "ITA.DEU.2026-11-23.act-recruitment.purpose-begging.victim-adult", "ITA.NGA.2026-11-23.act-recruitment",
    "ITA.NGA.2026-11-23.act-recruitment.means-deception.purpose-servitude.victim-adult",
    "GBR.MMR.2021-06-01.act-recruitment.means-force.purpose-forced-marriage.victim-child",
    "CHN.ITA.2026-11-23.act-recruitment.means-abduction.purpose-begging.victim-adult",
)
SAMPLE, TRIED, SEED = 64, 200, 20_240_101

Asked = tuple[Case, str]


def _tried(base: Base) -> Iterator[Case]:
    """Pairs, single jurisdictions and links over sixty years, some of them asked strictly: the same at every run."""
    rng = random.Random(SEED)
    codes = [row[0] for row in base.execute("SELECT code FROM jurisdiction ORDER BY code")]
    for _ in range(TRIED):
        on = dt.date(1965, 1, 1) + dt.timedelta(days=rng.randrange(62 * 365))
        a, b = rng.sample(codes, 2)
        kind = rng.random()
        if kind < 0.1:
            yield Case(a, None, on)
        elif kind < 0.2:
            yield Case("", None, on, links=tuple(sorted(zip(rng.sample(sorted(LINKS), 2), (a, b), strict=True))))
        else:
            yield Case(a, b, on, strict=kind < 0.4)


def sample(base: Base, size: int = SAMPLE) -> tuple[list[Asked], set[str]]:
    """Return questions in which every rule fires that fires in any that were tried, small ones rather than large ones, and the rules that fire.

    There are about `size` of them, more where the rules need more.
    """
    sizes: dict[Asked, int] = {}
    fired: dict[Asked, set[str]] = {}
    for case in [*(Case.of_iri(f"{CASE}{name}") for name in RARE), *_tried(base)]:
        for question in kinds(case):
            findings = conclude(base, case, question)
            assert isinstance(findings, RowFindings)
            sizes[case, question], fired[case, question] = len(findings.by_iri), {rule for rule, rows in findings.runs.items() if rows}
    by_size = sorted(sizes, key=lambda asked: (sizes[asked], asked[0].key, asked[1]))
    chosen = set(by_size)
    times = Counter(rule for asked in by_size for rule in fired[asked])
    for asked in reversed(by_size):
        if len(chosen) > size and all(times[rule] > 1 for rule in fired[asked]):
            chosen.remove(asked)
            times.subtract(fired[asked])
    return [asked for asked in by_size if asked in chosen], set(times)
