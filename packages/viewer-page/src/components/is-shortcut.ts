/** Whether a key is meant for the browser or the system: Alt+← goes back a page. */
export const isShortcut = ({ altKey, ctrlKey, metaKey }: KeyboardEvent): boolean => altKey || ctrlKey || metaKey;
