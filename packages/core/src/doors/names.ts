import { printable } from '../printable.js';
import { requireThat, show } from './breach.js';

/** Characters of a name that becomes a file's: folders and the file's ending have to fit as well. */
const LONGEST = 100;
/** Names that Windows keeps for devices, with any ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** Whether Windows keeps a name for a device, so that no file can have it. */
export const isReserved = (name: string): boolean => RESERVED.test(name);

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const FORBIDDEN = /[\u0000-\u001f\u007f<>:"/\\|?*]/;

/**
 * Refuses a name that cannot be a file's on every system, or that would lead out of its folder.
 * @param what for messages: "the table's name"
 */
export function checkFileName(what: string, name: unknown): asserts name is string {
  requireThat(typeof name === 'string' && name.length > 0, `${what} is ${show(name)}`, 'Give it a name.');
  const hint = 'Use letters, digits, hyphens and underscores: it becomes the name of a file.';
  requireThat(name.length <= LONGEST, `${what} has ${name.length} characters, and ${LONGEST} are possible`, hint);
  requireThat(!FORBIDDEN.test(name), `${what} ${show(printable(name))} holds a character that no file name may`, hint);
  requireThat(!/^[.\s]|[.\s]$/.test(name), `${what} ${show(name)} begins or ends with a full stop or a space`, hint);
  requireThat(!isReserved(name), `${what} ${show(name)} is one that Windows keeps for devices`, hint);
}

/** Refuses names that are one and the same file where case does not count. */
export function checkDistinct(what: string, names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const key = name.normalize('NFC').toLowerCase();
    const before = seen.get(key);
    requireThat(
      before === undefined,
      before === name
        ? `two ${what} are called ${show(name)}`
        : `the ${what} ${show(before)} and ${show(name)} differ in case alone`,
      'Give each a name of its own.',
    );
    seen.set(key, name);
  }
}
