import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HOME } from './home.js';

/**
 * A template's package.json with the versions of XINC's packages, which it leaves open (`*`): that of this package, since all have
 * the same. Where this package lies in a clone of XINC, the folders of the clone.
 */
export function withVersions(text: string): string {
  const { version } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')) as { version: string };
  return text.replace(/"@xinc\/([\w-]+)": "\*"/g, (_, name: string) => {
    const inClone = cloneFolder(name);
    const wanted = inClone === undefined ? `^${version}` : `file:${inClone.replaceAll('\\', '/')}`;
    return `"@xinc/${name}": ${JSON.stringify(wanted)}`;
  });
}

/** The folder of a package of XINC in the clone that this package lies in; `undefined` where it is installed. */
function cloneFolder(name: string): string | undefined {
  const folder = resolve(HOME, '..', name);
  return existsSync(join(HOME, 'src')) && existsSync(join(folder, 'package.json')) ? folder : undefined;
}
