"""Where walks take place: people, teams, rules and leads, of a company with next to nothing."""

from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Command

from odoo.addons.sales_funnel_stages.tests.support.guard import let_history_change

SALES = "sales_team.group_sale_"
#: login: the group that it is in
ROLES = {
    "walk_portal": "base.group_portal",
    "walk_internal": "base.group_user",
    "walk_rep": f"{SALES}salesman",
    "walk_all_leads": f"{SALES}salesman_all_leads",
    "walk_manager": f"{SALES}manager",
    "walk_admin": "base.group_system",
}
SELLING = ("walk_rep", "walk_all_leads", "walk_manager")
MAY_OVERRIDE = ("walk_manager", "walk_admin")
POLICIES = ("enforce", "guide", "off")
#: what is asked: the column of a lead that has to be filled, and where
ASKED = (("need_level", None), ("budget_status", 1), ("contract_status", -1))
#: of each lead: type, team, stage, whose
LEADS = (
    ("lead", 0, 0, "walk_rep"),
    ("opportunity", 0, 0, "walk_rep"),
    ("opportunity", 1, 1, "walk_all_leads"),
    ("lead", 1, 0, "walk_all_leads"),
    ("opportunity", 0, 1, "walk_manager"),
)
#: what they are called where automation rules move leads that are called so
OF_RULES = ("on update", "on a stage", "on archived", "on create and edit", "on a user")
FORGOTTEN = ("crm_stage_transition", "crm_stage_refusal", "crm_lead_conversion_batch", "crm_lead")


class Place:
    """A database, and what is made of it before each walk.

    :ivar users: ``{login: id}``
    """

    def __init__(self, registry, is_of_two_companies=False):
        self.registry = registry
        self.is_of_two_companies = is_of_two_companies

    @property
    def has_rules(self):
        """Whether leads are moved by automation rules while they are moved."""
        return "base.automation" in self.registry

    @property
    def known(self):
        """What is chosen among, rather than anything else: ``{model: ids}``."""
        return {"crm.team": self.teams, "res.users": [*self.users.values()]}

    def env(self, cr):
        return Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True})

    def prepare(self):
        """Make it as at the beginning, whatever a walk has changed → the ids of the leads."""
        with self.registry.cursor() as cr:
            let_history_change(self.env(cr))
            for table in FORGOTTEN:
                cr.execute(f"DELETE FROM {table}")  # pylint: disable=sql-injection
            let_history_change(self.env(cr), is_allowed=False)
            cr.execute("DELETE FROM mail_message WHERE model = 'crm.lead'")
            cr.execute("DELETE FROM mail_followers WHERE res_model = 'crm.lead'")
            cr.execute("DELETE FROM mail_activity WHERE res_model = 'crm.lead'")
            env = self.env(cr)
            self._make_people(env)
            self._make_teams(env)
            self._make_rules(env)
            leads = self._make_leads(env)
            cr.commit()
        self.registry.signal_changes()
        return leads

    def add_leads(self):
        """Let leads come in as at the beginning."""
        with self.registry.cursor() as cr:
            self._make_leads(self.env(cr))
            cr.commit()

    def _make_people(self, env):
        users = env["res.users"].with_context(active_test=False)
        self.users = {}
        for login, group in ROLES.items():
            groups = [env.ref(group).id]
            if login == "walk_admin":
                groups.append(env.ref(f"{SALES}manager").id)
            user = users.search([("login", "=", login)])
            values = {"name": login, "active": True, "group_ids": [Command.set(groups)]}
            if not user:
                user = users.create({"login": login, "password": login, **values})
                if login != "walk_portal":
                    user.notification_type = "inbox"
            elif user.name != login or not user.active or user.group_ids.ids != groups:
                user.write(values)
            self.users[login] = user.id
        env.flush_all()

    def _make_teams(self, env):
        teams = env["crm.team"].with_context(active_test=False)
        self.teams = []
        for number, members in enumerate((["walk_rep", "walk_manager"], ["walk_all_leads"])):
            name = f"Walk {number}"
            team = teams.search([("name", "=", name)], limit=1) or teams.create({"name": name})
            values = {
                "active": True,
                "use_leads": True,
                "stage_rule_policy": POLICIES[number],
                "member_ids": [Command.set([self.users[each] for each in members])],
                "company_id": False,
            }
            team.write({k: v for k, v in values.items() if k == "member_ids" or team[k] != v})
            self.teams.append(team.id)

    def _make_rules(self, env):
        frameworks = env["crm.qualification.framework"].with_context(active_test=False)
        framework = frameworks.search([("name", "=", "Walk")], limit=1)
        self.stages = env["crm.stage"].search([("team_ids", "=", False)]).ids
        if not framework:
            framework = frameworks.create(
                {
                    "name": "Walk",
                    "criterion_ids": [
                        Command.create({"name": field, "domain": f"[('{field}', '!=', False)]"})
                        for field, _stage in ASKED
                    ],
                }
            )
            for criterion, (_field, stage) in zip(framework.criterion_ids, ASKED, strict=True):
                env["crm.stage.rule"].create(
                    {
                        "framework_id": framework.id,
                        "criterion_id": criterion.id,
                        "stage_id": stage is not None and self.stages[stage],
                    }
                )
        self.criteria = {each.id: each.name for each in framework.criterion_ids}
        teams = env["crm.team"].browse(self.teams)
        for team in teams.filtered(lambda each: each.framework_id != framework):
            team.framework_id = framework
        for company in env["res.company"].search([]):
            if company.qualification_framework_id != framework:
                company.write({"qualification_framework_id": framework.id})

    def _make_leads(self, env):
        names = OF_RULES if self.has_rules else [f"Lead {number}" for number in range(len(LEADS))]
        return (
            env["crm.lead"]
            .create(
                [
                    {
                        "name": name,
                        "type": type_,
                        "team_id": self.teams[team],
                        "stage_id": self.stages[stage],
                        "user_id": self.users[login],
                    }
                    for name, (type_, team, stage, login) in zip(names, LEADS, strict=True)
                ]
            )
            .ids
        )
