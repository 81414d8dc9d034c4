/** What a key asks for: Ctrl or Cmd with Z goes back, with Shift too, or Y, forward; `null` for other keys, and where text is written. */
export function undoKey(event: KeyboardEvent): 'back' | 'forward' | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const { target } = event;
  const writes =
    target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === 'text');
  if (writes) return null;
  const key = event.key.toLowerCase();
  if (key === 'y' || (key === 'z' && event.shiftKey)) return 'forward';
  return key === 'z' ? 'back' : null;
}
