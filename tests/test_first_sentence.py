"""Each answer opens with one plain sentence that can be quoted: who, what, and on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Invoke

DAY = ("--on", "2026-11-23")
ASKED = {
    "all channels": (("channels", "ITA", "NGA", *DAY), ("On 23 November 2026", "Italy", "Nigeria")),
    "one measure": (("channels", "ITA", "NGA", "--measure", "mla-search-seizure", *DAY), ("On 23 November 2026", "Italy can ask Nigeria for search and seizure",
                                                                                      "UNTOC art. 18", "conditionally: reasonable grounds")),
    "a measure that nothing opens": (("channels", "ITA", "TWN", "--measure", "extradition", *DAY), ("23 November 2026", "Italy", "Taiwan")),
    "dual criminality": (("criminality", "ITA", "NGA", *DAY), ("law of 23 November 2026", "dual criminality between Italy and Nigeria")),
    "treaties": (("treaties", "ITA", "NGA", *DAY), ("On 23 November 2026", "between Italy and Nigeria")),
    "parties": (("parties", "palermo-tip", *DAY), ("On 23 November 2026", "Palermo Protocol binds")),
    "status": (("status", "NGA", *DAY), ("On 23 November 2026", "Nigeria is bound by")),
    "statements": (("statements", "coe-197", *DAY), ("On 23 November 2026", "CETS 197")),
    "rights": (("rights", "ITA", *DAY), ("On 23 November 2026", "Italy")),
    "obligations": (("obligations", "NGA", *DAY), ("On 23 November 2026", "Nigeria")),
    "request": (("request", "ITA", "NGA", "--measure", "mla-search-seizure", *DAY), ("On 23 November 2026", "Italy", "UNTOC art. 18")),
    "prosecute": (("prosecute", "--facts", "docs/examples/case.yaml"), ("On 23 November 2026", "can prosecute")),
    "compare": (("compare", "ITA", "NGA", "--on", "definitions", "--date", "2026-11-23"), ("On 23 November 2026", "recorded")),
    "matrix": (("matrix", "ITA", "NGA", "LBY", "--channel", "mla", *DAY), ("On 23 November 2026", "mutual legal assistance")),
    "organisations of two": (("organisations", "ITA", "NGA", *DAY), ("On 23 November 2026", "Italy and Nigeria meet in")),
    "organisations of one": (("organisations", "ITA", *DAY), ("On 23 November 2026", "Italy is linked to")),
    "authorities": (("authorities", "NGA"), ("authorities of Nigeria",)),
    "names with the article": (("channels", "NLD", "GBR", "--measure", "extradition", *DAY), ("the Netherlands can ask the United Kingdom for extradition",)),
    "treaties of names with the article": (("treaties", "PHL", "USA", *DAY), ("between the Philippines and the United States",)),
    "status of a name with the article": (("status", "ARE", *DAY), ("the United Arab Emirates is bound by",)),
    "rights in a name with the article": (("rights", "DOM", *DAY), ("the Dominican Republic",)),
}


@pytest.mark.parametrize("case", ASKED)
def test_the_answer_opens_with_a_sentence_to_quote(case: str, invoke: Invoke) -> None:
    command, words = ASKED[case]
    page = invoke(*command).out
    _, _, body = page.partition("\n")  # below the heading
    first = " ".join(body.strip().partition("\n\n")[0].split())
    missing = [word for word in words if word not in first]
    assert not missing, first
    assert "." in first
    assert "{" not in first


@pytest.mark.parametrize(("command", "blind"), [
    (("channels", "ITA", "NGA", "--measure", "extradition", *DAY), "not completely listed here"),
    (("channels", "ITA", "NGA", "--measure", "transfer-of-sentenced-persons", *DAY), "is not recorded"),
    (("request", "ITA", "NGA", "--measure", "extradition", *DAY), "not completely listed here"),
    (("rights", "ITA", *DAY), "is recorded here"),
    (("criminality", "ITA", "NGA", *DAY), "is not recorded for national offences"),
    (("matrix", "ITA", "NGA", "LBY", "--channel", "mla", *DAY), "not legal advice"),
])
def test_what_the_answer_could_not_see_is_named(command: tuple[str, ...], blind: str, invoke: Invoke) -> None:
    assert blind in " ".join(invoke(*command).out.split())


def test_a_name_with_the_article_opens_a_sentence_with_a_capital_and_stands_plain_in_a_table(invoke: Invoke) -> None:
    page = invoke("channels", "GBR", "NLD", "--measure", "extradition", "--explain", *DAY).out
    assert page.startswith("The United Kingdom asks the Netherlands")
    assert not [line for line in page.splitlines() if line.strip(" -").startswith(("the United Kingdom", "the Netherlands")) and line.startswith("- ")]
    assert "Netherlands  " in invoke("treaties", "GBR", "NLD", *DAY).out
    assert "the Netherlands  " not in invoke("treaties", "GBR", "NLD", *DAY).out
