/* The fragment of the page's address, `#run=…&layer=…`, as keys and texts, and back. */

/** Longer links are cut off by some programs; a selection that does not fit is left out. */
const MOST_CHARACTERS = 6000;

/** Keys and their texts as a fragment, without `#`. */
export function formatAddress(texts: Iterable<readonly [string, string]>): string {
  return [...texts]
    .map(([key, text]) => {
      // Commas and colons may stand in a fragment as they are, and read better so.
      const encoded = encodeURIComponent(text).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%3B/g, ';');
      return encoded.length <= MOST_CHARACTERS ? `${key}=${encoded}` : '';
    })
    .filter((part) => part !== '')
    .join('&');
}

/** The texts that a fragment (with or without `#`) holds, by key; the last of each counts. */
export function parseAddress(fragment: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const part of fragment.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    const text = at > 0 ? decodePart(part.slice(at + 1)) : undefined;
    if (text !== undefined) texts.set(part.slice(0, at), text);
  }
  return texts;
}

/** What was encoded for an address; `undefined` for what was not. */
export function decodePart(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
