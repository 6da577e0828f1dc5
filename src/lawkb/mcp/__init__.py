"""The knowledge base as an MCP server on stdio: tools for an assistant, whose replies keep apart what is recorded, concluded and unknown."""
