import type { Access } from './access.js';
import { ServerAccess } from './server-access.js';
import { SiteAccess } from './site/site-access.js';
import { WebFiles } from './site/site-files.js';

/**
 * Where the page's runs come from, as the page itself says: `<meta name="xinc-site" content="…">` names the folder of a published
 * site; without it the page comes from a server of its own.
 */
export function openAccess(page: Document): Access {
  const folder = page.querySelector('meta[name="xinc-site"]')?.getAttribute('content');
  return folder ? new SiteAccess(new WebFiles(new URL(folder, page.baseURI).href)) : new ServerAccess(page.baseURI);
}
