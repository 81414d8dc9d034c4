import { formatAddress, parseAddress } from './address.js';

/** Where the page is: its address, and the token of its server, where that asks for one. */
export interface Place {
  readonly address: string;
  readonly token: string | undefined;
}

/** The part of the page's address that asks for one panel alone. */
const EMBED = 'embed';

/** The panel that an address asks for alone; `null` for the whole page. */
export function embedOf(address: string): string | null {
  return new URL(address).searchParams.get(EMBED);
}

/**
 * The address of the whole page, complete: it opens in a browser that has not been there.
 * @param fragment what it shows, without `#`
 */
export function pageLink(place: Place, fragment: string): string {
  const link = bare(place);
  if (place.token !== undefined) link.searchParams.set('token', place.token);
  link.hash = fragment;
  return link.href;
}

/**
 * The address of one panel alone, for a frame in another page. The token is in its path: browsers keep no cookie of a page in a frame.
 * @param also settings of it beside those of the fragment, by key
 */
export function embedLink(
  place: Place,
  panel: string,
  fragment: string,
  also: Readonly<Record<string, string>> = {},
): string {
  const link = bare(place);
  if (place.token !== undefined) link.pathname = `/token/${place.token}/`;
  link.searchParams.set(EMBED, panel);
  link.hash = formatAddress(new Map([...parseAddress(fragment), ...Object.entries(also)]));
  return link.href;
}

/** The page without what it shows, and without a token: a server with one is found at `/`. */
function bare({ address, token }: Place): URL {
  const link = new URL(address);
  if (token !== undefined) link.pathname = '/';
  link.search = link.hash = '';
  return link;
}
