from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext
from odoo.tools.sql import escape_psql

# whether a text is blanked of all leads of a person, whatever it says, or only where it names them
OF_LEAD, OF_ANYBODY = True, False


class CrmErasureMixin(models.AbstractModel):
    """Records whose texts may be about a person, who may ask to be forgotten.

    Texts are blanked, and nothing else: no record goes, so that steps and figures stay as they
    are. A model names such texts in ``_personal_texts``; a test goes through all models and fails
    for a text that is neither named there nor known to be about nobody.

    How to use it, as superuser: ``_get_models_about_people``, then of each model ``search`` with
    ``_get_person_domain``, and ``_forget`` of what is to be blanked. Each costs a few queries for
    all records.
    """

    _name = "crm.erasure.mixin"
    _description = "What May Be About a Person"

    # {field: OF_LEAD or OF_ANYBODY}
    _personal_texts = {}
    # those of them that are told in the chatter of the lead, too
    _told_texts = ()

    @api.model
    def _get_models_about_people(self):
        """Return the names of the models that inherit this one and name texts, sorted."""
        mixin = self.env.registry["crm.erasure.mixin"]
        return sorted(
            name
            for name, model in self.env.registry.items()
            if issubclass(model, mixin) and not model._abstract and model._personal_texts
        )

    @api.model
    def _get_person_domain(self, person):
        """Return the domain of records of this model with any text about a person.

        :param Person person: see ``tools.person``
        """
        return Domain.OR(self._get_text_domain(name, person) for name in self._personal_texts)

    @api.model
    def _get_text_domain(self, name, person):
        """Return the domain of records in which one text is about a person."""
        domain = Domain.OR(Domain(name, "ilike", escape_psql(word)) for word in person.words)
        if self._personal_texts[name] == OF_LEAD:
            domain |= Domain("lead_id", "in", person.lead_ids)
        return domain & Domain(name, "!=", False)

    def _forget(self, person):
        """Blank what these say of a person, and where it was told in the chatter; for good.

        :param Person person: see ``tools.person``
        """
        records = self.sudo().with_context(active_test=False)
        for name in self._personal_texts:
            domain = Domain("id", "in", self.ids) & self._get_text_domain(name, person)
            if about := records.search(domain):
                if name in self._told_texts:
                    about._blank_told(name)
                about._blank(name)

    def _blank(self, name):
        """Blank a text of these records; one that has to be there says that it was erased."""
        self.write({name: self.env._("Erased") if self._fields[name].required else False})

    def _blank_told(self, name):
        """Blank the messages of leads that tell a text of these records."""
        told = {}
        for record in self:
            told.setdefault(record.lead_id.id, set()).add(_get_words(record[name]))
        # sudo: whoever has somebody forgotten need not be allowed to change messages
        messages = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", "crm.lead"),
                    ("res_id", "in", [*told]),
                    ("message_type", "in", ["notification", "user_notification"]),
                ]
            )
        )
        messages.filtered(
            lambda message: any(
                # as what follows a word of ours: “Reason: They pay in kind”
                f": {text}" in _get_words(html2plaintext(message.body))
                for text in told[message.res_id]
            )
        ).body = False


def _get_words(text):
    """A text → the same, whatever white space is between its words."""
    return " ".join(text.split())
