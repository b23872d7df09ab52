"""The worlds, smallest first; those that take long are for ``make test-worlds``."""

from .building import calls
from .large import LARGE
from .world import World

ANN, GUS = "ann", "gus"
# A second company, and a manager of both.
COMPANIES = [("Andes", "EUR", 2)]
CLEO = (
    "cleo",
    {"companies": ["My Company", "Andes"], "group": "sales_team.group_sale_manager"},
)
USE = "from dev.worlds import using; using.set_up(env)"
OPEN = (("New", {"sequence": 1}), ("Talk", {"sequence": 2}), ("Offer", {"sequence": 3}))
WON = ("Sold", {"sequence": 9, "is_won": True})

NOTHING = World(
    "nothing",
    "Odoo's CRM just installed, without demo data and without any lead",
    in_browser=True,
)


def stages(name, title, *rows, before=(), **others):
    """A world with these stages, and no others."""
    build = calls(*before, ("make_stages", {"rows": rows}))
    return World(f"odd stages, {name}", title, build=build, **others)


ODD_STAGES = (
    stages("none", "no stage at all"),
    stages(
        "equal",
        "equal sequences, which Odoo sorts by name; two are won, one of them before the open ones",
        # folded, since Odoo wins each new lead that lands there
        ("Sold", {"sequence": 1, "is_won": True, "fold": True}),
        ("New", {"sequence": 2}),
        ("Talk", {"sequence": 3}),
        ("Demo", {"sequence": 3}),
        ("Offer", {"sequence": 3}),
        ("Delivered", {"sequence": 4, "is_won": True}),
    ),
    stages(
        "of teams",
        "stages of teams only, and one of a team of another company",
        ("Guided", {"sequence": 1, "teams": ["Guides"]}),
        ("Guided, too", {"sequence": 2, "teams": ["Guides"]}),
        ("First", {"sequence": 1, "teams": ["Enforcers"]}),
        ("Second", {"sequence": 2, "teams": ["Enforcers"]}),
        ("Elsewhere", {"sequence": 3, "teams": ["Andeans"]}),
        ("Both", {"sequence": 4, "teams": ["Enforcers", "Guides"]}),
        ("Won by these", {"sequence": 5, "teams": ["Enforcers"], "is_won": True}),
        ("Won by those", {"sequence": 6, "teams": ["Guides", "Andeans"], "is_won": True}),
        before=[
            ("make_companies", {"rows": COMPANIES}),
            ("make_users", {"rows": [(ANN, {}), (GUS, {})]}),
            (
                "make_teams",
                {
                    "rows": [
                        ("Enforcers", {"members": [ANN]}),
                        ("Guides", {"members": [GUS]}),
                        ("Andeans", {"company": "Andes"}),
                    ]
                },
            ),
        ],
    ),
    stages(
        "own",
        "five of one's own",
        ("Suspect", {"sequence": 10}),
        ("Prospect", {"sequence": 20}),
        ("Demo", {"sequence": 30}),
        ("Offer", {"sequence": 40}),
        ("Closing", {"sequence": 50}),
        ("Customer", {"sequence": 60, "is_won": True}),
        is_long=True,
    ),
    stages("one", "one stage", ("All", {"sequence": 1}), is_long=True),
    stages(
        "folded",
        "all of them folded",
        *((name, {**values, "fold": True}) for name, values in (*OPEN, WON)),
        is_long=True,
    ),
    stages(
        "several won",
        "two that are won, next to each other",
        *OPEN,
        WON,
        ("Delivered", {"sequence": 10, "is_won": True}),
        is_long=True,
    ),
    stages(
        "outside",
        "one outside the pipeline",
        *OPEN,
        WON,
        ("On hold", {"sequence": 20}),
        set_up="env['crm.stage'].search([('name', '=', 'On hold')]).is_outside_pipeline = True",
        is_long=True,
    ),
)

ODD_TEAMS = (
    World(
        "odd teams, none",
        "no team at all: the policy is the company's, of which there are two",
        build=calls(
            ("delete_teams", {}),
            ("make_companies", {"rows": COMPANIES}),
            ("make_users", {"rows": [(ANN, {}), (GUS, {"companies": ["Andes"]}), CLEO]}),
        ),
        has_teams=False,
        impossible={"assignment_after": "Leads are assigned to salespeople by their teams."},
    ),
    World(
        "odd teams",
        "archived, without members, without leads; a salesperson in two teams",
        build=calls(
            ("archive_teams", {}),
            ("allow_several_teams", {}),
            ("make_users", {"rows": [(ANN, {}), (GUS, {})]}),
            (
                "make_teams",
                {
                    "rows": [
                        ("Others", {"members": [ANN, GUS], "sequence": 0, "use_leads": False}),
                        ("Nobody", {}),
                        ("Enforcers", {"members": [ANN]}),
                        ("Guides", {"members": [GUS]}),
                    ]
                },
            ),
        ),
    ),
)

TWO_COMPANIES = World(
    "two companies",
    "two currencies, two time zones, shared and private teams, users of one and of both",
    build=calls(
        ("make_companies", {"rows": COMPANIES}),
        ("set_calendar", {"company": None, "tz": "America/Los_Angeles"}),
        ("set_calendar", {"company": "Andes", "tz": "Pacific/Auckland"}),
        (
            "make_users",
            {
                "rows": [
                    (ANN, {"tz": "America/Los_Angeles"}),
                    (GUS, {"companies": ["Andes"], "tz": "Pacific/Auckland"}),
                    CLEO,
                ]
            },
        ),
        (
            "make_teams",
            {
                "rows": [
                    ("Enforcers", {"members": [ANN]}),
                    ("Guides", {"members": [GUS], "company": "Andes"}),
                ]
            },
        ),
    ),
)

ELSEWHERE = (
    # Of its salesperson it is always another day than of the company.
    World(
        "elsewhere",
        "installed by a French administrator; a company and a salesperson at two ends of the world",
        build=calls(
            ("speak", {"lang": "fr_FR"}),
            ("set_calendar", {"company": None, "tz": "Pacific/Pago_Pago"}),
            ("make_users", {"rows": [(each, {"tz": "Pacific/Kiritimati"}) for each in (ANN, GUS)]}),
        ),
    ),
    World(
        "elsewhere, Arabic",
        "installed by an Arabic administrator, in Auckland",
        build=calls(
            ("speak", {"lang": "ar_001"}),
            ("set_calendar", {"company": None, "tz": "Pacific/Auckland"}),
            ("make_users", {"rows": [(each, {"tz": "Pacific/Auckland"}) for each in (ANN, GUS)]}),
        ),
        is_long=True,
    ),
)

AUTOMATION = World(
    "automation",
    "automation rules that move leads, one for each trigger, and one on our fields",
    modules=("base_automation", "crm"),
    set_up=f"""{USE}
using.automate(env)
from dev.worlds import automation
automation.make_rules(env)""",
)

WORLDS = (NOTHING, *ODD_STAGES, *ODD_TEAMS, TWO_COMPANIES, *ELSEWHERE, AUTOMATION, *LARGE)
