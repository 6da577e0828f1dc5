"""The knowledge base on a SPARQL 1.1 server: what is published there, and the rules run there.

Nothing here runs unless an endpoint was given. `lawkb.remote.server` is the one door to the network.
"""

from __future__ import annotations
