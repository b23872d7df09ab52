from .common import LeavingCommon


class TestGoing(LeavingCommon):
    def test_what_other_modules_own_too_stays(self):
        self.assertTrue(self.going.member_goes("crm.lead", "need_level"))
        self.assertTrue(self.going.member_goes("crm.lead", "action_return_to_lead"))
        self.assertFalse(self.going.member_goes("crm.lead", "name"))
        # ours extends it
        self.assertFalse(self.going.member_goes("crm.lead", "write"))
        self.assertTrue(self.going.member_goes("crm.stage.transition", "name"))
        field = self.env["ir.model.fields"]._get("crm.lead", "need_level")
        self.env["ir.model.data"].create(
            {"module": "crm", "name": "as_if", "model": field._name, "res_id": field.id}
        )
        going = type(self.going)(self.env, self.modules)
        self.assertFalse(going.member_goes("crm.lead", "need_level"))
        self.assertFalse(going.path_goes("crm.lead", "need_level"))

    def test_paths(self):
        for model, path in (
            ("crm.lead", "need_level"),
            ("crm.lead", "purchase_date:month"),
            ("crm.lead", "budget_amount desc"),
            ("crm.lead", "stakeholder_ids/role"),
            ("crm.lead", "stage_id.rule_ids"),
            ("res.partner", "opportunity_ids.need_level"),
            (None, "need_level"),
            (None, "lead_id.need_level"),
        ):
            self.assertTrue(self.going.path_goes(model, path), path)
        for model, path in (
            ("crm.lead", "name"),
            ("crm.lead", "partner_id.name"),
            ("crm.lead", "our need_level"),
            ("crm.lead", "create_date:month"),
            # of another model than that which loses it
            ("crm.lead", "rule_ids"),
            (None, "rule_ids"),
            ("crm.lead", "lead_properties.need"),
            ("crm.lead", None),
        ):
            self.assertFalse(self.going.path_goes(model, path), path)

    def test_a_field_of_somebody_that_depends_on_it_goes_along(self):
        self.env["ir.model.fields"].create(
            {
                "name": "x_need",
                "model_id": self.lead_model.id,
                "ttype": "char",
                "related": "incumbent_supplier",
                "store": False,
                "readonly": True,
            }
        )
        going = type(self.going)(self.env, self.modules)
        self.assertIn(("crm.lead", "x_need"), going.manual_fields)
        self.assertTrue(going.path_goes("crm.lead", "x_need"))
