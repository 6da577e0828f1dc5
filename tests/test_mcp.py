"""The MCP server, spoken to over standard input and output as an assistant does it."""

from __future__ import annotations

import os
import sys
from typing import Any

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client

pytestmark = pytest.mark.slow

TOOLS = {"channels", "treaties", "parties", "explain", "resolve", "coverage", "verify_citation"}
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("channels", {"requesting": "ITA", "requested": "NGA", "measure": "extradition", "on": "2026-11-23"}),
    ("channels", {"requesting": "Itly", "requested": "NGA"}),
    ("channels", {"requesting": "ITA", "requested": "NGA", "on": "2026-11-23"}),
    ("treaties", {"a": "ITA", "b": "NGA", "on": "2026-11-23"}),
    ("parties", {"instrument": "untoc", "on": "2026-11-23"}),
    ("explain", {"iri": "case:ITA.NGA.2026-11-23/verdict/extradition"}),
    ("explain", {"iri": "act:untoc.ITA.signature.1999-01-01"}),
    ("resolve", {"name": "Global Alliance Against Trafficking"}),
    ("resolve", {"name": "the treaty of nowhere"}),
    ("coverage", {"subject": "NGA"}),
    ("verify_citation", {"instrument": "untoc", "article": "18(15)(a)"}),
    ("verify_citation", {"instrument": "untoc", "article": "99"}),
]


@pytest.fixture(scope="module")
def spoken(environment: dict[str, str], kb: object) -> tuple[set[str], list[Any]]:
    """One session: the tools that are offered, and the replies in the order of the questions."""
    assert kb  # compiled before the server is timed

    async def session() -> tuple[set[str], list[Any]]:
        server = StdioServerParameters(command=sys.executable, args=["-c", "from lawkb.cli import main; main()", "mcp"], env={**os.environ, **environment})
        async with stdio_client(server) as (reads, writes), ClientSession(reads, writes) as client:
            await client.initialize()
            tools = {tool.name for tool in (await client.list_tools()).tools}
            return tools, [await client.call_tool(name, given) for name, given in ASKED]

    return anyio.run(session)


def _reply(spoken: tuple[set[str], list[Any]], asked_tool: str, **given: str) -> Any:
    return spoken[1][next(n for n, (tool, asked) in enumerate(ASKED) if tool == asked_tool and given.items() <= asked.items())]


def test_the_tools_are_those_that_the_documentation_names(spoken: tuple[set[str], list[Any]]) -> None:
    assert spoken[0] == TOOLS


def test_every_reply_keeps_facts_inferences_and_the_unknown_apart(spoken: tuple[set[str], list[Any]]) -> None:
    for (name, given), done in zip(ASKED, spoken[1], strict=True):
        if not done.is_error:
            assert {"answer", "facts", "inferences", "unknown", "made_from", "note"} == set(done.structured_content), (name, given)


def test_a_verdict_is_an_inference_with_a_finding_and_its_facts_have_sources(spoken: tuple[set[str], list[Any]]) -> None:
    told = _reply(spoken, "channels", measure="extradition").structured_content
    assert [line["verdict"] for line in told["inferences"]] == ["conditional"]
    assert told["inferences"][0]["finding"].endswith("/verdict/extradition")
    assert told["facts"]
    assert all(fact["source"] and fact["grade"] for fact in told["facts"])
    assert any("organised criminal group" in line["what"] for line in told["unknown"])


def test_a_name_that_is_not_known_is_an_error_that_suggests_the_nearest(spoken: tuple[set[str], list[Any]]) -> None:
    done = _reply(spoken, "channels", requesting="Itly")
    assert done.is_error
    assert "Did you mean Italy (ITA)?" in done.content[0].text


def test_a_citation_that_is_recorded_may_be_cited_with_its_source(spoken: tuple[set[str], list[Any]]) -> None:
    told = _reply(spoken, "verify_citation", article="18(15)(a)").structured_content
    assert told["answer"]["may_be_cited"]
    assert told["facts"][0]["sources"]


def test_a_citation_that_is_not_recorded_is_refused(spoken: tuple[set[str], list[Any]]) -> None:
    told = _reply(spoken, "verify_citation", article="99").structured_content
    assert (told["answer"]["may_be_cited"], told["facts"]) == (False, [])
    assert "is not known" in told["unknown"][0]["what"]


def test_what_the_knowledge_base_lacks_is_unknown_and_no_error(spoken: tuple[set[str], list[Any]]) -> None:
    done = _reply(spoken, "explain", iri="act:untoc.ITA.signature.1999-01-01")
    assert not done.is_error
    assert (done.structured_content["facts"], len(done.structured_content["unknown"])) == ([], 1)


def test_a_proof_is_told_as_steps_and_leaves(spoken: tuple[set[str], list[Any]]) -> None:
    told = _reply(spoken, "explain", iri="case:ITA.NGA.2026-11-23/verdict/extradition").structured_content
    assert all(step["rule"] and step["law"] for step in told["inferences"])
    assert all(leaf["fact"] for leaf in told["facts"])


def test_a_body_that_does_not_exist_is_told_to_be_none(spoken: tuple[set[str], list[Any]]) -> None:
    assert _reply(spoken, "resolve", name="Global Alliance Against Trafficking").structured_content["answer"]["state"] == "wrong"
    assert _reply(spoken, "resolve", name="the treaty of nowhere").structured_content["unknown"]
