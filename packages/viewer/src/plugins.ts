import { readFile } from 'node:fs/promises';
import { type PluginKind, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import type { Session } from '@xinc/viewer-page';
import { type Answer, tagOf } from './http/answer.js';
import { SCRIPT_TYPE } from './http/content-type.js';
import { Refusal } from './http/refusal.js';

const KINDS: readonly PluginKind[] = ['inr', 'grouping', 'analysis', 'engine'];

/** All plugins at hand, those of other packages too. */
export function listPlugins(registry: Registry): Session['plugins'] {
  return KINDS.flatMap((kind) =>
    registry.all(kind).map(({ plugin: { name, title }, origin }) => ({
      kind,
      name,
      title,
      package: origin.package,
      version: origin.version,
      ...(origin.panel !== undefined && { panel: `api/panels/${encodePackage(origin.package)}` }),
    })),
  );
}

/** The module of a package's panel: the file that its package.json names, and nothing else of it. */
export async function panelModule(registry: Registry, packageName: string): Promise<Answer> {
  const origins = KINDS.flatMap((kind) => registry.all(kind).map(({ origin }) => origin));
  const panel = origins.find((origin) => origin.package === packageName && origin.panel !== undefined)?.panel;
  if (panel === undefined) throw new Refusal(404, 'not-found', `There is no plugin ${packageName} with a panel`);
  const body = await readFile(panel).catch((cause) => {
    throw new XincError('plugin', `The panel of ${packageName} cannot be read: ${panel}`, { subject: panel, cause });
  });
  return { type: SCRIPT_TYPE, tag: tagOf(body), body };
}

/** A scope stays a part of the path of its own: an encoded slash is refused everywhere. */
function encodePackage(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}
