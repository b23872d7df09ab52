from collections import defaultdict
from datetime import timedelta

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import babel_locale_parse

from ...tools import transition as transitions
from ...tools.rulebook import REQUIRED
from ...tools.verdict import APPROVED, LOST

MOVES = (
    transitions.FORWARD,
    transitions.SKIPPED,
    transitions.BACKWARD,
    transitions.SIDEWAYS,
)


class CrmStageTransition(models.Model):
    """A transition told to a person: "12 days in Qualified, moved to Proposition by Ann"."""

    _inherit = "crm.stage.transition"

    summary = fields.Char(compute="_compute_summary")
    missing = fields.Char(
        string="Not Met Then",
        compute="_compute_summary",
        help="What was required there and not met, as it was called then.",
    )

    @api.depends("direction", "from_status", "seconds_in_previous", "receipt")
    @api.depends_context("lang", "uid")
    def _compute_summary(self):
        names = self._get_readable_names()
        for row in self:
            stay, event = row._get_stay_text(names), row._get_event_text(names)
            row.summary = (
                self.env._("%(stay)s, %(event)s", stay=stay, event=event)
                if stay
                else event[:1].upper() + event[1:]
            )
            row.missing = ", ".join(
                names["crm.qualification.criterion", each["id"], each["name"]]
                for each in row.receipt or []
                if each["tier"] == REQUIRED and each["met"] is False
            )

    def _get_stay_text(self, names):
        """Return how long the lead had been where it left, or lost there, or an empty text."""
        self.ensure_one()
        if not self.seconds_in_previous:
            return ""
        duration = format_timedelta(
            timedelta(seconds=self.seconds_in_previous),
            # 12 days rather than 2 weeks
            threshold=2,
            locale=babel_locale_parse(self.env.lang),
        )
        if self.from_status == LOST:
            return self.env._("Lost for %s", duration)
        # which stages an imported deal went through until it was closed is not known
        is_stage_known = self.from_stage_name and not (self.is_imported and self.is_gap)
        if self.from_type == "lead" or not is_stage_known:
            return (
                self.env._("%s as a lead", duration)
                if self.from_type == "lead"
                else self.env._("%s as an opportunity", duration)
            )
        stage = names["crm.stage", self.from_stage_id.id, self.from_stage_name]
        return self.env._("%(duration)s in %(stage)s", duration=duration, stage=stage)

    def _get_event_text(self, names):
        """Return what happened, and by whom, in lower case."""
        self.ensure_one()
        what = self._get_what_text(
            stage=names["crm.stage", self.to_stage_id.id, self.to_stage_name or ""],
            team=names["crm.team", self.team_id.id, self.team_name or ""],
            lost_reason=names[
                "crm.lost.reason", self.lost_reason_id.id, self.lost_reason_name or ""
            ],
        )
        user = self._get_by_name()
        if not user:
            return what
        if self.is_imported:
            return self.env._("%(what)s, imported by %(user)s", what=what, user=user)
        return self.env._("%(what)s by %(user)s", what=what, user=user)

    def _get_by_name(self):
        """Return what the one is called now who took this step: a name of then may be another's."""
        self.ensure_one()
        # sudo: whoever may read a step of a lead may know who took it
        return self.sudo().by_user_id.name or self.by_user_name

    def _get_what_text(self, stage, team, lost_reason):
        """Return what happened, in lower case.

        :param str stage: what the stage is called that was entered; what was reconstructed may
            not know it
        :param str team: what the team is called
        :param str lost_reason: why it was lost, if it was, and if somebody said so
        """
        if self.direction in MOVES or self.direction == transitions.CREATED:
            return self._get_move_text(stage)
        return {
            transitions.BECAME_LOST: self.env._("marked as lost: %s", lost_reason)
            if lost_reason
            else self.env._("marked as lost"),
            transitions.REOPENED: self.env._("reopened in %s", stage)
            if stage
            else self.env._("reopened"),
            transitions.HANDED_OVER: self.env._("handed over to the team %s", team)
            if team
            else self.env._("taken from its team"),
            transitions.CHANGED_COMPANY: self._get_company_text(),
            transitions.MERGED: self.env._("merged with this one: “%s”", self.lead_name or ""),
            transitions.DELETED: self.env._("deleted"),
        }[self.direction]

    def _get_company_text(self):
        """Return to which company the lead came, in lower case; see ``_get_what_text``."""
        # sudo: whoever may read a step of a lead may know whose it was then
        company = self.sudo().company_id
        return (
            self.env._("handed over to the company %s", company.name)
            if company
            else self.env._("shared among the companies")
        )

    def _get_move_text(self, stage):
        """Return which way the lead went, in lower case; see ``_get_what_text``."""
        is_forward = self.direction in (transitions.FORWARD, transitions.SKIPPED)
        if is_forward and transitions.is_win(self.from_status, self.to_status):
            return self.env._("won")
        if self.from_type != self.to_type and self.direction != transitions.SIDEWAYS:
            return self._get_type_text(stage)
        if not stage:
            return (
                self.env._("moved to a stage that is not known")
                if self.is_reconstructed
                else self.env._("taken out of its stage")
            )
        return {
            transitions.FORWARD: self.env._("moved to %s", stage),
            transitions.SKIPPED: self.env._("moved to %s, skipping stages", stage),
            transitions.BACKWARD: self.env._("moved back to %s", stage),
            transitions.SIDEWAYS: self.env._("moved to %s", stage),
        }[self.direction]

    def _get_type_text(self, stage):
        """Return what the lead became, in lower case; see ``_get_what_text``."""
        if self.to_type == "lead":
            return (
                self.env._("returned to lead")
                if self.from_type
                else self.env._("created as a lead")
            )
        if self.direction == transitions.CREATED:
            return (
                self.env._("created as an opportunity in %s", stage)
                if stage
                else self.env._("created as an opportunity")
            )
        return (
            self.env._("became an opportunity in %s", stage)
            if stage
            else self.env._("became an opportunity")
        )

    def _get_debt_text(self, criterion_ids):
        """Return by whose permission a lead passed, until when, what is still not met, and why.

        :param criterion_ids: of those that are still not met
        """
        self.ensure_one()
        user = (
            self.approver_id.name or self.approver_name
            if self.verdict == APPROVED
            else self._get_by_name()
        )
        values = {
            "user": user or "",
            "date": format_date(self.env, self.make_good_date),
            "missing": self._join_names(criterion_ids),
            "reason": self.reason or "",
        }
        if self.verdict == APPROVED:
            return self.env._(
                "Approved by %(user)s until %(date)s: %(missing)s. Reason: %(reason)s", **values
            )
        return self.env._(
            "Overridden by %(user)s until %(date)s: %(missing)s. Reason: %(reason)s", **values
        )

    @api.model
    def _join_names(self, criterion_ids):
        return ", ".join(self.env["crm.lead"]._get_criterion_names(criterion_ids).values())

    def _get_arrival_text(self, criterion_ids):
        """Return when a lead was handed over, by whom, and what is still not met.

        :param criterion_ids: of those that are still not met
        """
        self.ensure_one()
        return self.env._(
            "Handed over on %(date)s by %(user)s without: %(missing)s",
            date=format_date(self.env, fields.Datetime.context_timestamp(self, self.date)),
            user=self.by_user_id.name or self.by_user_name or "",
            missing=self._join_names(criterion_ids),
        )

    def _get_readable_names(self):
        """Return ``{(model, id, name kept): name}``, for all names that these rows keep.

        It is the name in the language of the reader, as long as what bears it is still
        called so in any language; else the name as it was kept.
        """
        kept_by_model = defaultdict(set)
        for row in self:
            kept_by_model["crm.stage"].add((row.from_stage_id.id, row.from_stage_name or ""))
            kept_by_model["crm.stage"].add((row.to_stage_id.id, row.to_stage_name or ""))
            kept_by_model["crm.team"].add((row.team_id.id, row.team_name or ""))
            kept_by_model["crm.lost.reason"].add(
                (row.lost_reason_id.id, row.lost_reason_name or "")
            )
            kept_by_model["crm.qualification.criterion"].update(
                (each["id"], each["name"]) for each in row.receipt or []
            )
        return {
            (model_name, *key): name
            for model_name, kept in kept_by_model.items()
            for key, name in self._read_names(model_name, kept).items()
        }

    def _read_names(self, model_name, kept):
        """Return ``{(id, name kept): name}`` of records of a model; see ``_get_readable_names``."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        # sudo: whoever may read a row may read what stands in it
        records = self.env[model_name].sudo().with_context(prefetch_langs=True)
        records = records.browse({id_ for id_, _name in kept if id_})
        known = {
            record.id: {record.with_context(lang=lang).name for lang in languages}
            for record in records.exists()
        }
        return {
            (id_, name): records.browse(id_).name if name in known.get(id_, ()) else name
            for id_, name in kept
        }
