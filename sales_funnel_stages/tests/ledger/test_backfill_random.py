from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from random import Random

from odoo.models import BaseModel
from odoo.tests import tagged
from odoo.tools import SQL

from ...tools.transition import CREATED, direction
from ...tools.verdict import LOST, OPEN, WON, State
from ..support.backfill_common import START, BackfillCommon

LEADS = 400
# before the status was tracked
OLD_START = datetime(2010, 1, 6, 9)
TYPES = {True: "opportunity", False: "lead"}
TYPE_LABELS = {True: "Opportunity", False: "Lead"}
STATUS_VALUES = {OPEN: "pending", WON: "won", LOST: "lost"}
STATUS_LABELS = {OPEN: "Pending", WON: "Won", LOST: "Lost"}
COLUMNS = {"type": "char", "won_status": "char", "expected_revenue": "float"}


@dataclass(frozen=True)
class Past:
    """Where a lead was at some moment; its status follows from where it was."""

    is_opportunity: bool
    stage_id: int
    team_id: int
    user_id: int
    active: bool
    expected_revenue: float

    def status(self, won_ids):
        if not self.active:
            return LOST
        return WON if self.stage_id in won_ids else OPEN

    def state(self, won_ids):
        return State(self.is_opportunity, self.stage_id, self.team_id, status=self.status(won_ids))


