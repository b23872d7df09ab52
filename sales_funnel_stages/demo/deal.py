"""What is told of a deal of the demo, and what its salesperson knows of it when."""

from dataclasses import dataclass
from datetime import timedelta

GATES = ["lead", "convert", "qualified", "proposition", "won"]

# what is answered on the deal: from which gate on, and how it is known
ANSWERS = {
    "metrics": ("qualified", "Their facility manager: a tenth less rent a year"),
    "decision_criteria": ("qualified", "In their brief: price 40, design 30, delivery 30"),
    "competition": ("proposition", "Two firms of the region; one of them is cheaper"),
    "decision_process": ("proposition", "The board decides once a quarter, on a paper of two"),
    "paper_process": ("won", "Their lawyer takes three weeks; their own terms apply"),
}


@dataclass(frozen=True)
class Deal:
    """A row of ``crm_deals.csv``.

    :ivar lacks: names of facts and answers that nobody finds out; with ``late_`` before it, that
        of a fact that nobody knows at the conversion, but only by the next stage
    :ivar steps: ``[(days ago, what is done)]``, see :class:`Year`
    :ivar reasons: of the steps that take one, in their order
    """

    id: str
    team: str
    user: str
    customer: str
    name: str
    contact: str
    source: str
    tag: str
    revenue: float
    need: str
    requirements: str
    lacks: frozenset
    steps: list
    reasons: list

    @classmethod
    def parse(cls, row):
        """Return what a row of the file says.

        :param dict row: of texts
        """
        steps = (step.split() for step in row["story"].split("|"))
        told = {name: row[name] for name in cls.__annotations__.keys() & row.keys()}
        parsed = {
            "revenue": float(row["revenue"]),
            "lacks": frozenset(row["lacks"].split(";")),
            "steps": [(int(days), action) for days, action in steps],
            "reasons": row["reason"].split("|"),
        }
        return cls(**told | parsed)

    def facts(self, gate, today):
        """Return the values of the lead that somebody has found out when it passes a gate.

        :param date today: when that is
        """
        facts = {
            "lead": {"pain": {"need_level": "weak", "need_summary": self.need}},
            "convert": {
                "budget": {"budget_status": "confirmed", "budget_amount": self.revenue},
                "date": {"purchase_date": today + timedelta(days=45)},
                "role": {"contact_role": "buyer"},
                "contact": {"first_contact_date": today - timedelta(days=1)},
                "requirements": {"requirement_summary": self.requirements},
                "closing": {"date_deadline": today + timedelta(days=90)},
            },
            "qualified": {"engagement": {"engagement_date": today}},
            "proposition": {
                "need": {"need_level": "strong"},
                "terms": {"payment_terms_status": "in_discussion"},
                "supplier": {"supplier_status": "under_review"},
            },
            "won": {
                "terms": {"payment_terms_status": "agreed"},
                "contract": {"contract_status": "signed"},
            },
        }
        late = {name for name in facts["convert"] if f"late_{name}" in self.lacks}
        known = {name: values for name, values in facts[gate].items() if name not in self.lacks}
        if gate == "convert":
            known = {name: values for name, values in known.items() if name not in late}
        elif gate == "qualified":
            known |= {name: facts["convert"][name] for name in late}
        return {field: value for values in known.values() for field, value in values.items()}

    def answers(self, gate):
        """Return ``{criterion: (answer, evidence)}`` that are found out when it passes a gate."""
        found = {name: ("yes", text) for name, (at, text) in ANSWERS.items() if at == gate}
        for name in self.lacks & found.keys():
            found.pop(name)
            if name == "competition":
                found[name] = ("undisclosed", "")
        return found

    def people(self, gate):
        """Return values of the stakeholders who are met when it passes a gate."""
        if gate == "qualified":
            is_won = "champion" not in self.lacks
            return [
                {
                    "contact_name": self.contact,
                    "role": "influencer",
                    "relationship": "champion" if is_won else "engaged",
                    "is_key_contact": True,
                }
            ]
        if gate == "proposition":
            person = {"contact_name": "Head of finance", "role": "decision_maker"}
            return [{**person, "relationship": "engaged"}]
        return []
