from datetime import timedelta
from functools import partial

from odoo import api, models
from odoo.tools import SQL

from ...tools.rulebook import POLICIES, REQUIRED

# so many by one user within an hour are many
MOST_REFUSALS = 20
MOST_OVERRIDES = 10
# Whoever is OdooBot is nobody. Each user is told of once a day.
MANY = """
    SELECT by_user_id, day, max(count)
      FROM (
               SELECT by_user_id, date::date AS day, count(*) OVER (
                          PARTITION BY by_user_id ORDER BY date
                          RANGE BETWEEN INTERVAL '1 hour' PRECEDING AND CURRENT ROW
                      ) AS count
                 FROM %(table)s
                WHERE date > %(since)s AND by_user_id > 1 AND %(condition)s
           ) AS counted
     WHERE count > %(most)s
  GROUP BY by_user_id, day
"""
# who waits: what was held back within a month before, for that criterion, and is still open
WAITING = """
    SELECT count(DISTINCT refusal.lead_id)
      FROM crm_stage_refusal AS refusal
      JOIN crm_qualification_criterion_crm_stage_refusal_rel AS unmet
        ON unmet.crm_stage_refusal_id = refusal.id
      JOIN crm_lead AS lead ON lead.id = refusal.lead_id
     WHERE unmet.crm_qualification_criterion_id = %(criterion_id)s
       AND refusal.date BETWEEN %(date)s::timestamp - INTERVAL '30 days' AND %(date)s
       AND lead.won_status NOT IN ('won', 'lost')
"""


class CrmStageAlarm(models.Model):
    """What is told: much that is refused or overridden, and rules that ask for less.

    All of it is recorded anyway, and read from there once an hour: moves cost nothing more.
    """

    _inherit = "crm.stage.alarm"

    @api.model
    def _cron_watch(self):
        """Tell of what has happened within the last day, and was not told yet."""
        self.env.flush_all()
        since = self.env.cr.now() - timedelta(days=1)
        self._raise_alarms(
            {
                **self._find_refusals(since),
                **self._find_overrides(since),
                **self._find_laxer_rules(since),
            }
        )

    @api.model
    def _find_many(self, name, table, condition, most, since, tell):
        """Return the occasions on which somebody has done too much of something within an hour.

        :param str name: of such an occasion
        :param function tell: called with an environment, the user's name and how many there were,
            returns what has happened
        :return: ``{occasion: function}``, as for ``_raise_alarms``
        """
        rows = self.env.execute_query(
            SQL(
                MANY,
                table=SQL.identifier(table),
                condition=SQL(condition),
                most=most,
                since=since,
            )
        )
        users = self.env["res.users"].browse({id_ for id_, _day, _count in rows})
        user_names = {user.id: user.name for user in users}
        return {
            f"{name}:{id_}:{day}": partial(tell, user_name=user_names[id_], count=count)
            for id_, day, count in rows
        }

    @api.model
    def _find_refusals(self, since):
        def tell(env, user_name, count):
            return (
                env._("Many moves of %s were held back", user_name),
                env._("Within an hour, %(count)s. See the stage rules report.", count=count),
            )

        return self._find_many("refusals", "crm_stage_refusal", "TRUE", MOST_REFUSALS, since, tell)

    @api.model
    def _find_overrides(self, since):
        def tell(env, user_name, count):
            return (
                env._("%s has overridden many stage rules", user_name),
                env._("Within an hour, %(count)s times. See the stage history.", count=count),
            )

        condition = "verdict = 'overridden'"
        return self._find_many(
            "overrides", "crm_stage_transition", condition, MOST_OVERRIDES, since, tell
        )

    @api.model
    def _find_laxer_rules(self, since):
        """Return the occasions that changes of the rules are: ``{occasion: function}``."""
        occasions = {}
        for change in self.env["crm.rulebook.change"].search([("date", ">", since)], order="id"):
            for name, tell in (
                ("policy", self._tell_policy(change)),
                ("rules", self._tell_rule(change)),
            ):
                if tell:
                    occasions[f"{name}:{change.id}"] = tell
        return occasions

    @api.model
    def _tell_policy(self, change):
        """Return what tells of a policy that was lowered; None if it was not."""
        for each in change.changes or ():
            old, new = each["old"], each["new"]
            if each["field"] == "stage_rule_policy" and old in POLICIES and new in POLICIES:
                if POLICIES.index(new) < POLICIES.index(old):
                    return lambda env: (
                        env._("The policy of %s was lowered", change.res_name),
                        self._tell_change(change, env),
                    )
        return None

    @api.model
    def _tell_rule(self, change):
        """Return what tells of a rule that asks for less while deals wait; None of any other."""
        criterion_id = _get_loosened(change)
        if not criterion_id:
            return None
        [[waiting]] = self.env.execute_query(
            SQL(WAITING, criterion_id=criterion_id, date=change.date)
        )
        if not waiting:
            return None
        return lambda env: (
            env._("A stage rule was loosened while deals wait: %s", change.res_name),
            env._(
                "%(change)s. It had held back, within 30 days, deals that are still open: "
                "%(count)s.",
                change=self._tell_change(change, env),
                count=waiting,
            ),
        )

    @api.model
    def _tell_change(self, change, env):
        """Return in words what was changed, and by whom."""
        # sudo: whoever is told administers all of it
        told = change.with_env(env).sudo()
        return env._(
            "%(summary)s (by %(user)s)",
            summary=told.summary.replace("\n", "; "),
            user=told.by_user_name or "",
        )


def _get_loosened(change):
    """Return the number of the criterion that a change asks less of, if it may; else None."""
    changes = {each["field"]: each for each in change.changes or ()}
    if change.source == "crm.qualification.criterion":
        return change.res_id if change.kind == "changed" and "domain" in changes else None
    if change.source != "crm.stage.rule":
        return None
    tier = changes.get("tier")
    if not tier or tier["old"] != REQUIRED or tier["new"] == REQUIRED:
        return None
    if change.kind == "deleted":
        return changes["criterion_id"]["old"][0]
    rule = change.env["crm.stage.rule"].browse(change.res_id).exists()
    return rule.criterion_id.id
