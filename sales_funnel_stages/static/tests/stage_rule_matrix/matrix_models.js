import { fields, models } from "@web/../tests/web_test_helpers";

/** The models of a framework whose rules are edited as a matrix; each test has its own records. */

export class Stage extends models.Model {
    _name = "crm.stage";

    name = fields.Char();
}

export class Criterion extends models.Model {
    _name = "crm.qualification.criterion";

    name = fields.Char();
    framework_id = fields.Many2one({ relation: "framework" });
    new_tiers = fields.Json();
}

export class Rule extends models.Model {
    _name = "rule";

    framework_id = fields.Many2one({ relation: "framework" });
    criterion_id = fields.Many2one({ relation: "crm.qualification.criterion" });
    stage_id = fields.Many2one({ relation: "crm.stage" });
    tier = fields.Selection({
        selection: [
            ["required", "Required"],
            ["recommended", "Recommended"],
        ],
    });
}

export class Framework extends models.Model {
    _name = "framework";

    name = fields.Char();
    criterion_ids = fields.One2many({
        relation: "crm.qualification.criterion",
        relation_field: "framework_id",
    });
    rule_ids = fields.One2many({ relation: "rule", relation_field: "framework_id" });
    gates = fields.Json();
    template_rules = fields.Json();
    impact = fields.Json();
}
