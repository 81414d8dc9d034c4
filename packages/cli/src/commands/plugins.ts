import type { PluginKind } from '@xinc/core';
import type { ZodType } from 'zod';
import type { CommandContext } from '../context.js';
import { describeSettings } from '../settings.js';
import { loadPlugins } from '../workflow/plugins.js';

const SECTIONS: readonly [PluginKind, string][] = [
  ['inr', 'Models'],
  ['grouping', 'Groupings'],
  ['analysis', 'Analyses'],
  ['engine', 'Engines'],
];

/** Lists what is installed, with settings and their defaults. */
export async function pluginsCommand(context: CommandContext): Promise<void> {
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
      if (form !== undefined) lines.push(`      in short: ${form}`);
      lines.push(`      from ${origin.package} ${origin.version}`);
      listed.push({ kind, name: plugin.name, title: plugin.title, description, settings, form, ...origin });
    }
  }
  if (registry.broken.length > 0) lines.push('Could not be loaded');
  for (const { package: name, reason } of registry.broken) lines.push(`  ${name}: ${reason}`);
  context.result({ plugins: listed, broken: registry.broken }, lines.join('\n'));
}
