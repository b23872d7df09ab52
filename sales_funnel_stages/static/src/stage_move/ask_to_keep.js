import { SettingsConfirmationDialog } from "@web/webclient/settings_form_view/settings_confirmation_dialog";

/**
 * Asks what becomes of what was filled in and is not saved yet, before a dialog closes.
 *
 * @param {Object} dialog the service
 * @param {{ body: string, save: () => any }} options what is asked, and what saves and closes
 * @returns {Promise<boolean>} whether it is thrown away; false: it is saved, or the dialog stays
 */
export function askToKeep(dialog, { body, save }) {
    return new Promise((resolve) => {
        dialog.add(
            SettingsConfirmationDialog,
            {
                body,
                confirm: () => save(),
                cancel: () => resolve(true),
                dismiss: () => {},
            },
            // of no effect after the answer
            { onClose: () => resolve(false) }
        );
    });
}
