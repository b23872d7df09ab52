const line = (id, name, field, isMet) => ({
    id,
    name,
    guidance: `How to know: ${name}`,
    tier: "required",
    is_met: isMet,
    unmet_as: isMet ? false : "missing",
    since: false,
    fields: [field],
    answered_in: false,
});

/** Returns what is required of a lead of which the name is known: its lines, and how many are met. */
export function makeRequired({ phone, email_from }) {
    const lines = [
        line(1, "Somebody answers", "phone", Boolean(phone)),
        line(2, "Known before", "name", true),
        line(3, "Can be written to", "email_from", Boolean(email_from)),
    ];
    return { lines, met: lines.filter(({ is_met }) => is_met).length, total: lines.length };
}
