"""What the frameworks that come with the addon ask for, and when. Plain data.

The gates are places in a pipeline, whatever its stages are called: the conversion, the
second open stage, the last open one, the won one (see
``crm.qualification.framework._bind_to_stages``).
"""

from .rulebook import RECOMMENDED, REQUIRED

CONVERT, RELATIONSHIP, TERMS, WON = "convert", "relationship", "terms", "won"

#: ``{framework: {(gate, tier): [criterion, …]}}``, by the ends of their XML ids
SHIPPED_RULES = {
    "bant": {
        (CONVERT, REQUIRED): ["need", "budget", "timeframe"],
        (CONVERT, RECOMMENDED): ["authority", "contact", "requirements"],
        (RELATIONSHIP, REQUIRED): ["relationship", "requirements", "engagement"],
        (TERMS, REQUIRED): ["strong_need", "payment_terms", "supplier"],
        (WON, REQUIRED): ["contract", "customer"],
    },
    "champ": {
        (CONVERT, REQUIRED): ["challenge", "priority"],
        (CONVERT, RECOMMENDED): ["authority", "money"],
        (RELATIONSHIP, REQUIRED): ["authority", "money"],
    },
    "meddpicc": {
        (CONVERT, REQUIRED): ["pain"],
        (CONVERT, RECOMMENDED): ["metrics", "champion"],
        (RELATIONSHIP, REQUIRED): ["metrics", "champion", "decision_criteria"],
        (RELATIONSHIP, RECOMMENDED): ["economic_buyer", "decision_process", "competition"],
        (TERMS, REQUIRED): ["economic_buyer", "decision_process", "competition"],
        (TERMS, RECOMMENDED): ["paper_process"],
        (WON, REQUIRED): ["paper_process"],
    },
    "spiced": {
        (CONVERT, REQUIRED): ["situation", "pain"],
        (CONVERT, RECOMMENDED): ["impact", "critical_event"],
        (RELATIONSHIP, REQUIRED): ["impact", "critical_event"],
        (RELATIONSHIP, RECOMMENDED): ["decision"],
        (TERMS, REQUIRED): ["decision"],
    },
    "gpctba": {
        (CONVERT, REQUIRED): ["goals", "challenges", "timeline"],
        (CONVERT, RECOMMENDED): ["plans", "budget", "authority"],
        (RELATIONSHIP, REQUIRED): ["plans", "budget", "authority"],
        (RELATIONSHIP, RECOMMENDED): ["consequences", "implications"],
        (TERMS, REQUIRED): ["consequences", "implications"],
    },
}
