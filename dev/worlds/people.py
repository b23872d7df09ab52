"""Who works in a world: an administrator, a sales manager, and a salesperson of each policy."""

from functools import cached_property

from ..tests.clients import WebClient
from . import visits

# ``{policy: (team, login of its salesperson)}``; each password is the login. A world may have made
# them in its own way; what is not there is made once the addon is installed. Where there is no
# team, the salesperson's company has the policy.
TEAMS = {"enforce": ("Enforcers", "ann"), "guide": ("Guides", "gus")}
MANAGER = "cleo"
REP_GROUP, MANAGER_GROUP = "group_sale_salesman", "group_sale_manager"


class Person(WebClient):
    """The web client of somebody, in their language and time zone, and in all their companies."""

    def _log_in(self):
        super()._log_in()
        companies = self.session["user_companies"]
        # the first one is theirs
        ids = sorted(
            map(int, companies["allowed_companies"]),
            key=lambda id_: id_ != companies["current_company"],
        )
        self._context = {**self.session["user_context"], "allowed_company_ids": ids}

    def press(self, model, button, ids, **arguments):
        return super().press(model, button, ids, **self._in_context(arguments))

    def _execute(self, model, method, args, arguments):
        return super()._execute(model, method, args, self._in_context(arguments))

    def _in_context(self, arguments):
        return {**arguments, "context": {**self._context, **(arguments.get("context") or {})}}


class People:
    """The people in a world with the addon, logged in once.

    :ivar admin: the administrator, a :class:`Person`
    :ivar team_ids: ``{policy: id}``; False where there is no team
    """

    def __init__(self, server, has_teams=True):
        self.server = server
        self.admin = Person(server, "admin")
        visits.save_settings(self.admin, group_use_lead=True)
        self._find_or_make("res.users", "login", self._prepare_user(MANAGER, MANAGER_GROUP))
        hire = self._make_team if has_teams else self._hire_without_team
        self.team_ids = {policy: hire(policy) for policy in TEAMS}
        self._clients = {}

    @cached_property
    def manager(self):
        return Person(self.server, MANAGER)

    def rep(self, policy):
        """→ the salesperson of the team, or of the company, with a policy."""
        if policy not in self._clients:
            self._clients[policy] = Person(self.server, TEAMS[policy][1])
        return self._clients[policy]

    @property
    def everybody(self):
        """→ ``{role: Person}``."""
        return {"admin": self.admin, "manager": self.manager, "rep": self.rep("enforce")}

    def _make_team(self, policy):
        name, _login = TEAMS[policy]
        team = {"name": name, "use_leads": True, "member_ids": [(6, 0, [self._hire(policy)])]}
        id_ = self._find_or_make("crm.team", "name", team)
        self.admin.call("crm.team", "write", [id_], vals={"stage_rule_policy": policy})
        return id_

    def _hire_without_team(self, policy):
        [user] = self.admin.call(
            "res.users", "read", [self._hire(policy)], fields=["company_id"], load=None
        )
        vals = {"stage_rule_policy": policy}
        self.admin.call("res.company", "write", [user["company_id"]], vals=vals)
        return False

    def _hire(self, policy):
        _name, login = TEAMS[policy]
        return self._find_or_make("res.users", "login", self._prepare_user(login, REP_GROUP))

    def _prepare_user(self, login, group):
        groups = [self.admin.find(f"sales_team.{group}"), self.admin.find("base.group_user")]
        values = {"login": login, "password": login, "email": f"{login}@world.example.com"}
        return {"name": login.title(), "group_ids": [(6, 0, groups)], **values}

    def _find_or_make(self, model, key, values):
        found = self.admin.call(model, "search", domain=[(key, "=", values[key])])
        return found[0] if found else self.admin.create(model, values)
