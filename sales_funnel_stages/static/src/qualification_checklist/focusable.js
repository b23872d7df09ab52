/** What somebody can type into or choose, in the order in which Tab goes there. */
export const FOCUSABLE =
    "input:not([type=hidden]):not(:disabled), textarea:not(:disabled), select:not(:disabled), button:not(:disabled), a[role=button], [contenteditable=true]";
