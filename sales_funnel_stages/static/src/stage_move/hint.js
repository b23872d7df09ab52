/**
 * Tell people something that they may act upon, for a while.
 *
 * While a dialog is open, it waits: it belongs to what is below, and would be in the dialog's way.
 *
 * @param {{ notification: Object, ui: Object }} services
 * @param {string} message
 * @param {Object} options as those of a notification
 * @returns {() => void} ends it
 */
export function addHint({ notification, ui }, message, options) {
    let close;
    const isInDialog = () => Boolean(ui.activeElement.closest?.(".modal"));
    const end = () => {
        ui.bus.removeEventListener("active-element-changed", follow);
        hide();
    };
    const hide = () => {
        const closeShown = close;
        close = undefined;
        closeShown?.();
    };
    const show = () => {
        // closed by whoever reads it, or since it was there for long enough
        const onClose = () => close && end();
        close = notification.add(message, { ...options, onClose });
    };
    const follow = () => {
        if (isInDialog()) {
            hide();
        } else if (!close) {
            show();
        }
    };
    ui.bus.addEventListener("active-element-changed", follow);
    follow();
    return end;
}
