from odoo import api, models

from ...tools.facts import shortened
from ..rules.fact_paths import ANSWERS


class CrmLead(models.Model):
    """The values that met the criteria of a move, which its row in the ledger keeps.

    So that it can be told afterwards, when they have been blanked. No query: what has not been
    read to judge the move has not decided it.
    """

    _inherit = "crm.lead"

    @api.model
    def _get_facts(self, transition_by_lead):
        """Return ``{id: {criterion_id: {path: value}}}``, as JSON has it, of what was met.

        Texts are short, of records the number is kept, and of lines how many there are.

        :param dict transition_by_lead: ``{id: Transition}``
        """
        paths_by_criterion = self.env["crm.qualification.criterion"]._get_fact_paths()
        paths_by_transition = {
            transition: {
                str(id_): paths_by_criterion.get(id_, {})
                for id_, _tier in transition.in_force
                if id_ not in transition.unmet
            }
            for transition in set(transition_by_lead.values())
        }
        facts = {}
        for lead in self.browse(transition_by_lead)._in_canonical_env():
            known, read = {}, {}
            for id_, paths in paths_by_transition[transition_by_lead[lead.id]].items():
                for key, path in paths.items():
                    if key not in read:
                        read[key] = lead._read_fact(path)
                    if read[key]:
                        known.setdefault(id_, {})[key] = read[key]
            facts[lead.id] = known or None
        return facts

    def _read_fact(self, path):
        """Return the value at the end of a path from this lead; None where none was looked at."""
        record, (name, *rest) = self, path
        while record and rest and record._fields[name].type == "many2one":
            record = record[name] if name in record._cache else None
            name, *rest = rest
        if not record or name not in record._cache:
            return None
        if name == ANSWERS and rest:
            return _answer_in(record[name], rest[0])
        return _as_kept(record[name], record._fields[name].type, *rest)


def _as_kept(value, type_, part=None):
    """Return a value as JSON has it: texts are short, records a number.

    :param str part: the name of a property
    """
    if type_ == "properties":
        value = value.get(part) if value else None
    if isinstance(value, models.BaseModel):
        return value.id if type_ == "many2one" else len(value)
    if isinstance(value, str):
        return shortened(value.striptags() if type_ == "html" else value)
    # as Odoo writes days and moments
    return str(value)[:19] if hasattr(value, "isoformat") else value


def _answer_in(answers, criterion_id):
    """Return what was answered to a criterion, and how it is known."""
    for answer in answers:
        if "criterion_id" in answer._cache and answer.criterion_id.id == criterion_id:
            return [answer.answer, shortened(answer.evidence or "")]
    return None
