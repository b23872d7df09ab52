import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class CrmQualificationFramework(models.Model):
    """What follows for a framework from being followed, or no more."""

    _inherit = "crm.qualification.framework"

    def _adapt_to_followers(self):
        """Let shipped frameworks have rules that name a stage while somebody follows them.

        A template that is followed gets them; one that nobody follows any more becomes a
        template again, unless somebody has edited its rules.
        """
        if not self:
            return
        shipped_ids = self._get_shipped_names()
        # sudo: whoever may choose a framework need not be able to make rules
        shipped = self.sudo().filtered(lambda framework: framework.id in shipped_ids)
        teams, companies = shipped._get_followers()
        followed = teams.framework_id | companies.qualification_framework_id
        (shipped & followed).filtered("is_template")._make_stage_rules()
        (shipped - followed).filtered(lambda each: not each.is_template)._become_templates()

    @api.model
    def _release_stages(self):
        """Let shipped frameworks that nobody follows become templates, in a database in use.

        Those that somebody has edited stay as they are, and are named to the administrators.
        """
        shipped = self.browse(self._get_shipped_names())
        shipped._adapt_to_followers()
        teams, companies = shipped._get_followers()
        followed = teams.framework_id | companies.qualification_framework_id
        edited = (shipped - followed).filtered(lambda each: each.rule_ids.stage_id)
        if edited:
            # read by whoever administers, in one language
            edited.with_context(lang=self.env.ref("base.user_admin").lang)._note_held_stages()

    def _note_held_stages(self):
        """Say in the log and in the channel of the administrators which stages these hold."""
        lines = [
            f"{framework.name}: {', '.join(framework.rule_ids.stage_id.mapped('name'))}"
            for framework in self
        ]
        note = self.env._(
            "Nobody follows these qualification frameworks, but their stage rules were edited: "
            "they are kept, and the stages that they name cannot be deleted before they are. "
            "%(frameworks)s",
            frameworks="; ".join(lines),
        )
        self._tell_administrators(note)

    @api.model
    def _tell_administrators(self, note):
        """Say something in the log and in the channel of the administrators."""
        _logger.info(note)
        channel = self.env.ref("mail.channel_admin", raise_if_not_found=False)
        if channel:
            channel.message_post(body=note, subtype_xmlid="mail.mt_comment")


class CrmFrameworkFollowerMixin(models.AbstractModel):
    """A model whose records follow a framework, whose rules are made however they choose it."""

    _name = "crm.framework.follower.mixin"
    _inherit = "crm.rulebook.mixin"
    _description = "Follower of a Qualification Framework"

    # the field that names the framework
    _framework_field = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._get_followed()._adapt_to_followers()
        return records

    def write(self, vals):
        if self._framework_field not in vals:
            return super().write(vals)
        followed = self._get_followed()
        result = super().write(vals)
        (followed | self._get_followed())._adapt_to_followers()
        return result

    def unlink(self):
        followed = self._get_followed()
        result = super().unlink()
        followed._adapt_to_followers()
        return result

    def _get_followed(self):
        # sudo: it is followed whoever may see it; its rules are all that is changed
        return self.sudo()[self._framework_field]