@tagged("post_install", "-at_install")
class TestBackfillRandom(BackfillCommon):
    """Any history is told as it was, and its directions are those of ``tools.transition``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_team = cls.make_team("Others", "off")
        cls.stages = cls.env["crm.stage"].create(
            [
                {"name": "Theirs", "sequence": 2, "team_ids": cls.other_team.ids},
                {"name": "Ours", "sequence": 0, "team_ids": cls.team.ids},
                {"name": "Folded", "sequence": 1, "fold": True},
                {"name": "On hold", "sequence": 3, "is_outside_pipeline": True},
                {"name": "Won again", "sequence": 2, "is_won": True},
            ]
        ) + (cls.stage_new + cls.stage_qualified + cls.stage_proposition + cls.stage_won)
        cls.won_ids = set(cls.stages.filtered("is_won").ids)
        cls.users = cls.rep + cls.manager
        cls.book = cls.env["crm.qualification.framework"]._get_rulebook()
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE ir_model_data SET create_date = '2015-01-01'"
            " WHERE module = 'crm' AND name = 'field_crm_lead__won_status'"
        )

    def test_random_histories(self):
        random = Random("history")
        expected = dict(self.make_history(random) for _ in range(LEADS))
        self.env["crm.stage.transition"]._backfill()
        found = {lead_id: [] for lead_id in expected}
        for row in self.env["crm.stage.transition"].search(
            [("lead_id", "in", list(expected))], order="date, id"
        ):
            values = {name: row[name] for name in expected[row.lead_id.id][0]}
            found[row.lead_id.id].append(
                {
                    name: value.id if isinstance(value, BaseModel) else value or False
                    for name, value in values.items()
                }
            )
        directions = {row["direction"] for rows in found.values() for row in rows}
        self.assertEqual(len(directions), 8, "the histories are too much alike")
        for lead_id, rows in expected.items():
            self.assertEqual(found[lead_id], rows)

    def make_history(self, random):
        """Make a lead with a random past.

        :return: its id, and the rows that have to be made of it
        """
        is_old = random.random() < 0.3
        start = OLD_START if is_old else START
        now = self.any_past(random)
        lead_id = self.insert_lead(start)
        rows = [self.make_row(start, None, now, self.env.user)]
        since, is_stage_told = start, False
        for hour in range(1, random.randrange(1, 9)):
            date, user = start + timedelta(hours=hour), random.choice(self.users)
            before, is_gap = now, is_stage_told and random.random() < 0.2
            if is_gap:
                # nobody tracked this move, and one follows that tells where it led
                before = replace(now, stage_id=random.choice(self.others_like(now)))
            now = self.any_change(random, before, {"stage_id"} if is_gap else set())
            self.track(random, lead_id, date, user, before, now, is_old)
            is_stage_told |= before.stage_id != now.stage_id
            was, is_now = before.state(self.won_ids), now.state(self.won_ids)
            if was.place == is_now.place:
                continue
            is_step = replace(was, team_id=0) != replace(is_now, team_id=0)
            seconds = (date - since).total_seconds() if is_step else 0
            rows.append(self.make_row(date, before, now, user, seconds, is_gap))
            since = date if is_step else since
        self.finish(lead_id, now)
        return lead_id, rows

    def others_like(self, past):
        """Return the other stages that are as good as won, or as open, as a lead's."""
        is_won = past.stage_id in self.won_ids
        return [
            stage.id
            for stage in self.stages
            if stage.is_won == is_won and stage.id != past.stage_id
        ]

    def any_past(self, random):
        return Past(
            is_opportunity=random.random() < 0.6,
            stage_id=random.choice(self.stages).id,
            team_id=random.choice([self.team.id, self.other_team.id, 0]),
            user_id=random.choice([*self.users.ids, 0]),
            active=random.random() < 0.8,
            expected_revenue=random.randrange(1000),
        )

    def any_change(self, random, past, names):
        """Return what becomes of a lead; what is named changes in any case."""
        count = random.choice([1, 1, 1, 2, 3])
        names = names | set(random.sample([field.name for field in fields(Past)], count))
        now = past
        while any(getattr(now, name) == getattr(past, name) for name in names):
            other = self.any_past(random)
            now = replace(past, **{name: getattr(other, name) for name in names})
        return now

    def make_row(self, date, before, now, by_user, seconds=0, is_gap=False):
        was, is_now = (before or now).state(self.won_ids), now.state(self.won_ids)
        row = {
            "date": date,
            "direction": direction(was, is_now, self.book) if before else CREATED,
            "to_type": TYPES[is_now.is_opportunity],
            "to_stage_id": is_now.stage_id,
            "to_status": is_now.status,
            "from_type": before and TYPES[was.is_opportunity],
            "from_stage_id": before and was.stage_id,
            "from_status": before and was.status,
            "team_id": now.team_id,
            "user_id": now.user_id,
            "by_user_id": by_user.id,
            "expected_revenue": now.expected_revenue,
            "seconds_in_previous": seconds,
            "is_gap": is_gap,
        }
        return {name: value or False for name, value in row.items()}

    # ------------------------------------------------------------------
    # Past the ORM, which would have its own ideas
    # ------------------------------------------------------------------

    def insert_lead(self, date):
        self.env.cr.execute(
            "INSERT INTO crm_lead (name, type, create_date, create_uid)"
            " VALUES ('Random', 'lead', %s, %s) RETURNING id",
            [date, self.env.uid],
        )
        return self.env.cr.fetchone()[0]

    def finish(self, lead_id, now):
        values = {
            "type": TYPES[now.is_opportunity],
            "stage_id": now.stage_id,
            "team_id": now.team_id or None,
            "user_id": now.user_id or None,
            "active": now.active,
            "expected_revenue": now.expected_revenue,
            "won_status": STATUS_VALUES[now.status(self.won_ids)],
        }
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_lead SET %s = %s WHERE id = %s",
                    SQL.identifier(name),
                    value,
                    lead_id,
                )
            )

    def track(self, random, lead_id, date, user, before, now, is_old):
        """Track what changed, in labels that are sometimes not known any more."""
        told = {
            field.name: (getattr(before, field.name), getattr(now, field.name))
            for field in fields(Past)
        }
        told["type"] = [TYPE_LABELS[value] for value in told.pop("is_opportunity")]
        if not is_old:
            told["won_status"] = [
                STATUS_LABELS[each.status(self.won_ids)] for each in (before, now)
            ]
        self.env.cr.execute(
            "INSERT INTO mail_message (model, res_id, date, author_id, create_uid, message_type)"
            " VALUES ('crm.lead', %s, %s, %s, %s, 'notification') RETURNING id",
            [lead_id, date, user.partner_id.id, self.env.uid],
        )
        [(message_id,)] = self.env.cr.fetchall()
        for name, values in told.items():
            if values[0] == values[1]:
                continue
            column = COLUMNS.get(name, "integer")
            if column == "char":
                values = [random.choice([value, value, "Nobody knows"]) for value in values]
            elif column == "integer":
                values = [int(value) for value in values]
            self.env.cr.execute(
                SQL(
                    "INSERT INTO mail_tracking_value (mail_message_id, field_id, %s, %s)"
                    " VALUES (%s, %s, %s, %s)",
                    SQL.identifier(f"old_value_{column}"),
                    SQL.identifier(f"new_value_{column}"),
                    message_id,
                    self.env["ir.model.fields"]._get("crm.lead", name).id,
                    *values,
                )
            )
