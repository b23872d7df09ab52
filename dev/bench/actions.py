"""What is measured. An action is a function from an environment, in which it looks up what it
needs, to the function that is timed; that one gets an environment of its own for each run."""

from . import web_client
from .data_sizes import MOVED_IDS

PIPELINE = {
    "domain": [("type", "=", "opportunity")],
    "context": {"default_type": "opportunity", "show_user_team_stages": 1},
}
LEADS = {"domain": [("type", "=", "lead")], "context": {"default_type": "lead"}}
MOVE = {"stage_id": "crm.stage_lead3"}


def write(values, count=1):
    """Write the same values on so many opportunities, in one call.

    Up to the commit, with all that Odoo does right before it, such as the messages of tracked
    changes.

    :param values: of fields; those of many2one fields are XML ids
    """

    def prepare(env):
        fields = env["crm.lead"]._fields
        found = {
            name: env.ref(value).id if fields[name].type == "many2one" else value
            for name, value in values.items()
        }

        def do(env):
            env["crm.lead"].browse(MOVED_IDS[:count]).write(dict(found))
            env.cr.flush()

        return do

    return prepare


def move(count):
    """Move so many opportunities from the first stage to the third."""
    return write(MOVE, count)


def open_kanban(env):
    """Open the pipeline of everybody: 80 cards of it."""
    return web_client.open_kanban(env, "crm.lead", "crm.crm_case_kanban_view_leads", **PIPELINE)


def open_list(env):
    """Open the pipeline of everybody as a list: its first 80 lines."""
    return web_client.open_list(env, "crm.lead", "crm.crm_case_tree_view_oppor", **PIPELINE)


def open_leads(env):
    """Open the list of leads: its first 80 lines."""
    return web_client.open_list(env, "crm.lead", "crm.crm_case_tree_view_leads", **LEADS)


def read_badge(count):
    """Read what the badge on a card shows, for so many cards."""
    spec = {"gate_progress": {}}

    def prepare(_env):
        def do(env):
            env["crm.lead"].browse(MOVED_IDS[:count]).web_read(
                spec if "gate_progress" in env["crm.lead"]._fields else {}
            )

        return do

    return prepare
