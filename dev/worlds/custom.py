"""The addon of a customer's, which extends what may be extended of Odoo's CRM."""

from pathlib import Path


def custom_addons():
    """→ the folder in which the addon is; it is none of those that we ship or test."""
    return Path(__file__).parent / "addons"
