"""Random moves by random people, against the plain model of the rules in ``reference.py``."""

from contextlib import closing

from hypothesis import HealthCheck, Phase, event, example, given, settings

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_funnel_stages.exceptions import StageRuleError
from odoo.addons.sales_funnel_stages.names import OVERRIDE_GROUP
from odoo.addons.sales_funnel_stages.tests.support.permission import by_permission
from odoo.addons.sales_funnel_stages.tools.move_note import is_reason

from .reference import Place, Rules, Settings, Stage
from .sequence_common import CRITERIA, SequenceCommon
from .sequences import PEOPLE, sequences

# of what a row says that is no step of the rules
NO_STEP = ("merged", "deleted")


@tagged("post_install", "-at_install")
class TestMoveSequences(SequenceCommon):
    """Whatever people do, the reference agrees with each step, and with each refusal.

    A step that was made is told by the ledger, with the verdict that the reference gives. Of a
    move that was refused, the reference refuses at least one step: which steps it would have
    been is tried out with all policies off, and undone.
    """

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
    @example(
        [
            ("move", "rep", None, ("write", [1], {"team_id": 0, "stage_id": 7})),
            ("move", "rep", None, ("write", [1], {"team_id": 0})),
        ]
    )
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
        is_hand_derived = name != "create" and {"team_id", "user_id"}.isdisjoint(vals)
        # whoever only hands leads over is refused nothing, wherever Odoo puts them then
        is_free = name == "write" and {"team_id", "user_id"}.issuperset(vals)

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

        self._judge(actor, reason, act, is_hand_derived, is_free)

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

    def _judge(self, actor, reason, act, is_hand_derived=False, is_free=False):
        """Let somebody do something, and compare what comes of it with the reference.

        :param act: called with their environment
        :param is_hand_derived: whether they ask for no team and no salesperson
        :param is_free: whether nobody can be refused that
        """
        before = self._snapshot()
        outcome = self._try(actor, reason, act)
        if outcome is None:
            expected = self._expected(
                self._rules(), actor, reason, before, is_hand_derived, is_free
            )
            for row, verdict in expected:
                self.assertEqual(row.verdict, verdict, self._describe(row))
                event(verdict)
                self._check_receipt(row)
        elif isinstance(outcome, StageRuleError):
            self.assertEqual(self._snapshot(), before, "a refusal has left something")
            verdicts = self._try_without_policies(actor, reason, act, before, is_hand_derived)
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

    def _try_without_policies(self, actor, reason, act, before, is_hand_derived):
        """Return what the reference says of the steps that somebody would have made."""
        policies = self._rules().settings
        with closing(self.env.cr.savepoint()):
            (self.teams + self.env["crm.team"].search([])).stage_rule_policy = "off"
            self.env.company.stage_rule_policy = "off"
            self.assertIsNone(self._try(actor, reason, act), "refused without any policy")
            rules = self._rules()
            rules.settings = policies
            verdicts = [
                v for _row, v in self._expected(rules, actor, reason, before, is_hand_derived)
            ]
        self._forget_rules()
        return verdicts

    def _expected(self, rules, actor, reason, known, is_hand_derived, is_free=False):
        """Return ``[(row, verdict)]`` for what the ledger has gained since a snapshot."""
        is_person = actor.partition(".")[0] in PEOPLE and not is_free
        has_leave = actor.startswith("manager") and bool((reason or "").strip())
        expected = []
        for row in self.env["crm.stage.transition"].sudo().search([("id", ">", known[1])]):
            if row.direction in NO_STEP:
                continue
            unmet = {id_ for id_, is_met in self.is_met.items() if not is_met(row.lead_id)}
            verdict = rules.verdict(
                *self._places(row), unmet, is_person, has_leave, is_hand_derived
            )
            if row.verdict == "arrived" and row.from_team_name != row.team_name:
                # what is owed on arrival has tests of its own
                verdict = "arrived"
            expected.append((row, verdict))
        return expected

    def _places(self, row):
        """Return where a lead was before a row, None for nowhere, and where it was after it."""
        after = Place(
            row.to_type, row.to_stage_id.id or None, row.to_status, row.team_id.id or None
        )
        if not row.from_type:
            return None, after
        team_id = self._team_before(row)
        return Place(row.from_type, row.from_stage_id.id or None, row.from_status, team_id), after

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
        user = getattr(self, name)
        if is_reason(reason) and user.has_group(OVERRIDE_GROUP):
            # as the wizards let pass who has the right to it
            context.update(by_permission(reason))
        return self.env(user=user.id, context=context, su=bool(is_sudo) or name == "odoobot")

    def _forget_rules(self):
        self.env["crm.stage"]._renew_rulebook()

    @staticmethod
    def _describe(row):
        return (
            f"{row.by_user_name} {row.lead_name}: {row.from_type} {row.from_stage_name} "
            f"{row.from_status} → {row.to_type} {row.to_stage_name} {row.to_status}, "
            f"{row.from_team_name} → {row.team_name} ({row.policy}): {row.missing}"
        )
