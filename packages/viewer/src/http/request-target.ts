import { Refusal } from './refusal.js';

/** What a request asks for. */
export interface RequestTarget {
  /** Names between slashes, decoded; none for `/`. None of them is empty, `.` or `..`, or holds a separator or control character. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

const LONGEST = 8192;

/**
 * Takes a token off the beginning of a target: `/token/T/api/session` asks for `/api/session`, with the token T. So a page in a frame
 * of another site, for which browsers keep no cookie, has the token in whatever it asks for by a relative address.
 */
export function splitToken(target: string): { readonly target: string; readonly token?: string } {
  const [, token, rest] = /^\/token\/([\w-]+)(\/.*)$/s.exec(target) ?? [];
  return token === undefined ? { target } : { target: rest, token };
}

/**
 * Reads the target of a request line as it came: what `new URL` would resolve without a word (`..`, `%2e%2e`, backslashes) is refused, and
 * names are decoded once.
 * @throws Refusal
 */
export function parseTarget(target: string): RequestTarget {
  if (target.length > LONGEST) throw new Refusal(414, 'usage', 'The address is too long');
  const [path, query = ''] = splitOnce(target, '?');
  if (!path.startsWith('/')) throw new Refusal(400, 'usage', 'The address does not begin with a slash');
  const segments = path === '/' ? [] : path.slice(1).split('/').map(decodeSegment);
  return { segments, query: new URLSearchParams(query) };
}

function decodeSegment(raw: string): string {
  let name: string;
  try {
    name = decodeURIComponent(raw);
  } catch {
    throw new Refusal(400, 'usage', 'The address is not written as addresses are');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (name === '' || name === '.' || name === '..' || /[/\\\x00-\x1f\x7f]/.test(name)) {
    throw new Refusal(400, 'usage', 'The address has a part that names nothing');
  }
  return name;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
