"""The server: the tools with what they take, over standard input and output. It opens no port and asks nothing of the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lawkb import __version__
from lawkb.api import KnowledgeBase
from lawkb.errors import LawkbError
from lawkb.mcp import replies

INSTRUCTIONS = (
    "How two jurisdictions may cooperate in a human-trafficking case. Jurisdictions are ISO 3166-1 alpha-3 codes or English names, days are YYYY-MM-DD. "
    "The requesting side comes first; direction matters. Every reply has facts (what is recorded, with its source and grade), inferences (what the rules "
    "conclude, with the finding that explain takes) and unknown (what is not covered, and where to look). Cite an article only after verify_citation says "
    "that it may be cited. What stands under unknown is not known here: do not fill it in.")


def serve(kb: KnowledgeBase) -> None:
    """Serve on stdio until the client closes it.

    Raises:
        LawkbError: the library for MCP is not installed.
    """
    build(kb).run("stdio")


def build(kb: KnowledgeBase) -> Any:
    """Return the server with its tools."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError as error:
        raise LawkbError("The library for MCP servers is not installed", "Install it with: pip install 'lawkb[mcp]'", "lawkb mcp --help") from error

    server: Any = MCPServer("lawkb", version=__version__, instructions=INSTRUCTIONS, log_level="ERROR")

    def told(make: Callable[[], replies.Reply]) -> replies.Reply:
        """A question that is not covered has a reply of its own; one that was asked wrongly is an error that says how to ask."""
        try:
            return make()
        except LawkbError as error:
            if replies.not_covered(error):
                return replies.refusal(kb, error)
            raise ToolError(str(error)) from error

    @server.tool()
    def channels(requesting: str, requested: str, measure: str | None = None, on: str | None = None) -> dict[str, Any]:
        """Verdicts (available, conditional, unavailable, unknown) on how one jurisdiction may ask another for cooperation, by channel or for one measure."""
        return told(lambda: replies.channels(kb, requesting, requested, measure, on))

    @server.tool()
    def treaties(a: str, b: str, on: str | None = None) -> dict[str, Any]:
        """Instruments in force between two jurisdictions on a day; apart from them signed only, ended, pending."""
        return told(lambda: replies.treaties(kb, a, b, on))

    @server.tool()
    def parties(instrument: str, on: str | None = None) -> dict[str, Any]:
        """Who is bound by an instrument on a day."""
        return told(lambda: replies.parties(kb, instrument, on))

    @server.tool()
    def explain(iri: str) -> dict[str, Any]:
        """The proof of a finding, or what is recorded of a fact, down to sources."""
        return told(lambda: replies.explained(kb, iri))

    @server.tool()
    def resolve(name: str) -> dict[str, Any]:
        """The true thing behind a name of a state, an instrument, a body, also behind a wrong name."""
        return told(lambda: replies.resolved(kb, name))

    @server.tool()
    def coverage(subject: str | None = None) -> dict[str, Any]:
        """How far what is recorded of an instrument or a jurisdiction is complete."""
        return told(lambda: replies.covered(kb, subject))

    @server.tool()
    def verify_citation(instrument: str, article: str) -> dict[str, Any]:
        """Whether an article of an instrument is recorded and what it says there; may_be_cited is false where it is not."""
        return told(lambda: replies.verified(kb, instrument, article))

    return server
