import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

const RELATIONSHIP_ICONS = {
    champion: "fa-trophy",
    engaged: "fa-comments-o",
    none: "fa-circle-o",
};

/**
 * The people behind a deal: an overview of who is who, by their part in the decision, and of
 * who is missing, above the list in which they are edited; on a phone, instead of that list. It
 * follows what is typed.
 *
 * The contact of the lead itself is one of them, where their part is known.
 */
export class StakeholderMap extends X2ManyField {
    static template = "sales_funnel_stages.StakeholderMap";

    getSelection(fieldName) {
        return this.list.fields[fieldName].selection;
    }

    /** @returns {Object[]} everybody, the key contact first */
    get people() {
        const labels = {
            ...Object.fromEntries(this.getSelection("relationship")),
            // here no column says what there is none of
            none: _t("No relationship yet"),
        };
        const people = this.list.records.map((record) => {
            const { contact_name, partner_id, role, relationship, is_key_contact } = record.data;
            return {
                record,
                key: record.id,
                name: contact_name || partner_id?.display_name || _t("Unnamed"),
                partnerId: partner_id?.id,
                role,
                relationship,
                relationshipLabel: labels[relationship],
                icon: RELATIONSHIP_ICONS[relationship] || "",
                isKeyContact: is_key_contact,
            };
        });
        return [...people, ...this.getLeadContact(people)].sort(
            (a, b) => Number(b.isKeyContact || false) - Number(a.isKeyContact || false)
        );
    }

    /** @returns {Object[]} the contact of the lead, unless there are none or they are listed */
    getLeadContact(people) {
        const { contact_role, contact_name, partner_id } = this.props.record.data;
        const name = contact_name || partner_id?.display_name;
        const isListed = people.some(
            (person) =>
                (partner_id && person.partnerId === partner_id.id) ||
                person.name.trim().toLowerCase() === name?.trim().toLowerCase()
        );
        if (!contact_role || isListed) {
            return [];
        }
        return [{ key: "contact", name: name || _t("The contact"), role: contact_role }];
    }

    /** @returns {Object[]} the parts in the decision that somebody has, with those people */
    get groups() {
        const people = this.people;
        return [...this.getSelection("role"), [false, _t("Role not known yet")]]
            .map(([role, label]) => ({
                key: role || "unknown",
                label,
                people: people.filter((person) => (person.role || false) === role),
            }))
            .filter((group) => group.people.length);
    }

    /** @returns {string[]} who is missing; a lead's people are only being found */
    get gaps() {
        if (this.props.record.data.type === "lead") {
            return [];
        }
        const people = this.people;
        return [
            [(person) => person.isKeyContact, _t("No key contact yet")],
            [(person) => person.role === "decision_maker", _t("No decision maker yet")],
            [(person) => person.relationship === "champion", _t("No champion yet")],
        ]
            .filter(([isFound]) => !people.some(isFound))
            .map(([, label]) => label);
    }

    /** Open a person also where the list below is edited in place. */
    async openPerson({ record }) {
        await this.list.leaveEditMode();
        await this._openRecord({
            record,
            context: this.props.context,
            readonly: this.props.readonly,
        });
    }
}

export const stakeholderMap = {
    ...x2ManyField,
    component: StakeholderMap,
    displayName: _t("Stakeholder Map"),
    supportedTypes: ["one2many"],
};

registry.category("fields").add("stakeholder_map", stakeholderMap);
