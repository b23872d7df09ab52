"""The worlds."""

from .world import World

NOTHING = World("nothing", "Odoo's CRM just installed, without demo data and without any lead")
