"""What salespeople do with leads in any world, as the web client does it."""

import csv
import io
import itertools
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..tests.sales import WON_ANSWERS
from . import visits

LOST, MERGE, IMPORT = "crm.lead.lost", "crm.merge.opportunity", "base_import.import"
BATCH, UNDO = "crm.lead.conversion.batch", "crm.lead.conversion.undo"
LIMIT = "sales_funnel_stages.conversion_batch_limit"
YESTERDAY, LATER = (str(date.today() + timedelta(days=days)) for days in (-1, 30))
# That of today in whichever time zone.
ALL_ANSWERS = {**WON_ANSWERS, "first_contact_date": YESTERDAY, "engagement_date": YESTERDAY}
CSV = {"quoting": '"', "separator": ",", "encoding": "utf-8", "has_headers": True}
# All that the undo of a conversion does not give back; a rule that runs at that says when it did.
NOT_GIVEN_BACK = ("write_uid", "write_date", "date_automation_last")
# What Odoo takes from the customer.
DETAILS = {
    "partner_name": "Newton Ltd",
    "function": "Director",
    "website": "https://newton.example.com",
    "phone": "+32 2 290 34 90",
    "street": "Meir 1",
    "city": "Antwerp",
}
_numbers = itertools.count(1)


class Row(NamedTuple):
    """A row of the ledger."""

    direction: str
    to_type: str
    to_status: str
    verdict: str


class Stage(NamedTuple):
    """A column of the kanban."""

    id: int
    is_won: bool
    is_outside: bool


class Deal:
    """A lead, and who works on it.

    :ivar client: a :class:`WebClient` of that person
    """

    def __init__(self, client, id_):
        self.client = client
        self.id = id_

    @classmethod
    def new(cls, people, policy, **values):
        """Create a lead in the team with a policy, as its salesperson."""
        client = people.rep(policy)
        return cls(client, client.create("crm.lead", prepare(people, policy, **values)))

    def call(self, method, **arguments):
        return self.client.call("crm.lead", method, [self.id], **arguments)

    def write(self, **values):
        self.call("web_save", vals=values, specification={})

    def read(self, *names):
        """→ the values of fields, one by one; of a record, its id."""
        [values] = self.call("read", fields=names)
        return [value[0] if isinstance(value, list) else value for value in map(values.get, names)]

    def is_there(self):
        domain = [("id", "=", self.id), ("active", "in", [True, False])]
        return bool(self.client.call("crm.lead", "search_count", domain=domain))

    def convert(self):
        visits.convert(self.client, self.id)

    def advance(self):
        """Press *Advance* → the stage that it is in then."""
        self.call("action_advance")
        [stage_id] = self.read("stage_id")
        return stage_id

    def win(self):
        self.call("action_set_won_rainbowman")

    def lose(self, **values):
        """Mark it as lost, in Odoo's wizard."""
        context = {"default_lead_ids": [self.id], "active_id": self.id, "active_ids": [self.id]}
        id_ = self.client.create(LOST, {"lead_ids": [(6, 0, [self.id])], **values}, context=context)
        self.client.call(LOST, "action_lost_reason_apply", [id_], context=context)

    def restore(self):
        self.call("action_unarchive")

    def return_to_lead(self):
        action = self.call("action_open_return")
        values = {"lead_ids": [(6, 0, [self.id])], "reason": "They only look round"}
        id_ = self.client.create(action["res_model"], values, context=action["context"])
        self.client.call(action["res_model"], "action_return", [id_])

    def rows(self):
        """→ each :class:`Row` of its history, the first one first."""
        found = self.client.server.rows(
            "SELECT direction, to_type, to_status, verdict FROM crm_stage_transition"
            " WHERE lead_ref = %s ORDER BY id",
            self.id,
        )
        return [Row(*row) for row in found]


def prepare(people, policy, **values):
    """→ values for a new lead of the team with a policy."""
    number = next(_numbers)
    return {
        "name": f"Deal {number}",
        "type": "lead",
        "contact_name": f"Contact {number}",
        "email_from": f"contact{number}@deal.example.com",
        "expected_revenue": 100 * number,
        "team_id": people.team_ids[policy],
        "user_id": people.rep(policy).uid,
        **values,
    }


def get_today(client):
    """→ the day on which somebody is, in their time zone."""
    [user] = client.call("res.users", "read", [client.uid], fields=["tz"])
    return str(datetime.now(ZoneInfo(user["tz"] or "UTC")).date())


def merge(client, deals):
    """Merge leads that are selected in the list → the id of the one that is left."""
    ids = [deal.id for deal in deals]
    context = {"active_model": "crm.lead", "active_ids": ids}
    id_ = client.create(MERGE, {"opportunity_ids": [(6, 0, ids)]}, context=context)
    return client.call(MERGE, "action_merge", [id_], context=context)["res_id"]


def import_(client, rows):
    """Import rows of leads from a file → what Odoo answers.

    :param rows: dicts with the same keys
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    values = {
        "res_model": "crm.lead",
        "file": text.getvalue(),
        "file_name": "leads.csv",
        "file_type": "text/csv",
    }
    id_ = client.create(IMPORT, values)
    names = [*rows[0]]
    return client.call(IMPORT, "execute_import", [id_], fields=names, columns=names, options=CSV)


def prepare_row(people, policy, **values):
    """→ a row of a file of leads."""
    row = prepare(people, policy, **values)
    numbers = {f"{name}/.id": row.pop(name) for name in ("team_id", "user_id")}
    return {**row, **numbers}


def start_batch(client, deals):
    """Have leads converted in the background, as an administrator → the batch's id."""
    client.call("ir.config_parameter", "set_param", key=LIMIT, value="1")
    try:
        return visits.convert_selected(client, [deal.id for deal in deals])["res_id"]
    finally:
        client.call("ir.config_parameter", "set_param", key=LIMIT, value="500")


def read_batch(client, batch_id, *names):
    [values] = client.call(BATCH, "read", [batch_id], fields=names)
    return [values[name] for name in names]


def read_columns(client, deals):
    """→ of each lead, all that the database holds of it, but what is empty."""
    rows = client.server.rows(
        "SELECT to_jsonb(lead) FROM crm_lead AS lead WHERE id = ANY(%s) ORDER BY id",
        [deal.id for deal in deals],
    )
    return [{name: value for name, value in row.items() if value} for [row] in rows]


def undo_batch(client, batch_id):
    id_ = client.create(UNDO, {"batch_id": batch_id})
    client.call(UNDO, "action_undo", [id_])


def kanban(client, team_id):
    """→ each :class:`Stage` that the pipeline of a team shows, from left to right."""
    found = client.call(
        "crm.lead",
        "web_read_group",
        domain=[("team_id", "=", team_id), ("type", "=", "opportunity")],
        groupby=["stage_id"],
        aggregates=["__count"],
        context={"default_team_id": team_id, "read_group_expand": True},
    )
    ids = [group["stage_id"][0] for group in found["groups"] if group["stage_id"]]
    fields = ["is_won", "is_outside_pipeline"]
    stages = client.call("crm.stage", "read", ids, fields=fields)
    return [Stage(stage["id"], *(stage[name] for name in fields)) for stage in stages]
