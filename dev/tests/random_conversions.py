"""Random leads, which are converted in mass with random choices, in random databases."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from odoo.fields import Command

from odoo.addons.sales_funnel_stages.tests.support.common import CONVERT_ANSWERS, LeadsInUseCommon
from odoo.addons.sales_funnel_stages.tools.mass_conversion import CREATE, LINK, LINK_OR_CREATE
from odoo.addons.sales_funnel_stages.tools.rulebook import GUIDE

BATCH = "crm.lead.conversion.batch"
# all that an undo does not give back, as readme/MASS_CONVERSION.md says
NOT_GIVEN_BACK = {"write_uid", "write_date"}


def some(*values):
    """Return a strategy for one of these, or nothing."""
    return st.sampled_from([False, *values])


# numbers stand for records of the fixture; one more than there are for none
number = st.integers(0, 5)
leads = st.fixed_dictionaries(
    {
        "contact_name": some("Eve", "Bo Di"),
        "partner_name": some("New Ltd", "Acme"),
        "email_from": some(
            "ann@acme.example.com",
            '"Bob B." <Bob@known.example.com>',
            "new@new.example.com",
            "Eve Newton <eve@new.example.com>, other@new.example.com",
            "no address",
        ),
        "phone": some("+32 2 290 34 90", "0470 12 34 56", "wrong"),
        "function": some("Director"),
        "website": some("example.com"),
        "street": some("Meir 1"),
        "city": some("Ghent"),
        "country_id": number,
        "lang_id": number,
        "partner_id": st.sampled_from([0, 1, 2, 3, 4, *[5] * 8]),
        "user_id": number,
        "team_id": number,
        "stage_id": number,
        "company_id": number,
        "probability": st.sampled_from([None, None, None, 40, 0]),
        "lead_properties": st.booleans(),
        "is_known": st.sampled_from([True, True, True, False]),
    }
)
choices = st.fixed_dictionaries(
    {
        "action": st.sampled_from([LINK_OR_CREATE, LINK_OR_CREATE, CREATE, LINK]),
        "partner_id": number,
        "user_ids": st.lists(number, max_size=2),
        "team_id": number,
        "force_assignment": st.booleans(),
        "deduplicate": st.sampled_from([False, False, True]),
    }
)
# what a database may be like
worlds = st.fixed_dictionaries(
    {
        "stages_of_teams": st.booleans(),
        "has_plan": st.booleans(),
        "leads_of_other_team": st.booleans(),
        "leads_of_nobody": st.booleans(),
    }
)


def properties(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        print_blob=True,
        phases=set(Phase) - {Phase.explain},
        suppress_health_check=list(HealthCheck),
    )


class RandomConversions(LeadsInUseCommon):
    """Leads, choices and databases as they were drawn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lang_fr = cls.env["res.lang"]._activate_lang("fr_FR")
        cls.there = cls.env["res.company"].create({"name": "There", "stage_rule_policy": GUIDE})
        (cls.rep + cls.all_rep + cls.manager).company_ids += cls.there
        cls.lax = cls.make_team(
            "Lax", GUIDE, member_ids=[Command.set(cls.rep.copy({"login": "lax"}).ids)]
        )
        cls.theirs = cls.make_team("Theirs", GUIDE, company_id=cls.there.id)
        cls.teams = cls.team + cls.lax + cls.theirs
        for team, names in ((cls.team, ("aaaa", "bbbb")), (cls.lax, ("cccc",))):
            team.lead_properties_definition = [
                {"name": name, "string": name, "type": "char", "default": f"some {name}"}
                for name in names
            ]
        cls.users = cls.rep + cls.all_rep + cls.manager + cls.lax.member_ids
        partner_model = cls.env["res.partner"]
        cls.partners = cls.customer + partner_model.create(
            [
                {"name": "Ann", "email": "ann@acme.example.com", "parent_id": cls.customer.id},
                {
                    "name": "Bob",
                    "email": "bob@known.example.com",
                    "phone": "+32 2 290 34 91",
                    "function": "Buyer",
                    "website": "https://bob.example.com",
                    "lang": "fr_FR",
                    "street": "Rue Haute 2",
                    "country_id": cls.env.ref("base.be").id,
                },
                {"name": "Cy", "company_name": "Cy & Co", "city": "Ghent", "zip": "9000"},
                {"name": "Their customer", "company_id": cls.there.id},
            ]
        )
        cls.countries = cls.env.ref("base.be") + cls.env.ref("base.fr")
        cls.langs = cls.env.ref("base.lang_en") + cls.lang_fr
        cls.stages = cls.stage_new + cls.stage_qualified
        cls.companies = cls.env.company + cls.there
        cls.plan = cls.env["mail.activity.plan"].create(
            {
                "name": "First contact",
                "res_model": "crm.lead",
                "company_id": False,
                "template_ids": [
                    Command.create(
                        {
                            "activity_type_id": cls.env.ref("mail.mail_activity_data_call").id,
                            "summary": "Call them",
                        }
                    )
                ],
            }
        )

    # ------------------------------------------------------------------
    # What there is
    # ------------------------------------------------------------------

    def make_world(self, world):
        if world["stages_of_teams"]:
            self.stage_qualified.team_ids = self.team
        if world["has_plan"]:
            self.teams.conversion_plan_id = self.plan
        self.lax.use_leads = world["leads_of_other_team"]
        self.lax.active = not world["leads_of_nobody"]

    @staticmethod
    def pick(records, number):
        return [*records.ids, *[False] * 6][number]

    def make(self, values):
        """Create a lead as it was drawn."""
        values = dict(values)
        is_known, has_properties = values.pop("is_known"), values.pop("lead_properties")
        for name, records in (
            ("country_id", self.countries),
            ("lang_id", self.langs),
            ("partner_id", self.partners),
            ("user_id", self.users),
            ("team_id", self.teams),
            ("stage_id", self.stages),
            ("company_id", self.companies),
        ):
            values[name] = self.pick(records, values[name])
        if values["probability"] is None:
            del values["probability"]
        values.update(self.of_one_company(values["team_id"], values["partner_id"]))
        if is_known:
            values.update(self.answers(CONVERT_ANSWERS))
        lead = self.env["crm.lead"].create({"name": "Some lead", "type": "lead", **values})
        if has_properties and lead.team_id.lead_properties_definition:
            name = lead.team_id.lead_properties_definition[0]["name"]
            lead.lead_properties = {name: "another"}
        return lead

    def of_one_company(self, team_id, partner_id):
        """Return what else a lead has to have, so that all that belongs to it is of one company."""
        team = self.env["crm.team"].browse(team_id or ())
        partner = self.env["res.partner"].browse(partner_id or ())
        company = team.company_id or partner.company_id
        values = {"company_id": company.id} if company else {}
        if partner.company_id and partner.company_id != company:
            values["partner_id"] = False
        return values

    def prepare_batch(self, choice):
        """Return what was drawn to be chosen, as values of a batch."""
        values = {
            "action": choice["action"],
            "deduplicate": choice["deduplicate"],
            "force_assignment": choice["force_assignment"],
            "team_id": self.pick(self.teams, choice["team_id"]),
            "user_ids": [
                Command.set([i for n in choice["user_ids"] if (i := self.pick(self.users, n))])
            ],
        }
        if choice["action"] == LINK:
            values["partner_id"] = self.pick(self.partners, choice["partner_id"])
        return values

    def convert(self, leads, choice):
        """Convert leads in a batch → the batch."""
        user, values = self.all_rep, self.prepare_batch(choice)
        model = self.env[BATCH].with_user(user).with_context(allowed_company_ids=self.companies.ids)
        batch = model._start(leads.with_env(model.env), values).sudo()
        self.work()
        return batch

    def work(self):
        """Do what the jobs do until nothing is left to do."""
        model = self.env[BATCH].sudo()
        self.env.flush_all()
        while model._work_on_chunk():
            self.env.flush_all()
        model._end_finished()
