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
  /** What the cookie of a page holds that was opened with the token. */
  readonly pass: string;
}

/** A request, and what its target says. */
export interface Asking {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** Whether it asks for one panel of the page alone, which may be part of another page. */
  readonly alone: boolean;
  /** The token at the beginning of its path. */
  readonly token?: string;
}

export interface Admission {
  /** The cookie to set, when the request brought the token in its query. */
  readonly cookie?: string;
  /**
   * Where one panel is asked for alone: whose pages may show it in a frame. Those of `anyone` who brought the token in the path; where
   * no token is asked for, those of this `machine`.
   */
  readonly framed?: 'anyone' | 'machine';
}

/**
 * Admits requests that the page makes, and navigation to it, in a frame only as `Admission` says; nothing else that pages from elsewhere
 * make the browser send.
 * @throws Refusal 403 for a foreign `Host` (a name that an attacker lets point here) or origin, 401 without the token
 */
export function admit(asking: Asking, rules: AdmissionRules): Admission {
  checkHost(asking.request, rules);
  const framed = rules.token === undefined ? 'machine' : same(asking.token ?? '', rules.token) ? 'anyone' : undefined;
  checkOrigin(asking.request, framed !== undefined && asking.alone);
  if (framed) return asking.alone ? { framed } : {};
  const cookie = checkToken(asking, rules);
  return cookie === undefined ? {} : { cookie };
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
function checkOrigin({ headers, method }: IncomingMessage, inFrames: boolean): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const place = headers['sec-fetch-dest'];
  const navigation =
    headers['sec-fetch-mode'] === 'navigate' && (place === 'document' || (inFrames && place === 'iframe'));
  const own = site === undefined || site === 'same-origin' || site === 'none' || (method === 'GET' && navigation);
  if (own && (origin === undefined || origin === `http://${host}`)) return;
  throw new Refusal(403, 'forbidden', 'Another page may not use the viewer');
}

function checkToken({ request: { headers }, query }: Asking, rules: AdmissionRules): string | undefined {
  const { token = '', port, pass } = rules;
  // Cookies are shared by all ports of a host: each server has its own. `Lax`, since the page may be opened from a file or a mail, and
  // is reloaded then; what other pages make the browser send is refused by its origin. It is not the token, which is kept for the next
  // viewer, since a browser sends it to whatever listens at another port of this host.
  const name = `xinc-${port}`;
  const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  if (cookies.some((pair) => pair.startsWith(`${name}=`) && same(pair.slice(name.length + 1), pass))) return undefined;
  if (same(query.get('token') ?? '', token)) return `${name}=${pass}; Path=/; HttpOnly; SameSite=Lax`;
  throw new Refusal(401, 'forbidden', 'The address lacks the token; open the whole address that xinc printed');
}

/** Takes as long whatever the texts are. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
