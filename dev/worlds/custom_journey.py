"""What is done with leads where a customer's addon notes each call: run in Odoo's shell.

The same is done with our addon and without.
"""

import json

from odoo.fields import Command

MASS = "crm.lead2opportunity.partner.mass"
SOURCE = "Trade show"
# More than these are converted in the background.
MANY = 210


def take(env):
    """Print what each step has come to, as a line of JSON: calls of the addon, or an error."""
    env.ref("base.group_user").implied_ids += env.ref("crm.group_use_lead")
    journey = Journey(env)
    for name, step in vars(Journey).items():
        if not name.startswith("_"):
            print("ANSWER", json.dumps([name, *journey._take(step)]))


class Journey:
    def __init__(self, env):
        self._env = env
        self._rep = env["res.users"].create(
            {
                "name": "Rep",
                "login": "rep",
                "email": "rep@example.com",
                "group_ids": [Command.link(env.ref("sales_team.group_sale_salesman").id)],
            }
        )

    def convert_three(self):
        return self._convert(self._make("Three", 3))

    def convert_many(self):
        return self._convert(self._make("Many", MANY))

    def change_two(self):
        leads = self._make("Two", 2)
        leads.write({"type": "opportunity", "custom_source": SOURCE})
        return leads

    def win_two(self):
        leads = self._make("Won", 2)
        leads.write({"type": "opportunity"})
        leads.action_set_won()
        return leads

    def lose_and_restore(self):
        leads = self._make("Lost", 2)
        leads.action_set_lost()
        leads.action_unarchive()
        return leads

    def merge_three(self):
        return self._make("Merged", 3).merge_opportunity()

    def receive_mail(self):
        return self._env["crm.lead"].message_new({"subject": "Hi", "from": "a@b.example.com"})

    def _make(self, word, count):
        leads = self._env["crm.lead"].create(
            [
                {
                    "name": f"{word} {number}",
                    "type": "lead",
                    "user_id": False,
                    "contact_name": f"{word} contact {number}",
                    "partner_name": f"{word} firm {number}",
                    "email_from": f"{word}{number}@example.com",
                }
                for number in range(count)
            ]
        )
        self._get_calls()
        return leads

    def _convert(self, leads):
        context = {"active_model": "crm.lead", "active_id": leads.ids[0], "active_ids": leads.ids}
        wizard = self._env[MASS].with_context(**context)
        values = {"name": "convert", "action": "create", "custom_source": SOURCE}
        wizard.create({**values, "user_ids": [Command.set(self._rep.ids)]}).action_mass_convert()
        self._env.cr.commit()
        ours = [("module", "=", "sales_funnel_stages"), ("model", "=", "ir.cron")]
        for row in self._env["ir.model.data"].search(ours):
            self._env["ir.cron"].browse(row.res_id).method_direct_trigger()
        self._env.invalidate_all()
        return leads

    def _take(self, step):
        """→ calls by hook, and values of the leads; or an error, and none."""
        try:
            leads = step(self)
            calls = self._get_calls()
        except Exception as error:  # whatever it is, it is what people would see
            self._env.cr.rollback()
            self._env.clear()
            return repr(error), None
        return calls, [
            [lead.type, lead.custom_source, bool(lead.custom_code), lead.tag_ids.mapped("name")]
            for lead in leads
        ]

    def _get_calls(self):
        """→ ``{hook: of how many records it was called}`` since the last time."""
        self._env.flush_all()
        self._env.cr.precommit.run()
        self._env.cr.commit()
        self._env.cr.execute("SELECT hook, sum(record_count) FROM custom_call GROUP BY hook")
        calls = dict(self._env.cr.fetchall())
        self._env.cr.execute("DELETE FROM custom_call")
        self._env.cr.commit()
        return calls
