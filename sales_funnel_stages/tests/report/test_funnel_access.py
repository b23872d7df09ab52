from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..support.funnel_common import FunnelReportCommon


@tagged("post_install", "-at_install")
class TestFunnelAccess(FunnelReportCommon):
    """Nobody sees figures of leads that they may not read."""

    def test_reps_count_what_they_see(self):
        mine, other = self.make_lead("Mine"), self.make_lead("Other", self.all_rep)
        archived = self.make_lead("Archived")
        deleted = self.make_lead("Gone")
        refs = [mine.id, other.id, archived.id, deleted.id]
        archived.action_archive()
        deleted.sudo().unlink()

        def seen(user):
            report = self.report.with_user(user)
            found = set(report.search([("lead_ref", "in", refs)]).mapped("lead_ref"))
            [[count]] = report._read_group(
                [("lead_ref", "in", refs)], [], ["reached:count_distinct"]
            )
            self.assertEqual(count, len(found))
            return found

        self.assert_seen_as_leads_are(seen, {mine.id, archived.id}, set(refs), {deleted.id})

    def test_what_was_skipped_is_as_secret(self):
        self.deals[-1].user_id = self.all_rep
        self.deals[-1].action_set_won()
        domain = [("lead_ref", "=", self.deals[-1].id), ("is_skipped", "=", True)]
        self.assertTrue(self.report.with_user(self.all_rep).search(domain))
        self.assertFalse(self.report.with_user(self.rep).search(domain))

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other house"})
        lead = self.make_lead(user_id=False, team_id=False, company_id=company.id)
        deleted = self.make_lead(user_id=False, team_id=False, company_id=company.id)
        domain = [("lead_ref", "in", [lead.id, deleted.id])]
        deleted.sudo().unlink()
        report = self.report.with_user(self.manager)
        self.assertFalse(report.search(domain))
        self.manager.company_ids += company
        both = self.manager.company_ids.ids
        self.assertEqual(len(report.with_context(allowed_company_ids=both).search(domain)), 2)

    def test_nobody_changes_it(self):
        for user in (self.rep, self.manager):
            report = self.report.with_user(user)
            row = report.search(self.domain, limit=1)
            for change in (
                lambda report=report: report.create({}),
                lambda row=row: row.write({"outcome": "lost"}),
                lambda row=row: row.unlink(),
            ):
                with self.assertRaises(AccessError):
                    change()
