import { expect, test } from "@odoo/hoot";
import { queryAllTexts, resize } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const ROLES = [
    ["decision_maker", "Decision maker"],
    ["buyer", "Buyer"],
];

class Contact extends models.Model {
    _name = "contact";
    _records = [{ id: 1, name: "Ann" }];

    name = fields.Char();
}

class Stakeholder extends models.Model {
    _name = "stakeholder";

    contact_name = fields.Char();
    partner_id = fields.Many2one({ relation: "contact" });
    role = fields.Selection({ selection: ROLES });
    relationship = fields.Selection({
        selection: [
            ["none", "None yet"],
            ["engaged", "Engaged"],
            ["champion", "Champion"],
        ],
        default: "none",
    });
    is_key_contact = fields.Boolean();
}

class Lead extends models.Model {
    _name = "lead";

    type = fields.Selection({
        selection: [
            ["lead", "Lead"],
            ["opportunity", "Opportunity"],
        ],
    });
    contact_name = fields.Char();
    contact_role = fields.Selection({ selection: ROLES });
    partner_id = fields.Many2one({ relation: "contact" });
    stakeholder_ids = fields.One2many({ relation: "stakeholder" });
}

defineMailModels();
defineModels([Lead, Stakeholder, Contact]);

async function mountMap(people, values = {}) {
    Stakeholder._records = people.map((person, index) => ({
        id: index + 1,
        relationship: "none",
        ...person,
    }));
    Lead._records = [
        {
            id: 1,
            type: "opportunity",
            stakeholder_ids: Stakeholder._records.map(({ id }) => id),
            ...values,
        },
    ];
    await mountView({
        type: "form",
        resModel: "lead",
        resId: 1,
        arch: `<form>
            <field name="type" invisible="1"/>
            <field name="contact_name"/>
            <field name="contact_role"/>
            <field name="partner_id"/>
            <field name="stakeholder_ids" widget="stakeholder_map" mode="list,kanban">
                <list editable="bottom">
                    <field name="is_key_contact"/>
                    <field name="contact_name"/>
                    <field name="partner_id"/>
                    <field name="role"/>
                    <field name="relationship"/>
                </list>
                <kanban>
                    <field name="is_key_contact"/>
                    <field name="partner_id"/>
                    <field name="role"/>
                    <field name="relationship"/>
                    <templates><t t-name="card"><field name="contact_name"/></t></templates>
                </kanban>
                <form>
                    <field name="is_key_contact"/>
                    <field name="contact_name"/>
                    <field name="role"/>
                    <field name="relationship"/>
                </form>
            </field>
        </form>`,
    });
}

const gaps = () => queryAllTexts(".o_stakeholder_gaps li");
const peopleOf = (role) =>
    queryAllTexts(`.o_stakeholder_group[data-role=${role}] .o_stakeholder_person`);

test("people are shown by their part, the key contact first, with the relationship", async () => {
    await mountMap([
        { contact_name: "Bob", role: "buyer", relationship: "engaged" },
        { contact_name: "Cy", role: "buyer", relationship: "champion", is_key_contact: true },
        { contact_name: "Di" },
    ]);
    expect(peopleOf("buyer")).toEqual(["Cy\nChampion", "Bob\nEngaged"]);
    expect(peopleOf("unknown")).toEqual(["Di\nNo relationship yet"]);
    expect("[data-role=buyer] [aria-label='Key contact']").toHaveCount(1);
    expect(".o_stakeholder_group[data-role=decision_maker]").toHaveCount(0);
});

test("who is missing is said", async () => {
    await mountMap([]);
    expect(gaps()).toEqual(["No key contact yet", "No decision maker yet", "No champion yet"]);
});

test("nobody is missing where all are found", async () => {
    await mountMap([
        {
            contact_name: "Cy",
            role: "decision_maker",
            relationship: "champion",
            is_key_contact: true,
        },
    ]);
    expect(".o_stakeholder_gaps").toHaveCount(0);
});

test("a lead does not have to know them yet", async () => {
    await mountMap([], { type: "lead" });
    expect(".o_stakeholder_map").toHaveCount(0);
});

test("the contact of the deal is one of them, once", async () => {
    await mountMap([{ contact_name: "Bob", role: "buyer" }], {
        contact_name: "Ann",
        contact_role: "decision_maker",
    });
    expect(peopleOf("decision_maker")).toEqual(["Ann\nContact on this deal"]);
    expect(gaps()).toEqual(["No key contact yet", "No champion yet"]);
    await contains("[name=contact_name] input").edit("bob ");
    expect(".o_stakeholder_group[data-role=decision_maker]").toHaveCount(0);
    expect(peopleOf("buyer")).toEqual(["Bob\nNo relationship yet"]);
});

test.tags("desktop");
test("it follows the list while somebody types, before saving", async () => {
    onRpc("web_save", () => expect.step("save"));
    await mountMap([{ contact_name: "Bob", role: "buyer", relationship: "engaged" }]);
    await contains(".o_data_row td[name=role]").click();
    await contains(".o_data_row td[name=role] input").click();
    await contains(".o_select_menu_item:contains(Decision maker)").click();
    expect(peopleOf("decision_maker")).toEqual(["Bob\nEngaged"]);
    expect(gaps()).toEqual(["No key contact yet", "No champion yet"]);
    await contains(".o_data_row td[name=is_key_contact] input").click();
    expect(gaps()).toEqual(["No champion yet"]);
    expect.verifySteps([]);
});

test("a person opens from the map, and what is changed there is shown", async () => {
    await mountMap([{ contact_name: "Bob", role: "buyer", relationship: "engaged" }]);
    await contains(".o_stakeholder_person button").click();
    expect(".o_dialog [name=contact_name] input").toHaveValue("Bob");
    await contains(".o_dialog [name=contact_name] input").edit("Robert");
    await contains(".o_dialog .o_form_button_save").click();
    expect(peopleOf("buyer")).toEqual(["Robert\nEngaged"]);
});

test("on a phone people are added, changed and removed from the map itself", async () => {
    await resize({ width: 400, height: 800 });
    await mountMap([{ contact_name: "Bob", role: "buyer", relationship: "engaged" }]);
    expect(".o_kanban_renderer").toHaveCount(0);
    await contains(".o_stakeholder_add").click();
    await contains(".o_dialog [name=contact_name] input").edit("Cy");
    await contains(".o_dialog .o_form_button_save").click();
    expect(peopleOf("unknown")).toEqual(["Cy\nNo relationship yet"]);
    await contains(".o_stakeholder_person button:contains(Bob)").click();
    await contains(".o_dialog .o_btn_remove").click();
    expect(peopleOf("buyer")).toEqual([]);
});
