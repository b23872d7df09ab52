"""Random moves by random people, against the plain model of the rules in ``reference.py``."""

from contextlib import closing
from datetime import timedelta

from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_funnel_stages.exceptions import StageRuleError
from odoo.addons.sales_funnel_stages.tests.common import StageRuleCommon

from .reference import LEAD, OPPORTUNITY, Place, Rules, Settings, Stage

# what the criteria ask of a lead, in Python and in a domain
CRITERIA = {
    "A need": (lambda lead: bool(lead.need_level), "[('need_level', '!=', False)]"),
    "A budget": (
        lambda lead: lead.budget_status in ("estimated", "confirmed"),
        "[('budget_status', 'in', ('estimated', 'confirmed'))]",
    ),
    "A customer": (lambda lead: bool(lead.partner_id), "[('partner_id', '!=', False)]"),
    "A contract": (
        lambda lead: lead.contract_status == "signed",
        "[('contract_status', '=', 'signed')]",
    ),
}
POLICIES = ("off", "guide", "enforce")
PEOPLE = ("rep", "other_rep", "manager")
# of what a row says that is no step of the rules
NO_STEP = ("merged", "deleted")

index = st.integers(0, 11)
answers = st.fixed_dictionaries(
    {},
    optional={
        "need_level": st.sampled_from([False, "weak"]),
        "budget_status": st.sampled_from([False, "none", "confirmed"]),
        "partner_id": st.booleans(),
        "contract_status": st.sampled_from([False, "signed"]),
    },
)
places = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from([LEAD, OPPORTUNITY, OPPORTUNITY]),
        "stage_id": index,
        "team_id": index,
        "user_id": index,
        "active": st.booleans(),
        "probability": st.sampled_from([0, 40, 100]),
    },
)
values = st.builds(lambda place, given_: {**place, **given_}, places, answers)
born = st.fixed_dictionaries(
    {"type": st.just(OPPORTUNITY), "team_id": index, "stage_id": index}, optional={"user_id": index}
)
handed_over = st.fixed_dictionaries(
    {"team_id": index}, optional={"stage_id": index, "user_id": index}
)
one = st.tuples(index)
some = st.lists(index, min_size=1, max_size=2)
method = st.sampled_from(
    [
        "convert_opportunity",
        "convert_opportunity",
        "action_set_won",
        "action_set_lost",
        "action_restore",
        "action_unarchive",
        "action_archive",
        "action_set_automated_probability",
        "merge_opportunity",
        "copy",
        "unlink",
    ]
)
actions = st.one_of(
    st.tuples(st.just("write"), some, values),
    st.tuples(st.just("write"), some, places),
    st.tuples(st.just("write"), some, handed_over),
    st.tuples(st.just("create"), one, values),
    st.tuples(st.just("create"), one, born),
    st.tuples(method, some, st.just({})),
)
actors = st.sampled_from([*PEOPLE, "rep.sudo", "manager.sudo", "odoobot", "portal.sudo"])
reasons = st.sampled_from([None, "Signed on paper", " \n"])
moves = st.tuples(st.just("move"), actors, reasons, actions)
changes = st.one_of(
    st.tuples(st.just("policy"), index, st.sampled_from(POLICIES)),
    st.tuples(st.just("add_rule"), index, index, index),
    st.tuples(st.just("remove_rule"), index),
    st.tuples(st.just("win_stage"), st.sampled_from(["manager", "odoobot"]), index, st.booleans()),
)
sequences = st.lists(st.one_of(moves, moves, moves, changes), min_size=5, max_size=8)


