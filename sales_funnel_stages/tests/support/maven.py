from collections import defaultdict
from datetime import datetime, time

from odoo.fields import Date
from odoo.tools import split_every

from .maven_files import quarter_of, xmlid

# a long import is made in parts, as by the web client
PART = 2000
# more leads than this are converted in the background
AT_ONCE = 200

# as the web client's import: no message for every field and follower
QUIET = {
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
}


class MavenImport:
    """The whole way from a file to customers, as people go it: a real pipeline in Odoo.

    An administrator imports users, teams, accounts and leads, and later what the agents
    found out; each agent converts their leads with Odoo's wizard and moves them. All are
    internal users of teams that enforce their stage rules: nothing passes unqualified.

    Call the steps in order: ``import_master_data``, ``import_leads``, ``convert``,
    ``engage``, ``win``, ``lose``. Each but the first two is refused by the gate where the
    answers are missing that it imports beforehand.
    """

    def __init__(self, env, files, say=None, commit=None):
        """
        :param env: an environment; an administrator has to exist
        :param files: the :class:`MavenFiles` to import
        :param say: called with a line of progress
        :param commit: called after each step
        """
        admin = env.ref("base.user_admin")
        self.env = env(user=admin, context={**env.context, **QUIET})
        self.files = files
        self._say = say or (lambda text: None)
        self._commit = commit or (lambda: None)
        self._ids = {}
        self.stages = {
            name: env.ref(f"crm.stage_lead{number}")
            for number, name in enumerate(("new", "qualified", "proposition", "won"), 1)
        }

    def go(self):
        """Take all steps that follow the import of the leads."""
        self.convert()
        self.engage()
        self.win()
        self.lose()

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def import_master_data(self):
        """Import users and their teams, products, industries and companies."""
        # "Leads" is a setting, off by default
        self.env.ref("base.group_user")._apply_group(self.env.ref("crm.group_use_lead"))
        for table in self.files.master_data():
            self.load(table)

    def import_leads(self):
        """Import all deals as leads."""
        table = self.files.leads(self.files.deals)
        self._ids = dict(
            zip((deal.xmlid for deal in self.files.deals), self.load(table), strict=True)
        )

    def convert(self):
        """Qualify all leads, and have their agents convert them with Odoo's mass wizard."""
        deals = self.files.deals
        self.load(self.files.answers_to_convert(deals), "qualified")
        for leads in self._of_each_agent(deals, "converted"):
            for some in split_every(AT_ONCE, leads.ids, leads.browse):
                wizard = self.convert_in_mass(some)
                if set(some.mapped("type")) != {"opportunity"}:
                    raise ValueError(wizard.skipped_ids.mapped("missing"))

    def try_to_convert(self, deals):
        """Have agents try to convert leads of which nothing is known: each is held back."""
        for leads in self._of_each_agent(deals, "tried to convert"):
            for some in split_every(AT_ONCE, leads.ids, leads.browse):
                self.convert_in_mass(some)
            if set(leads.mapped("type")) != {"lead"}:
                raise ValueError("Leads were converted of which nothing is known.")

    def convert_in_mass(self, leads):
        """Convert leads as the action of the list does.

        :return: the wizard, which holds those that it left alone
        """
        wizard = (
            leads.env["crm.lead2opportunity.partner.mass"]
            .with_context(active_model="crm.lead", active_ids=leads.ids)
            .create({"deduplicate": False, "duplicated_lead_ids": []})
        )
        wizard.action_mass_convert()
        return wizard

    def engage(self):
        """Qualify what has an engagement date further, and move it to Qualified."""
        deals = [deal for deal in self.files.deals if deal.engaged]
        self.load(self.files.answers_to_engage(deals), "qualified")
        self._move(deals, self.stages["qualified"])

    def win(self):
        """Propose, sign and win what the file has won, by its close date."""
        deals = [deal for deal in self.files.deals if deal.stage == "Won"]
        self.load(self.files.answers_to_propose(deals), "qualified")
        self._move(deals, self.stages["proposition"])
        self.load(self.files.answers_to_win(deals), "qualified")
        for leads in self._of_each_agent(deals, "won"):
            leads.action_set_won()
        self._close(deals)

    def lose(self):
        """Lose what the file has lost, by its close date."""
        deals = [deal for deal in self.files.deals if deal.stage == "Lost"]
        for leads in self._of_each_agent(deals, "lost"):
            leads.action_set_lost()
        self._close(deals)

    def import_past(self):
        """Import what the files have won and lost once more, as a past: nobody judges it.

        :return: the leads
        """
        deals = [deal for deal in self.files.deals if deal.closed]
        return self.env["crm.lead"].browse(self.load(self.files.past(deals), "imported as a past"))

    def quarters_of(self, leads):
        """Return what the dashboard says of leads: ``{first day: (won, lost, value won)}``.

        Of each quarter of the files in which a deal was closed.
        """
        report = self.env["crm.funnel.report"].with_context(tz="UTC")
        found = {}
        for first in sorted({quarter_of(deal.closed) for deal in self.files.deals if deal.closed}):
            last = Date.add(first, months=3, days=-1)
            domain = [("lead_id", "in", leads.ids)]
            figures = report.get_dashboard(domain, str(first), str(last))["velocity"]["now"]
            value = round(figures["won"] * (figures["average_value"] or 0))
            found[first] = (figures["won"], figures["lost"], value)
        return found

    def totals(self):
        """Return what Odoo has of the deals now: see ``csv_totals``."""
        found = {
            status: (count, revenue)
            for status, count, revenue in self.env["crm.lead"]
            .with_context(active_test=False)
            ._read_group(
                [("id", "in", list(self._ids.values())), ("type", "=", "opportunity")],
                ["won_status"],
                ["__count", "expected_revenue:sum"],
            )
        }
        count, revenue = found.get("won", (0, 0))
        return {
            "won": count,
            "lost": found.get("lost", (0, 0))[0],
            "open": found.get("pending", (0, 0))[0],
            "won revenue": revenue,
        }

    # ------------------------------------------------------------------
    # How
    # ------------------------------------------------------------------

    def load(self, table, title="imported"):
        """Import a table.

        :param table: a :class:`Table`
        :param title: what is said to be done with its rows
        :return: the ids of the records
        :raise ValueError: with Odoo's messages, if a row is refused
        """
        model = self.env[table.model]
        ids = []
        for rows in split_every(PART, table.rows, list):
            result = model.load(table.fields, rows)
            if not result["ids"]:
                raise ValueError(result["messages"])
            ids += result["ids"]
            self._commit()
            self._say(f"{title} {len(ids):,} of {len(table.rows):,} ({model._description})")
        return ids

    def leads(self, deals):
        """Return the leads of deals."""
        return self.env["crm.lead"].browse(self._ids[deal.xmlid] for deal in deals)

    def _of_each_agent(self, deals, verb):
        """Yield the leads of each agent, as the agent sees them, and say how far it is."""
        unsaid = done = 0
        by_agent = defaultdict(list)
        for deal in deals:
            by_agent[deal.agent].append(deal)
        for agent, their_deals in by_agent.items():
            user = self.env.ref(xmlid("user", agent))
            yield self.leads(their_deals).with_user(user)
            self.env.flush_all()
            self._commit()
            done += len(their_deals)
            unsaid += len(their_deals)
            if unsaid >= PART / 2 or done == len(deals):
                self._say(f"{verb} {done:,} of {len(deals):,}")
                unsaid = 0

    def _move(self, deals, stage):
        for leads in self._of_each_agent(deals, f"moved to {stage.name}"):
            leads.write({"stage_id": stage.id})

    def _close(self, deals):
        """Date what was closed; at noon, the same day nearly everywhere."""
        by_day = defaultdict(list)
        for deal in deals:
            by_day[deal.closed].append(deal)
        for day, their_deals in by_day.items():
            # sudo: nobody else gives another date to what is recorded
            leads = self.leads(their_deals).sudo()
            leads.write({"date_closed": datetime.combine(day, time(12))})
        self._commit()
