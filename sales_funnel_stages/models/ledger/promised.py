from odoo import fields, models
from odoo.tools import SQL

from .transition import STEP_START

# Of what is about to be predicted anew there is what was predicted last. Each lead is looked up by
# itself: for most moves there is one, and joins take longer to plan than to run.
KNOWN = f"""
    SELECT lead.id, {STEP_START % "lead.id"}, lead.probability, lead.automated_probability,
           (
               SELECT min(date_deadline) FROM mail_activity
                WHERE res_model = 'crm.lead' AND res_id = lead.id AND active
           ),
           stakeholder.count, stakeholder.engaged
      FROM crm_lead AS lead
CROSS JOIN LATERAL (
               SELECT count(*) AS count, count(*) FILTER (WHERE relationship <> 'none') AS engaged
                 FROM crm_lead_stakeholder
                WHERE lead_id = lead.id
           ) AS stakeholder
     WHERE lead.id = ANY(%(ids)s)
"""
PROBABILITIES = ("probability", "automated_probability")
COUNTS = ("stakeholder_count", "engaged_stakeholder_count")
NOTHING_KNOWN = (None, None, None, None, 0, 0)
DATES = ("date_deadline", "next_activity_date")


class CrmStageTransition(models.Model):
    """What was promised of a lead when it moved; empty in rows of before 19.0.7.0.0."""

    _inherit = "crm.stage.transition"

    probability = fields.Float(
        string="Probability Then",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Before Odoo predicts it anew for where the lead has come to.",
    )
    automated_probability = fields.Float(
        string="Predicted Probability Then",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="What Odoo had predicted: another than the probability, if that is by hand.",
    )
    date_deadline = fields.Date(string="Expected Closing Then", readonly=True)
    next_activity_date = fields.Date(
        string="Next Activity Then",
        readonly=True,
        help="When the first of the activities that were planned was due.",
    )
    stakeholder_count = fields.Integer(string="Stakeholders Then", readonly=True, aggregator="avg")
    engaged_stakeholder_count = fields.Integer(
        string="Engaged Stakeholders Then", readonly=True, aggregator="avg"
    )


class CrmLead(models.Model):
    """What is promised of leads now, as their rows in the ledger keep it."""

    _inherit = "crm.lead"

    def _get_promised(self):
        """Return what is promised of these, and since when they are in their step, as superuser.

        No probability is predicted for it, which may itself move leads. Queries: one.

        :return: ``{id: values of a row}``, and ``{id: date}``: None where the
            ledger does not know
        """
        self.env["mail.activity"].flush_model(["res_model", "res_id", "date_deadline", "active"])
        self.env["crm.lead.stakeholder"].flush_model(["lead_id", "relationship"])
        known = {id_: values for id_, *values in self.env.execute_query(SQL(KNOWN, ids=self.ids))}
        pending = [
            {*self.env.records_to_compute(self._fields[name])._ids} for name in PROBABILITIES
        ]
        promised, starts = {}, {}
        for lead in self:
            start, *kept, activity_date, stakeholders, engaged = known.get(lead.id, NOTHING_KNOWN)
            probabilities = {
                name: last if lead.id in unknown else lead[name]
                for name, last, unknown in zip(PROBABILITIES, kept, pending, strict=True)
            }
            starts[lead.id] = start
            promised[lead.id] = {
                # a number that is not named is empty, and not 0
                **{name: each for name, each in probabilities.items() if each is not None},
                **dict(zip(COUNTS, (stakeholders, engaged), strict=True)),
                **dict(zip(DATES, (lead.date_deadline, activity_date), strict=True)),
            }
        return promised, starts


def without_promised(row, is_of_now):
    """Return the values of a row that tells of the past, without what is promised now.

    :param bool is_of_now: whether it leads to where the lead is
    """
    forgotten = {*PROBABILITIES, *COUNTS}
    return {
        name: None if name in DATES and not is_of_now else value
        for name, value in row.items()
        if name not in forgotten
    }
