/**
 * Takes a move that was refused out of the changes of a record, and saves what is left: nothing
 * else that was typed is lost, and the move is not tried again whenever the form is left.
 *
 * @param {import("@web/model/relational_model/record").Record} record
 * @param {string[]} [names] the fields that move it
 */
export async function takeBackMove(record, names = ["stage_id", "type"]) {
    const pending = names.filter((name) => name in record._changes);
    for (const name of pending) {
        await record.update({ [name]: record._values[name] });
    }
    if (record.resId) {
        // nor is it written as it was: meanwhile somebody may have moved the lead
        pending.forEach((name) => delete record._changes[name]);
        await record.save();
    }
}
