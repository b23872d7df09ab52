import unittest
from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from ...exceptions import StageRuleError
from ...tools.rulebook import GUIDE, OFF, POLICIES
from .case import StageRuleAssertions
from .common import LeadsInUseCommon
from .door import AS_LEAD, NOTHING, REFUSED
from .flush_net import FlushNet
from .remote import RemoteCase


class DoorCase(RemoteCase, LeadsInUseCommon, StageRuleAssertions):
    """Everybody and everything that the doors need; and what is asserted of each."""

    place = "apart from the doors"
    #: answers that every lead has
    known = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_none = cls.env["crm.stage"]
        cls.stage_on_hold = cls.env["crm.stage"].create(
            {"name": "On hold", "sequence": 50, "is_outside_pipeline": True}
        )
        cls.odoobot = cls.env.ref("base.user_root")
        cls.visitor = cls.env.ref("base.public_user")
        cls.portal = new_test_user(cls.env, "funnel_portal", "base.group_portal")
        cls.stranger = new_test_user(cls.env, "funnel_stranger", "sales_team.group_sale_salesman")
        cls.other_team = cls.make_team(
            "Others", GUIDE, member_ids=[Command.set(cls.stranger.ids)], sequence=100
        )
        cls._set_up_assignment()
        cls._set_up_mail()

    @classmethod
    def make_lead(cls, name="Some lead", user=None, **values):
        return super().make_lead(name, user, **{**cls.known, **values})

    @classmethod
    def _set_up_assignment(cls):
        """Let lead assignment give what it finds to the rep."""
        cls.env["crm.team.member"].search([]).assignment_max = 0
        members = cls.team.crm_team_member_ids
        members.filtered(lambda each: each.user_id == cls.rep).assignment_max = 300

    @classmethod
    def _set_up_mail(cls):
        """Let what comes in at the team's address be an opportunity in its second stage."""
        for user in cls.rep + cls.manager + cls.portal:
            user.email = f"{user.login}@house.example.com"
        cls.env["mail.alias.domain"].search([]).unlink()
        domain = cls.env["mail.alias.domain"].create({"name": "funnel.example.com"})
        cls.env.company.alias_domain_id = domain
        cls.team.write({"alias_name": "sales-funnel", "alias_domain_id": domain.id})
        cls.team.alias_id.alias_defaults = str(
            {
                "type": "opportunity",
                "team_id": cls.team.id,
                "stage_id": cls.stage_qualified.id,
            }
        )

    def _formatMessage(self, msg, standardMsg):
        """Say before which door it was, too."""
        return super()._formatMessage(msg, f"{self.place}: {standardMsg}")

    def _put_under_lax_rules(self, leads, team):
        """Let leads be of that team, or of none, and still of their salesperson."""
        for lead in leads.sudo():
            lead.with_user(self.odoobot).team_id = team
            self.assertEqual(lead.team_id, team)

    @contextmanager
    def at(self, door, actor, lax_team=None, **context):
        """Let somebody stand before a door, and undo in the end what came of it.

        :param lax_team: whose the lead is, which may be none; None: the one that enforces
        :return: the lead that is to go through, as that actor sees it; None if there is none yet
        """
        with self.subTest(door=door.name, user=actor.user, sudo=actor.sudo):
            self.door, self.said = door.name, ""
            self.place = f"{actor} at “{door.name}”"
            savepoint = self.env.cr.savepoint()
            try:
                self.acting = self.env(
                    user=getattr(self, actor.user).id,
                    su=actor.sudo,
                    context={**self.env.context, **context},
                )
                self.twin = self.env["crm.lead"]
                lead = door.start and door.start(self).with_env(self.acting)
                if lax_team is not None:
                    self._put_under_lax_rules(lead + self.twin.with_env(self.acting), lax_team)
                self.env.flush_all()
                with FlushNet(self.env) as self.net:
                    yield lead
                    self.net.check()
                self.assertFalse(self.net.missed, "moves without a row in the ledger")
                self.assert_ledger_complete()
            finally:
                savepoint.close(rollback=True)
                self.env.registry.reset_changes()

    def assert_passes(self, door, lead, verdict, unmet=()):
        """Assert that a door lets a lead through, and that the ledger tells how."""
        last_id = self.last_row_id()
        came_out = door.enter(self, lead)
        self.env.flush_all()
        self.env.invalidate_all()
        # whoever is given a lead that is shared makes it their company's
        rows = self.rows(came_out).filtered(
            lambda row: row.id > last_id and row.direction != "company"
        )
        self.assertEqual(came_out.exists().sudo().stage_id, getattr(self, door.stage))
        self.assertEqual(rows[-1:].direction or None, door.direction)
        if door.direction:
            if door.is_past_orm:
                self.assertFalse(self.net.noted)
            else:
                self.assertIn(came_out.id, self.net.noted)
            row = rows[-1]
            self.assertEqual(row.verdict, verdict)
            self.assertEqual(row.by_user_id, self.acting.user)
            self.assertEqual(
                row.unmet_criterion_ids, row.unmet_criterion_ids.concat(*map(self.criterion, unmet))
            )

    def assert_says(self, door, lead, said):
        """Assert what the ledger says last of what a door does, "no move" where it says nothing."""
        if said == REFUSED:
            before = self.everything()
            # not Odoo's, which would undo what was done before
            with unittest.TestCase.assertRaises(self, StageRuleError):
                door.enter(self, lead)
            self.assertEqual(self.everything(), before)
            return
        last_id = self.last_row_id()
        came_out = door.enter(self, lead)
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.rows(came_out).filtered(
            lambda row: row.id > last_id and row.direction != "company"
        )
        self.assertEqual(rows[-1:].verdict or "no move", said)

    def assert_stops(self, door, lead):
        """Assert that a door does not let a lead through, says why, and leaves nothing behind."""
        before = self.everything()
        if door.outcome == REFUSED:
            # not Odoo's, which would undo what was done before
            with unittest.TestCase.assertRaises(self, UserError) as caught:
                door.enter(self, lead)
            self.assertIn(type(caught.exception), (StageRuleError, UserError))
            self.said = str(caught.exception)
        else:
            came_out = door.enter(self, lead)
        if door.outcome == AS_LEAD:
            self.assert_moved(came_out, self.stage_new, type_="lead")
            said = "".join(came_out.message_ids.mapped("body"))
            for name in door.unmet:
                self.assertIn(self.criterion(name).name, said)
            return
        self.assertEqual(self.everything(), before)
        if door.outcome == NOTHING:
            return
        self.assertIn(door.name, self.said)
        if "give a reason" in self.said:
            # the wizard, which shows what is missing, asks who may override for a reason
            return
        for name in door.unmet:
            self.assertIn(self.criterion(name).name, self.said)

    def everything(self):
        """Return where the database has every lead, and how many rows a move may leave."""
        self.env.flush_all()
        self.env.invalidate_all()
        places = self.env.execute_query(
            SQL(
                """
                SELECT id, type, stage_id, team_id, user_id, active, won_status, probability,
                       partner_id
                  FROM crm_lead
              ORDER BY id
                """
            )
        )
        return places, self.last_row_id(), self.env["res.partner"].search_count([])

    def last_row_id(self):
        self.env.flush_all()
        [[last_id]] = self.env.execute_query(
            SQL("SELECT COALESCE(max(id), 0) FROM crm_stage_transition")
        )
        return last_id


