from odoo.fields import Command
from odoo.tests import tagged

from ...models.qualification.fields import NOTED_WHERE_WRITTEN, TOGETHER
from ..support.common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    WON_ANSWERS,
    StageRuleCommon,
)

# what is not known of a lead, but happens to it
NOT_ANSWERS = {
    "conversion_plan_id",
    "past_create_date",
    "qualification_answer_ids",
    "revisit_date",
    "stage_request_ids",
    "stakeholder_ids",
    "transition_ids",
}

# each field of the qualification and a value of it
TRACKED_VALUES = {
    "contact_role": "adviser",
    "need_level": "strong",
    "need_summary": "They lose a day a week",
    "requirement_summary": "Forty seats",
    "budget_status": "confirmed",
    "budget_amount": 1200.5,
    "purchase_date": "2030-05-01",
    "first_contact_date": "2024-01-02",
    "engagement_date": "2024-02-03",
    "supplier_status": "dismissed",
    "incumbent_supplier": "Oracle",
    "payment_terms_status": "agreed",
    "contract_status": "signed",
}
# what belongs to a deal and not to its copy
NOT_COPIED = {"engagement_date", "payment_terms_status", "contract_status"}


@tagged("post_install", "-at_install")
class TestQualificationAnswers(StageRuleCommon):
    """The answers are ordinary fields: imported, exported, tracked, copied, scored with."""

    def test_each_answer_is_tracked(self):
        lead = self.make_lead().with_context(tracking_disable=False)
        self.env.flush_all()
        self.env.cr.precommit.run()
        for name, value in TRACKED_VALUES.items():
            with self.subTest(name):
                before = lead.message_ids
                lead.write({name: value})
                self.env.flush_all()
                self.env.cr.precommit.run()
                lead.invalidate_recordset(["message_ids"])
                tracked = (lead.message_ids - before).sudo().tracking_value_ids
                self.assertEqual(tracked.field_id.mapped("name"), [name])
        tracking_fields = {
            name
            for name, field in lead._fields.items()
            if field._modules and "sales_funnel_stages" in field._modules and field.store
        }
        self.assertEqual(tracking_fields - NOT_ANSWERS, set(TRACKED_VALUES), "one is not tracked")

    def test_what_is_noted_where_it_is_written(self):
        fields = self.env["crm.lead"]._fields
        together = {name for name, field in fields.items() if field.prefetch == TOGETHER}
        self.assertEqual(together, NOTED_WHERE_WRITTEN)

    def test_copies(self):
        lead = self.make_lead(
            **TRACKED_VALUES,
            stakeholder_ids=[
                Command.create(
                    {
                        "contact_name": "Ann",
                        "role": "buyer",
                        "is_key_contact": True,
                        "relationship": "champion",
                    }
                ),
                Command.create({"contact_name": "Bo"}),
            ],
        )
        copy = lead.copy()
        for name in TRACKED_VALUES:
            with self.subTest(name):
                expected = False if name in NOT_COPIED else lead[name]
                self.assertEqual(copy[name], expected)
        self.assertFalse(copy.stakeholder_ids & lead.stakeholder_ids)
        self.assertEqual(
            copy.stakeholder_ids.mapped(
                lambda each: (each.contact_name, each.role, each.is_key_contact, each.relationship)
            ),
            [("Ann", "buyer", True, "champion"), ("Bo", False, False, "none")],
        )

    def test_import_and_export(self):
        lead_model = self.env["crm.lead"].with_user(self.manager)
        stakeholder_fields = ["contact_name", "role", "is_key_contact"]
        fields = [
            "id", "name", "type", "team_id",
            *TRACKED_VALUES,
            *(f"stakeholder_ids/{name}" for name in stakeholder_fields),
        ]  # fmt: skip
        selections = lead_model.fields_get(attributes=["selection"])
        labels = {
            name: dict(selections[name].get("selection", [])).get(value, str(value))
            for name, value in TRACKED_VALUES.items()
        }
        nothing = [""] * (4 + len(TRACKED_VALUES))
        result = lead_model.load(
            fields,
            [
                ["__import__.lead_keys", "By keys", "lead", "Enforcers"]
                + [str(value) for value in TRACKED_VALUES.values()]
                + ["Ann", "buyer", "True"],
                [*nothing, "Bo", "user", ""],
                ["__import__.lead_labels", "By labels", "Lead", "Enforcers"]
                + list(labels.values())
                + ["Cy", "Decision maker", ""],
            ],
        )
        self.assertFalse(result["messages"])
        leads = lead_model.browse(result["ids"])
        self.assertEqual(leads.mapped("name"), ["By keys", "By labels"])
        for lead in leads:
            for name, value in TRACKED_VALUES.items():
                with self.subTest(name, lead=lead.name):
                    imported = lead[name]
                    self.assertEqual(str(imported) if name.endswith("date") else imported, value)
        self.assertEqual(leads[0].stakeholder_ids.mapped("contact_name"), ["Ann", "Bo"])
        self.assertEqual(leads[0].stakeholder_ids.mapped("is_key_contact"), [True, False])
        self.assertEqual(leads[1].stakeholder_ids.role, "decision_maker")

        self.manager.group_ids += self.env.ref("base.group_allow_export")
        exported = leads.export_data([*fields[1:], "is_qualified", "qualification_score"])["datas"]
        self.assertEqual(exported[0][0], "By keys")
        by_field = dict(zip(fields[1:], exported[0], strict=False))
        self.assertEqual(by_field["need_level"], "Strong need")
        self.assertEqual(by_field["purchase_date"].strftime("%Y-%m-%d"), "2030-05-01")
        self.assertEqual(by_field["stakeholder_ids/contact_name"], "Ann")
        self.assertEqual(exported[1][-3 - len(stakeholder_fields) + 1], "Bo")
        self.assertEqual(exported[0][-2:], [False, leads[0].qualification_score])

    def test_predictive_lead_scoring(self):
        """Administrators may choose the answers; the scores then follow them."""
        offered = self.env["crm.lead.scoring.frequency.field"].search([]).field_id
        names = {
            "contact_role", "need_level", "budget_status", "supplier_status",
            "payment_terms_status", "contract_status",
        }  # fmt: skip
        self.assertLessEqual(names, set(offered.mapped("name")))
        config = self.env["ir.config_parameter"].sudo()
        config.set_param("crm.pls_start_date", "2000-01-01")
        chosen = offered.filtered(lambda field: field.name in names)
        update = self.env["crm.lead.pls.update"].create(
            {
                "pls_start_date": "2000-01-01",
                "pls_fields": [
                    Command.set(
                        self.env["crm.lead.scoring.frequency.field"]
                        .search([("field_id", "in", chosen.ids)])
                        .ids
                    )
                ],
            }
        )
        values = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS, WON_ANSWERS)
        won = self.env["crm.lead"].create(
            [
                {
                    **values, "name": f"Won {number}", "type": "opportunity",
                    "team_id": self.team.id, "partner_id": self.customer.id,
                    "stage_id": self.stage_won.id,
                }
                for number in range(8)
            ]
        )  # fmt: skip
        lost = self.env["crm.lead"].create(
            [
                {
                    "name": f"Lost {number}", "type": "opportunity", "team_id": self.team.id,
                    "need_level": "none",
                }
                for number in range(8)
            ]
        )  # fmt: skip
        lost.action_set_lost()
        self.assertEqual(set(won.mapped("won_status")), {"won"})
        strong = self.make_opportunity("Strong", need_level="strong")
        hopeless = self.make_opportunity("Hopeless", need_level="none")
        update.action_update_crm_lead_probabilities()
        self.assertEqual(set(config.get_param("crm.pls_fields").split(",")), names)
        self.env["crm.lead"]._cron_update_automated_probabilities()
        (strong + hopeless).invalidate_recordset()
        self.assertGreater(strong.automated_probability, hopeless.automated_probability)
        # also live, as Odoo's own fields
        hopeless.need_level = "strong"
        self.assertAlmostEqual(hopeless.automated_probability, strong.automated_probability)
