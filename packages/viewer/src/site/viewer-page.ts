import { socialTags } from '@xinc/report';
import { VIEWER_POLICY } from './site-policy.js';

/**
 * The viewer's page as it stands in a site's folder `view`: it says where the runs are, and what it may load.
 * @param index the page as it was built
 */
export function viewerPage(
  index: string,
  title: string,
  description: string | undefined,
  preview: { readonly image: string; readonly page: string } | undefined,
): string {
  const head = `<meta http-equiv="Content-Security-Policy" content="${VIEWER_POLICY}" />
    <meta name="referrer" content="no-referrer" />
    <meta name="xinc-site" content="../" />
    ${socialTags(title, description ?? title, preview).text.trim()}
    <meta name="viewport"`;
  return index.replace('<meta name="viewport"', () => head);
}