class EveryDoor:
    """What holds for every door, under every policy, for whoever may stand before it.

    For a case that is a ``DoorCase``.
    """

    #: those that can be refused, and those that are always free
    gates = free = ()

    def test_people_are_stopped(self):
        for door in self.gates:
            for actor in door.people():
                with self.at(door, actor) as lead:
                    self.assert_stops(door, lead)

    def test_others_are_exempt(self):
        for door in self.gates:
            for actor in door.others():
                with self.at(door, actor) as lead:
                    self.assert_passes(door, lead, "exempt", door.unmet)

    def test_guide(self):
        self.team.stage_rule_policy = GUIDE
        for door in self.gates:
            for actor in door.some_actors():
                with self.at(door, actor) as lead:
                    self.assert_passes(door, lead, "guided", door.unmet)

    def test_of_a_laxer_team(self):
        """Guide blocks nothing, also where Odoo moves the lead to a team that enforces."""
        for door in (*self.gates, *self.free):
            for actor in door.people()[:1] if door.of_lax(door.of_lax_team) != "–" else ():
                with self.at(door, actor, self.other_team) as lead:
                    self.assert_says(door, lead, door.of_lax(door.of_lax_team))

    def test_of_a_laxer_company(self):
        self.assertEqual(self.env.company.stage_rule_policy, GUIDE)
        for door in (*self.gates, *self.free):
            for actor in door.people()[:1] if door.of_lax(door.of_lax_company) != "–" else ():
                with self.at(door, actor, self.env["crm.team"]) as lead:
                    self.assert_says(door, lead, door.of_lax(door.of_lax_company))

    def test_off(self):
        self.team.stage_rule_policy = OFF
        for door in self.gates:
            for actor in door.some_actors():
                with self.at(door, actor) as lead:
                    self.assert_passes(door, lead, "passed")

    def test_free_doors(self):
        for policy in POLICIES:
            self.team.stage_rule_policy = policy
            for door in self.free:
                for actor in door.some_actors():
                    with self.at(door, actor) as lead:
                        self.assert_passes(door, lead, "passed")
