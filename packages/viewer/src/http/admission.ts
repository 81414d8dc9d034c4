import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

/** By which names the server may be called, and what admits to it. */
export interface AdmissionRules {
  /** Host names and addresses, lower case, IPv6 in brackets. */
  readonly hosts: ReadonlySet<string>;
  readonly port: number;
  /** Without it nothing is asked: whoever reaches the server may read. */
  readonly token?: string;
}

/**
 * Admits requests that the page makes, and navigation to it; nothing that pages from elsewhere make the browser send.
 * @returns the cookie to set, when the request brought the token in its address
 * @throws Refusal 403 for a foreign `Host` (a name that an attacker lets point here) or origin, 401 without the token
 */
export function admit(request: IncomingMessage, query: URLSearchParams, rules: AdmissionRules): string | undefined {
  checkHost(request, rules);
  checkOrigin(request);
  return checkToken(request, query, rules);
}

function checkHost({ headersDistinct }: IncomingMessage, { hosts, port }: AdmissionRules): void {
  const given = headersDistinct.host ?? [];
  const [, name, at = '80'] = /^(\[[\da-f:.]+\]|[^:]*)(?::(\d+))?$/i.exec(given[0] ?? '') ?? [];
  if (given.length === 1 && name !== undefined && hosts.has(name.toLowerCase()) && Number(at) === port) return;
  throw new Refusal(403, 'forbidden', 'The viewer is not called that; use the address that xinc printed');
}

/**
 * Browsers tell where a request comes from in `Sec-Fetch-Site`, older ones in `Origin` alone. Another server of this machine
 * (another port) is `same-site`, and foreign.
 */
function checkOrigin({ headers, method }: IncomingMessage): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const navigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  const own = site === undefined || site === 'same-origin' || site === 'none' || (method === 'GET' && navigation);
  if (own && (origin === undefined || origin === `http://${host}`)) return;
  throw new Refusal(403, 'forbidden', 'Another page may not use the viewer');
}

function checkToken({ headers }: IncomingMessage, query: URLSearchParams, rules: AdmissionRules): string | undefined {
  const { token, port } = rules;
  if (token === undefined) return undefined;
  // Cookies are shared by all ports of a host: each server has its own. `Lax`, since the page may be opened from a file or a mail, and
  // is reloaded then; what other pages make the browser send is refused by its origin.
  const name = `xinc-${port}`;
  const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  if (cookies.some((pair) => pair.startsWith(`${name}=`) && same(pair.slice(name.length + 1), token))) return undefined;
  if (same(query.get('token') ?? '', token)) return `${name}=${token}; Path=/; HttpOnly; SameSite=Lax`;
  throw new Refusal(401, 'forbidden', 'The address lacks the token; open the whole address that xinc printed');
}

/** Takes as long whatever the texts are. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
