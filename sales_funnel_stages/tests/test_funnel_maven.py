from datetime import datetime, time, timedelta
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .funnel_case import FunnelAssertions
from .maven import MavenImport
from .maven_files import MavenFiles

# each 29th deal of the data set, with all that is odd about it
FOLDER = Path(__file__).parent / "data" / "maven_crm"


@tagged("post_install", "-at_install")
class TestFunnelMaven(TransactionCase, FunnelAssertions):
    """The figures of a real pipeline that went through the gate, at the dates of its files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        files = MavenFiles(FOLDER)
        cls.deals = files.deals
        cls.maven = MavenImport(cls.env, files)
        cls.maven.import_master_data()
        cls.maven.import_leads()
        cls.maven.go()
        cls.leads = cls.maven.leads(cls.deals)
        cls.env.flush_all()
        cls._tell_dates()

    @classmethod
    def _tell_dates(cls):
        """Put the steps at the dates of the files; those that they do not tell, around them."""
        dates = []
        for deal, lead in zip(cls.deals, cls.leads, strict=True):
            engaged = datetime.combine(
                deal.engaged or cls.env.cr.now().date() - timedelta(days=90), time(9)
            )
            closed = datetime.combine(deal.closed, time(12)) if deal.closed else None
            for row in lead.transition_ids.sorted("id"):
                if row.to_status in ("won", "lost"):
                    date = closed
                elif row.to_stage_id.name == "Proposition":
                    date = engaged + (closed - engaged) / 2
                elif row.to_stage_id.name == "Qualified":
                    date = engaged
                else:
                    date = engaged - timedelta(days=20 if row.to_type == "lead" else 6)
                dates.append((row.id, date))
        ids, times = map(list, zip(*dates, strict=True))
        cls.env.execute_query(
            SQL(
                """
                UPDATE crm_stage_transition AS row SET date = told.date
                  FROM unnest(%s::int[], %s::timestamp[]) AS told (id, date)
                 WHERE row.id = told.id RETURNING row.id
                """,
                ids,
                times,
            )
        )
        cls.env.invalidate_all()

    def test_every_figure(self):
        stays = self.assert_funnel()
        self.assertGreater(len(stays), 3 * len(self.deals))

    def test_against_the_files(self):
        """What a person counts in the spreadsheet."""
        domain = [("lead_id", "in", self.leads.ids)]
        found = {
            (type_, stage.name): figures
            for type_, stage, *figures in self.env["crm.funnel.report"]._read_group(
                domain,
                ["step_type", "stage_id"],
                [
                    "reached:count_distinct",
                    "converted:count_distinct",
                    "lost:sum",
                    "still_here:sum",
                ],
            )
        }
        stages = [deal.stage for deal in self.deals]
        all_, won, lost = len(stages), stages.count("Won"), stages.count("Lost")
        engaging, new = stages.count("Engaging"), stages.count("Prospecting")
        not_engaged = sum(not deal.engaged for deal in self.deals)
        self.assertEqual(new, not_engaged)
        self.assertEqual(
            found,
            {
                ("lead", False): [all_, all_, 0, 0],
                ("opportunity", "New"): [all_, all_ - new, 0, new],
                ("opportunity", "Qualified"): [all_ - new, won, lost, engaging],
                ("opportunity", "Proposition"): [won, won, 0, 0],
                ("customer", "Won"): [won, 0, 0, won],
            },
        )
