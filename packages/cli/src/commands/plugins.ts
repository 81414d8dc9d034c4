import { CONTRACT, type PluginKind, XincError } from '@xinc/core';
import { Trust } from '@xinc/core/node';
import { describeSettings } from '@xinc/runs';
import type { ZodType } from 'zod';
import type { CommandContext } from '../context.js';
import { loadPlugins } from '../workflow/plugins.js';

const SECTIONS: readonly [PluginKind, string][] = [
  ['inr', 'Models'],
  ['grouping', 'Groupings'],
  ['analysis', 'Analyses'],
  ['engine', 'Engines'],
];

export interface PluginsCommandOptions {
  /** A folder, or `true` for the working directory. */
  readonly trust?: string | true;
  readonly untrust?: string | true;
}

/** Lists what is installed, with settings and their defaults; or keeps the user's word on a project's plugins. */
export async function pluginsCommand(
  { trust, untrust }: PluginsCommandOptions,
  context: CommandContext,
): Promise<void> {
  if (trust !== undefined && untrust !== undefined) {
    throw new XincError('usage', '--trust and --untrust are given, and say the opposite of each other');
  }
  if (trust !== undefined) return trustProject(trust, context);
  if (untrust !== undefined) return untrustProject(untrust, context);
  return listPlugins(context);
}

const folderOf = (given: string | true): string => (given === true ? process.cwd() : given);

async function trustProject(given: string | true, { result }: CommandContext): Promise<void> {
  const trust = await Trust.open();
  const { folder, packages } = await trust.grant(folderOf(given));
  result(
    { trusted: folder, packages, file: trust.file },
    `Trusted: ${packages.join(', ')} of ${folder} (${trust.file})`,
  );
}

async function untrustProject(given: string | true, { result }: CommandContext): Promise<void> {
  const trust = await Trust.open();
  const folder = await trust.revoke(folderOf(given));
  result({ untrusted: folder, file: trust.file }, `Not trusted any more: ${folder} (${trust.file})`);
}

async function listPlugins(context: CommandContext): Promise<void> {
  const registry = await loadPlugins(context);
  const lines: string[] = [];
  const listed: Record<string, unknown>[] = [];
  for (const [kind, heading] of SECTIONS) {
    lines.push(heading);
    for (const { plugin, origin } of registry.all(kind)) {
      const description = 'description' in plugin ? plugin.description : plugin.title;
      const schema = 'config' in plugin ? plugin.config : 'options' in plugin ? plugin.options : undefined;
      const settings = schema ? describeSettings(schema as ZodType) : [];
      const form = 'form' in plugin ? plugin.form : undefined;
      lines.push(`  ${plugin.name.padEnd(26)}${description}`);
      for (const { name, value, description: what } of settings) {
        lines.push(`      ${name}${value === '' ? '' : ` = ${value}`}${what ? `: ${what}` : ''}`);
      }
      const fast = 'fast' in plugin ? plugin.fast : undefined;
      if (fast) {
        const values = Object.entries(fast).map(([key, value]) => `${key}=${value}`);
        lines.push(`      with --fast: ${values.join(', ')}`);
      }
      if (form !== undefined) lines.push(`      in short: ${form}`);
      const { contract = null } = origin;
      const made = contract === null ? 'which does not say its contract' : `made for contract ${contract}`;
      lines.push(`      from ${[origin.package, origin.version].filter((text) => text !== '').join(' ')}, ${made}`);
      listed.push({
        kind,
        name: plugin.name,
        title: plugin.title,
        description,
        settings,
        form,
        fast,
        ...origin,
        contract,
      });
    }
  }
  if (registry.broken.length > 0) lines.push('Could not be loaded');
  for (const { package: name, reason } of registry.broken) lines.push(`  ${name}: ${reason}`);
  lines.push(`This XINC has contract ${CONTRACT} of plugins.`);
  const { broken, untrusted } = registry;
  context.result({ contract: CONTRACT, plugins: listed, broken, untrusted }, lines.join('\n'));
}
