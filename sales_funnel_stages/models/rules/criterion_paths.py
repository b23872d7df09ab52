from odoo import api, models

from ...names import SALESPERSON_GROUP
from ...tools.criterion_domain import LINES_TYPES, Unreliable
from ...tools.criterion_paths import is_closed, is_secret

# why a path may not go where it goes
CLOSED, RESTRICTED, UNREADABLE = "closed", "restricted", "unreadable"


class CrmQualificationCriterion(models.Model):
    """Through which models and fields a criterion may look.

    It is evaluated as the superuser, and what it says is told to whoever works with leads. So a
    path goes only through what all of these may read, as far as fields go, and its author, as
    far as models do; what is technical, secret or a message is closed to everybody. Which
    records are there, see ``_get_seen_domains``.
    """

    _inherit = "crm.qualification.criterion"

    @api.model
    def _check_step(self, field, model, author=None):
        """Check that a path may go through a field.

        :param model: the records that have the field
        :param author: the ``res.users`` who writes the criterion; none: what they may read was
            checked when they did
        :raise Unreliable: where it may not
        """
        comodel = model.env.get(field.comodel_name or "")
        if is_secret(field.name) or (comodel is not None and is_closed(comodel._name)):
            raise Unreliable(CLOSED)
        if field.groups and not self._is_for_salespeople(field.groups):
            raise Unreliable(RESTRICTED)
        # Odoo hides the others of a private meeting, in Python alone
        if hasattr(model, "_get_public_fields") and field.name not in model._get_public_fields():
            raise Unreliable(RESTRICTED)
        if author:
            self._check_author(field, model, author)

    @api.model
    def _check_author(self, field, model, author):
        """Check that an author may read a field, and the lines in it."""
        reader = model.with_user(author).browse()
        if not (reader.has_access("read") and reader._has_field_access(field, "read")):
            raise Unreliable(UNREADABLE)
        if field.type in LINES_TYPES and not reader.env[field.comodel_name].has_access("read"):
            raise Unreliable(UNREADABLE)

    @api.model
    def _is_for_salespeople(self, groups):
        """Tell whether everybody has one of these groups who works with leads.

        :param str groups: XML ids, as fields have them
        """
        if groups in (SALESPERSON_GROUP, "base.group_user"):
            # as most are: nothing has to be read for it
            return True
        definitions = self.env["res.groups"]._get_group_definitions()
        salesperson = self.env["ir.model.data"]._xmlid_to_res_id(SALESPERSON_GROUP)
        own = {salesperson, *definitions.get_superset_ids([salesperson])}
        return definitions.parse(groups, raise_if_not_found=False).matches(own)

    def _explain_path(self, names):
        """Return ``{problem: the end of a sentence}`` of why a path may not go somewhere."""
        return {
            CLOSED: self.env._(
                "criteria may not look at “%(field)s”: messages, keys and what is technical are "
                "closed to them",
                **names,
            ),
            RESTRICTED: self.env._(
                "not everybody who works with leads may see “%(field)s”", **names
            ),
            UNREADABLE: self.env._("you may not read “%(field)s”, or what it leads to", **names),
        }
