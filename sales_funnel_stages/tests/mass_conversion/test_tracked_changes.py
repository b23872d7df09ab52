from odoo.tests import tagged

from ..support.common import StageRuleCommon
from ..support.history_marks import made_up_history


@tagged("post_install", "-at_install")
class TestTrackedChanges(StageRuleCommon):
    """What changes on several leads is logged on each, however often in one transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.team.stage_rule_policy = "off"
        cls.leads = cls.make_opportunity("One", user=cls.all_rep)
        cls.leads += cls.make_opportunity("Two", user=cls.all_rep)
        cls.flush_tracking()

    @classmethod
    def flush_tracking(cls):
        """Do what Odoo does before it commits."""
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    def tracked(self, values):
        """Write on the leads → what was tracked of it, of one after the other."""
        before = self.leads.sudo().message_ids
        self.leads.write(values)
        self.flush_tracking()
        messages = (self.leads.sudo().message_ids - before).sorted("res_id")
        tracked = messages.tracking_value_ids
        return [(each.mail_message_id.res_id, each.new_value_char) for each in tracked]

    def test_stages_one_after_the_other(self):
        # Odoo posts a new stage by itself, so nothing is left to be logged
        for stage in (self.stage_qualified, self.stage_new, self.stage_qualified):
            self.assertCountEqual(
                self.tracked({"stage_id": stage.id}), [(id_, stage.name) for id_ in self.leads.ids]
            )

    def test_names_between_stages(self):
        self.tracked({"stage_id": self.stage_qualified.id})
        for user in (self.manager, self.all_rep):
            self.assertCountEqual(
                self.tracked({"user_id": user.id}), [(id_, user.name) for id_ in self.leads.ids]
            )
        self.assertEqual(len(self.tracked({"stage_id": self.stage_new.id})), 2)

    def test_nothing_is_logged_where_nothing_is_tracked(self):
        queries = []
        for leads in (self.leads[:1], self.leads):
            # what a first call reads for all that follow is no cost of it
            for priority in ("1", "2"):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                leads.write({"priority": priority})
                self.flush_tracking()
                counted = self.env.cr.sql_log_count - before
            queries.append(counted)
        self.assertEqual(*queries)

    @made_up_history("one lead is deleted past Odoo")
    def test_one_changed_and_one_deleted(self):
        self.leads.write({"need_level": "strong"})
        [lead, deleted] = self.leads
        before = lead.message_ids
        # as where PostgreSQL deletes what refers to something: Odoo does not know yet
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_lead WHERE id = %s", [deleted.id])
        self.env.invalidate_all(flush=False)
        self.flush_tracking()
        self.assertEqual(
            (lead.message_ids - before).sudo().tracking_value_ids.field_id.name, "need_level"
        )
