import type { Access } from './access.js';
import { InsideFiles } from './inside/inside-files.js';
import { ServerAccess } from './server-access.js';
import { SiteAccess } from './site/site-access.js';
import { WebFiles } from './site/site-files.js';

/** Instead of a folder: the files are blocks of the page. */
const INSIDE = 'inside';

/**
 * Where the page's runs come from, as the page itself says: `<meta name="xinc-site" content="…">` names the folder of a published
 * site, and `inside` is a page that has the files of one inside; without it the page comes from a server of its own.
 */
export function openAccess(page: Document): Access {
  const folder = page.querySelector('meta[name="xinc-site"]')?.getAttribute('content');
  if (folder === INSIDE) return new SiteAccess(new InsideFiles(page));
  return folder ? new SiteAccess(new WebFiles(new URL(folder, page.baseURI).href)) : new ServerAccess(page.baseURI);
}
