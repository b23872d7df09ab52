/** What people do in the dialog of a refused move, as steps of tours and their triggers. */

export const count = (text) => `.modal .o_qualification_count:contains('${text}')`;

export const confirm = (text, isReady) =>
    `.modal footer .o_stage_move_confirm:contains('${text}')${
        isReady ? ".btn-primary" : ":not(.btn-primary)"
    }`;

/** Chooses in a field, with the mouse. */
export const pick = (name, text) => [
    {
        trigger: `.modal .o_field_widget[name=${name}] input`,
        run: "click",
    },
    {
        trigger: `.o_select_menu_item:contains('${text}')`,
        run: "click",
    },
];

/** Opens the calendar of a field. */
export const openDay = (name) => ({
    trigger: `.modal .o_field_widget[name=${name}] :is(input, button)`,
    run: "click",
});

export const pickToday = {
    trigger: ".o_datetime_picker .o_today",
    run: "click",
};
