"""Runs in Odoo's shell, which has an ``env``; see ``verify_history.py``."""

import os
import sys

found = env["crm.stage.transition"].verify_ledger(os.environ.get("KEPT_SEALS", ""))  # noqa: F821
counts = ", ".join(f"{name}: {found[name]:,}" for name in ("rows", "leads", "seals"))
if found["problems"]:
    print(f"  Not all is as it was recorded ({counts}):")
    print("\n".join(f"  {problem['message']}" for problem in found["problems"]))
else:
    print(f"  All is as it was recorded ({counts}).")
sys.exit(bool(found["problems"]))