@tagged("post_install", "-at_install")
class TestMoveSequences(StageRuleCommon):
    """Whatever people do, the reference agrees with each step, and with each refusal.

    A step that was made is told by the ledger, with the verdict that the reference gives. Of a
    move that was refused, the reference refuses at least one step: which steps it would have
    been is tried out with all policies off, and undone.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.qualification.framework"].search([]).rule_ids.unlink()
        cls.stage_hold = cls.env["crm.stage"].create(
            {"name": "On hold", "sequence": 2, "is_outside_pipeline": True}
        )
        cls.frameworks = cls.env["crm.qualification.framework"].create(
            [{"name": "First"}, {"name": "Second"}]
        )
        cls.criteria = {
            framework: cls.env["crm.qualification.criterion"].create(
                [
                    {"name": name, "domain": domain, "framework_id": framework.id}
                    for name, (_is_met, domain) in CRITERIA.items()
                ]
            )
            for framework in cls.frameworks
        }
        cls.is_met = {
            criterion.id: CRITERIA[criterion.name][0]
            for criteria in cls.criteria.values()
            for criterion in criteria
        }
        cls._make_people_and_teams()
        first, second = cls.frameworks
        cls.no_stage = cls.env["crm.stage"]
        for framework, number, stage in [
            (first, 0, cls.no_stage),
            (first, 1, cls.stage_qualified),
            (first, 3, cls.stage_won),
            (second, 2, cls.no_stage),
            (second, 0, cls.stage_proposition),
        ]:
            cls._add_rule(framework, cls.criteria[framework][number], stage)
        cls.env.company.write(
            {"qualification_framework_id": first.id, "stage_rule_policy": "guide"}
        )
        cls.users = cls.rep + cls.other_rep + cls.manager
        cls._make_leads()

    @classmethod
    def _make_people_and_teams(cls):
        first, second = cls.frameworks
        cls.other_rep = cls.all_rep
        cls.portal = new_test_user(cls.env, "funnel_portal", "base.group_portal")
        cls.odoobot = cls.env["res.users"].browse(SUPERUSER_ID)
        cls.team.write({"framework_id": first.id, "member_ids": [Command.set(cls.rep.ids)]})
        cls.guided = cls.make_team(
            "Guided", "guide", framework_id=second.id, member_ids=cls.other_rep.ids
        )
        cls.free = cls.make_team("Free", "enforce", framework_id=first.id, use_leads=False)
        cls.teams = cls.team + cls.guided + cls.free
        cls.stage_legal = cls.env["crm.stage"].create(
            {"name": "Legal", "sequence": 4, "team_ids": [Command.set(cls.team.ids)]}
        )
        cls.stage_demo = cls.env["crm.stage"].create(
            {"name": "Demo", "sequence": 0, "team_ids": [Command.set(cls.guided.ids)]}
        )
        cls.stages = (
            cls.stage_new
            + cls.stage_qualified
            + cls.stage_proposition
            + cls.stage_won
            + cls.stage_hold
            + cls.stage_legal
            + cls.stage_demo
        )

    @classmethod
    def _make_leads(cls):
        cls.leads = cls.env["crm.lead"]
        for name, type_, team, user, stage in [
            ("Ada", LEAD, cls.team, cls.rep, cls.stage_new),
            ("Bo", OPPORTUNITY, cls.team, cls.rep, cls.stage_qualified),
            ("Cy", LEAD, cls.guided, cls.other_rep, cls.stage_new),
            ("Di", OPPORTUNITY, cls.guided, cls.other_rep, cls.stage_demo),
            ("Ed", OPPORTUNITY, cls.free, cls.manager, cls.stage_new),
            ("Fi", OPPORTUNITY, cls.team, cls.rep, cls.stage_qualified),
        ]:
            values = {"type": type_, "team_id": team.id, "stage_id": stage.id}
            cls.leads += cls.make_lead(name, user, **values).with_env(cls.env)
        lost = cls.leads.filtered(lambda lead: lead.name == "Fi")
        lost.action_set_lost()
        cls.env.flush_all()
        # Odoo and the addon treat what was created in the same transaction in another way.
        cls.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET create_date = %s WHERE id IN %s",
                cls.env.cr.now() - timedelta(days=3),
                tuple(cls.leads.ids),
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def _add_rule(cls, framework, criterion, stage):
        cls.env["crm.stage.rule"].create(
            {
                "framework_id": framework.id,
                "criterion_id": criterion.id,
                "stage_id": stage.id,
            }
        )

    @settings(
        max_examples=200,
        deadline=None,
        print_blob=True,
        # shrinking is worth its time here, explaining is not
        phases=set(Phase) - {Phase.explain},
        suppress_health_check=list(HealthCheck),
    )
    @given(sequences)
    # rare: what is lost is restored before it is won; in other hands it starts anew
    @example([("move", "rep", None, ("action_set_won", [5], {}))])
    @example([("move", "rep", None, ("write", [3], {"team_id": 0}))])
    @mute_logger("odoo.models.unlink", "odoo.sql_db")
    def test_sequences(self, steps):
        try:
            with closing(self.env.cr.savepoint()):
                for step in steps:
                    getattr(self, f"_do_{step[0]}")(*step[1:])
                self.assert_ledger_complete()
        finally:
            # it has read what is undone
            self._forget_rules()

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _do_policy(self, number, policy):
        owners = [*self.teams, self.env.company]
        owners[number % len(owners)].stage_rule_policy = policy

    def _do_add_rule(self, framework, criterion, stage):
        framework = self.frameworks[framework % 2]
        criterion = self.criteria[framework][criterion % len(CRITERIA)]
        gates = [self.no_stage, *(stage for stage in self.stages if not stage.is_outside_pipeline)]
        stage = gates[stage % len(gates)]
        known = framework.rule_ids.filtered(
            lambda rule: rule.criterion_id == criterion and rule.stage_id == (stage)
        )
        if not known:
            self._add_rule(framework, criterion, stage)

    def _do_remove_rule(self, number):
        rules = self.frameworks.rule_ids
        if rules:
            rules[number % len(rules)].unlink()

    def _do_win_stage(self, actor, number, is_won):
        stage = self.stages[number % len(self.stages)]
        self._judge(actor, None, lambda env: stage.with_env(env).write({"is_won": is_won}))

    def _do_move(self, actor, reason, action):
        name, numbers, values = action
        everybody = self.env["crm.lead"].with_context(active_test=False).search([], order="id")
        if not everybody:
            return
        leads = everybody.browse({everybody[n % len(everybody)].id for n in numbers})
        vals = self._to_vals(values)

        def act(env):
            model = env["crm.lead"]
            if name == "create":
                model.create({"name": "Another", **vals})
            elif name == "write":
                model.browse(leads.ids).write(vals)
            elif name == "convert_opportunity":
                model.browse(leads.ids).convert_opportunity(False)
            elif name == "action_set_automated_probability":
                model.browse(leads.ids[:1]).action_set_automated_probability()
            else:
                getattr(model.browse(leads.ids), name)()

        self._judge(actor, reason, act)

    def _to_vals(self, values):
        """Numbers become ids: one more than there are stands for none."""
        vals = dict(values)
        for name, records in (
            ("stage_id", self.stages),
            ("team_id", self.teams),
            ("user_id", self.users),
        ):
            if name in vals:
                vals[name] = [*records.ids, False][vals[name] % (len(records) + 1)]
        if "partner_id" in vals:
            vals["partner_id"] = vals["partner_id"] and self.customer.id
        return vals

    # ------------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------------

    def _judge(self, actor, reason, act):
        """Let somebody do something, and compare what comes of it with the reference.

        :param act: called with their environment
        """
        before = self._snapshot()
        outcome = self._try(actor, reason, act)
        if outcome is None:
            expected = self._expected(self._rules(), actor, reason, before)
            for row, verdict in expected:
                self.assertEqual(row.verdict, verdict, self._describe(row))
                event(verdict)
                self._check_receipt(row)
        elif isinstance(outcome, StageRuleError):
            self.assertEqual(self._snapshot(), before, "a refusal has left something")
            verdicts = self._try_without_policies(actor, reason, act, before)
            self.assertIn("refused", verdicts, outcome)
            event("refused")
        else:
            self.assertEqual(self._snapshot(), before)
            event(f"refused by Odoo: {type(outcome).__name__}")

    def _try(self, actor, reason, act):
        """Return the error with which something fails, if it does.

        A refusal is swallowed, as some callers do: the gate has undone what was done.
        """
        savepoint = self.env.cr.savepoint()
        # as a request begins: what others have read is not there
        self.env.invalidate_all()
        error = None
        try:
            act(self._env_of(actor, reason))
            self.env.flush_all()
        except (AccessError, UserError, ValidationError) as caught:
            error = caught
        is_undone = error is not None and not isinstance(error, StageRuleError)
        savepoint.close(rollback=is_undone)
        if is_undone:
            self._forget_rules()
        return error

    def _try_without_policies(self, actor, reason, act, before):
        """Return what the reference says of the steps that somebody would have made."""
        policies = self._rules().settings
        with closing(self.env.cr.savepoint()):
            (self.teams + self.env["crm.team"].search([])).stage_rule_policy = "off"
            self.env.company.stage_rule_policy = "off"
            self.assertIsNone(self._try(actor, reason, act), "refused without any policy")
            rules = self._rules()
            rules.settings = policies
            verdicts = [v for _row, v in self._expected(rules, actor, reason, before)]
        self._forget_rules()
        return verdicts

    def _expected(self, rules, actor, reason, known):
        """Return ``[(row, verdict)]`` for what the ledger has gained since a snapshot."""
        is_person = actor.partition(".")[0] in PEOPLE
        has_leave = actor.startswith("manager") and bool((reason or "").strip())
        expected = []
        for row in self.env["crm.stage.transition"].sudo().search([("id", ">", known[1])]):
            if row.direction in NO_STEP:
                continue
            unmet = {id_ for id_, is_met in self.is_met.items() if not is_met(row.lead_id)}
            before = row.from_type and Place(
                row.from_type, row.from_stage_id.id or None, row.from_status, None
            )
            after = Place(
                row.to_type, row.to_stage_id.id or None, row.to_status, row.team_id.id or None
            )
            if before:
                before = before._replace(team_id=self._team_before(row))
            verdict = rules.verdict(before or None, after, unmet, is_person, has_leave)
            expected.append((row, verdict))
        return expected

    def _team_before(self, row):
        """Return the id of the team that a lead had before a row, which keeps but its name."""
        previous = (
            self.env["crm.stage.transition"]
            .sudo()
            .search(
                [("lead_ref", "=", row.lead_ref), ("id", "<", row.id)], order="id desc", limit=1
            )
        )
        return previous.team_id.id or None

    def _check_receipt(self, row):
        """The receipt says of each criterion what is true."""
        for line in row.receipt or []:
            self.assertEqual(line["met"], self.is_met[line["id"]](row.lead_id), line["name"])

    def _snapshot(self):
        """Return what all leads are, and the id of the last row of the ledger."""
        self.env.flush_all()
        leads = self.env.execute_query(SQL("SELECT * FROM crm_lead ORDER BY id"))
        [[last]] = self.env.execute_query(SQL("SELECT max(id) FROM crm_stage_transition"))
        return leads, last

    def _rules(self):
        """Return the :class:`Rules` in force, as the database has them."""
        stages = self.env["crm.stage"].search([], order="sequence, id")
        teams = self.env["crm.team"].with_context(active_test=False).search([])
        company = self.env.company
        default = company.qualification_framework_id
        settings_by_team = {
            team.id: Settings(
                team.stage_rule_policy, (team.framework_id or default).id, not team.use_leads
            )
            for team in teams
        }
        uses_leads = self.rep.has_group("crm.group_use_lead")
        settings_by_team[None] = Settings(company.stage_rule_policy, default.id, not uses_leads)
        required = {}
        for rule in self.env["crm.stage.rule"].search([("tier", "=", "required")]):
            gate = (rule.framework_id.id, rule.stage_id.id or None)
            required.setdefault(gate, set()).add(rule.criterion_id.id)
        return Rules(
            [
                Stage(
                    stage.id,
                    stage.is_won,
                    stage.is_outside_pipeline,
                    stage.fold,
                    frozenset(stage.team_ids.ids),
                )
                for stage in stages
            ],
            settings_by_team,
            required,
        )

    def _env_of(self, actor, reason):
        name, _dot, is_sudo = actor.partition(".")
        context = dict(self.env.context)
        if reason is not None:
            context["stage_rule_override_reason"] = reason
        user = getattr(self, name)
        return self.env(user=user.id, context=context, su=bool(is_sudo) or name == "odoobot")

    def _forget_rules(self):
        self.env["crm.stage"]._clear_rulebook()

    @staticmethod
    def _describe(row):
        return (
            f"{row.by_user_name} {row.lead_name}: {row.from_type} {row.from_stage_name} "
            f"{row.from_status} → {row.to_type} {row.to_stage_name} {row.to_status}, "
            f"{row.from_team_name} → {row.team_name} ({row.policy}): {row.missing}"
        )
