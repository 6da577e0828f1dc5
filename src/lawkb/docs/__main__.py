"""`python -m lawkb.docs` writes the generated pages; with `--readme` the outputs shown in README.md and docs/ instead."""

from __future__ import annotations

import sys

from lawkb.docs import write_pages, write_shown

for path in write_shown() if "--readme" in sys.argv[1:] else write_pages():
    sys.stdout.write(f"{path.name} written\n")
