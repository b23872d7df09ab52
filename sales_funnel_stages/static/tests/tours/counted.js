import { fill } from "@odoo/hoot-dom";

/** The keys that do something, and type nothing. */
const KEYS = ["Tab", "Enter", "Escape", "ArrowUp", "ArrowDown", " "];

let clicks = 0;
let keys = 0;
const onPointer = () => {
    clicks += 1;
};
const onKey = ({ key, altKey, target }) => {
    const isTyped = key === " " && target.matches("textarea, input:not([type=checkbox])");
    keys += (KEYS.includes(key) && !isTyped) || (altKey && key !== "Alt");
};

function listen(add) {
    const method = add ? "addEventListener" : "removeEventListener";
    document[method]("pointerdown", onPointer, { capture: true });
    document[method]("keydown", onKey, { capture: true });
}

/**
 * Counts what somebody does in these steps of a tour: presses of the mouse or of a finger (to drag
 * is one), and keys that type nothing.
 *
 * @param {{clicks?: number, keys?: number}} most how many there are at most; see USAGE.md
 * @param {Object[]} steps the last one does nothing itself
 * @returns {Object[]} the same, with a step before and one after
 */
export function counted(most, steps) {
    return [
        {
            content: "from here on it counts",
            trigger: steps[0].trigger,
            run() {
                clicks = keys = 0;
                listen(true);
            },
        },
        ...steps,
        {
            content: "it has cost no more than it may",
            trigger: "body",
            run() {
                listen(false);
                const { clicks: mostClicks = 0, keys: mostKeys = 0 } = most;
                if (!(clicks + keys) || clicks > mostClicks || keys > mostKeys) {
                    throw new Error(
                        `${clicks} clicks and ${keys} keys instead of ${mostClicks} and ${mostKeys}`
                    );
                }
            },
        },
    ];
}

/** Types a text where the focus is: no click is needed. */
export const type = (text) => () => fill(text);
