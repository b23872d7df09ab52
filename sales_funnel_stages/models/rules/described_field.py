"""Fields whose description is worked out once.

The web client asks for that of each field of a model whenever it opens one of its pages, and Odoo
works it out anew, for each field from the labels of all. Of ours, which are many, it is kept in the
registry, as long as Odoo keeps the labels that it consists of.
"""

from odoo import api, fields, models, tools

# what of a description follows from rules (see ``_qualification_depends``), and may change
CHANGING = "depends"


class DescribedField(fields.Field):
    """A field whose description is the same for everybody who may read it.

    An addon that declares it again takes care of that itself: Odoo goes by the last declaration.
    """

    def get_description(self, env, attributes=None):
        if attributes is None or CHANGING in attributes:
            return super().get_description(env, attributes)
        kept = env["ir.model.fields"]._describe(self.model_name, self.name, tuple(attributes))
        # whoever gets it may change it
        description = dict(kept)
        if "selection" in description:
            description["selection"] = list(description["selection"])
        return description


class DescribedBoolean(DescribedField, fields.Boolean):
    """A yes or no that is described once."""


class DescribedChar(DescribedField, fields.Char):
    """A line of text that is described once."""


class DescribedDate(DescribedField, fields.Date):
    """A day that is described once."""


class DescribedDatetime(DescribedField, fields.Datetime):
    """A moment that is described once."""


class DescribedInteger(DescribedField, fields.Integer):
    """A number that is described once."""


class DescribedMonetary(DescribedField, fields.Monetary):
    """An amount that is described once."""


class DescribedRecord(DescribedField, fields.Many2one):
    """A record that is described once."""


class DescribedRecords(DescribedField, fields.Many2many):
    """Records that are described once."""


class DescribedSelection(DescribedField, fields.Selection):
    """A choice that is described once: one of a list, which no method makes."""


class DescribedText(DescribedField, fields.Text):
    """A text that is described once."""


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    @api.model
    @tools.ormcache("model_name", "name", "attributes", "self.env.lang", cache="stable")
    def _describe(self, model_name, name, attributes):
        """Return the description of a :class:`DescribedField`, as Odoo works it out.

        :param tuple attributes: of it
        """
        field = self.env[model_name]._fields[name]
        return fields.Field.get_description(field, self.env, attributes)
