"""People and leads in the server's database, made over HTTP as an administrator makes them."""

import itertools
from datetime import date

from .clients import WebClient

CONVERT_ANSWERS = {
    "need_level": "weak",
    "budget_status": "estimated",
    "purchase_date": str(date.today()),
}
QUALIFIED_ANSWERS = {
    **CONVERT_ANSWERS,
    "contact_role": "decision_maker",
    "first_contact_date": str(date.today()),
    "requirement_summary": "Forty seats",
    "engagement_date": str(date.today()),
}
WON_ANSWERS = {
    **QUALIFIED_ANSWERS,
    "need_level": "strong",
    "payment_terms_status": "in_discussion",
    "supplier_status": "no_supplier",
    "contract_status": "signed",
}
REASON = "A test begins here"
STEP = ["from_type", "to_type", "to_stage_id", "to_status", "direction", "verdict", "by_user_name"]


class Sales:
    """A team that enforces the default framework; each person's password is the login.

    :ivar admin: a :class:`WebClient` of the administrator
    :ivar stages: ``{name: id}`` of Odoo's own stages
    """

    def __init__(self, server):
        self.server = server
        self._clients = {}
        self.admin = self.client(WebClient, "admin")
        self._numbers = itertools.count(1)
        self.stages = {
            stage["name"]: stage["id"]
            for stage in self.admin.call(
                "crm.stage", "search_read", domain=[("team_ids", "=", False)], fields=["name"]
            )
        }
        self.customer_id = self._create("res.partner", name="Acme")
        self.rep_id = self._make_user("ann", "group_sale_salesman_all_leads")
        self.other_rep_id = self._make_user("bob", "group_sale_salesman_all_leads")
        self.manager_id = self._make_user("cleo", "group_sale_manager")
        self.team_id = self._create(
            "crm.team",
            name="Enforcers",
            use_leads=True,
            stage_rule_policy="enforce",
            framework_id=self.ref("framework_bant"),
            member_ids=[(6, 0, [self.rep_id, self.other_rep_id, self.manager_id])],
        )

    def client(self, kind, login):
        """→ somebody's client of a kind, logged in once."""
        if (kind, login) not in self._clients:
            self._clients[kind, login] = kind(self.server, login)
        return self._clients[kind, login]

    def ref(self, name, module="sales_funnel_stages"):
        """→ the id of a record by its XML id."""
        return self.admin.find(f"{module}.{name}")

    def criteria(self, *names):
        """→ ids of criteria of the default framework, sorted."""
        return sorted(self.ref(f"criterion_bant_{name}") for name in names)

    def criterion_names(self, *names):
        """→ what people call those criteria."""
        rows = self.admin.call(
            "crm.qualification.criterion", "read", self.criteria(*names), fields=["name"]
        )
        return [row["name"] for row in rows]

    def make_lead(self, **values):
        """→ the id of a new lead, with a name of its own."""
        number = next(self._numbers)
        values = {
            "name": f"Deal {number}",
            "type": "lead",
            "contact_name": f"Contact {number}",
            "email_from": f"contact{number}@deal.example.com",
            "team_id": self.team_id,
            "user_id": self.rep_id,
            **values,
        }
        return self._create("crm.lead", **values)

    def make_opportunity(self, stage="New", **values):
        return self.make_lead(type="opportunity", stage_id=self.stages[stage], **values)

    def make_wizard(self, client, lead_ids, model="crm.lead2opportunity.partner", **values):
        """Open the conversion wizard on leads → ``(id, context)``, as they go with its buttons."""
        context = {
            "active_model": "crm.lead",
            "active_id": lead_ids[0],
            "active_ids": lead_ids,
        }
        values = {"name": "convert", "action": "create", **values}
        return client.create(model, values, context=context), context

    # ------------------------------------------------------------------
    # What the database says
    # ------------------------------------------------------------------

    def place(self, lead_id):
        """→ ``(type, stage, active)`` of a lead."""
        [row] = self.server.rows(
            "SELECT type, stage_id, active FROM crm_lead WHERE id = %s", lead_id
        )
        return row

    def exists(self, lead_id):
        return bool(self.server.rows("SELECT FROM crm_lead WHERE id = %s", lead_id))

    def steps(self, lead_id):
        """→ what the ledger tells of a lead after its creation, a dict for each row."""
        rows = self.server.rows(
            f"SELECT {', '.join(STEP)} FROM crm_stage_transition WHERE lead_ref = %s ORDER BY id",
            lead_id,
        )
        return [dict(zip(STEP, row, strict=True)) for row in rows[1:]]

    def count_customers(self, lead_id):
        """→ how many contacts bear the name of the contact of a lead."""
        [[count]] = self.server.rows(
            "SELECT count(*) FROM res_partner WHERE name ="
            " (SELECT contact_name FROM crm_lead WHERE id = %s)",
            lead_id,
        )
        return count

    def count(self):
        """→ how many leads and rows of the ledger there are."""
        [row] = self.server.rows(
            "SELECT (SELECT count(*) FROM crm_lead), (SELECT count(*) FROM crm_stage_transition)"
        )
        return row

    def _create(self, model, **values):
        if model == "crm.lead":
            [id_] = self.admin.call(model, "move_with_reason", [], values=values, reason=REASON)
            return id_
        return self.admin.create(model, values)

    def _make_user(self, login, group):
        return self._create(
            "res.users",
            name=login.title(),
            login=login,
            password=login,
            group_ids=[(6, 0, [self.ref(group, "sales_team"), self.ref("group_user", "base")])],
        )
