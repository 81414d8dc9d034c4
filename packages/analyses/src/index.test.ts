import { readFileSync } from 'node:fs';
import { Registry } from '@xinc/core/node';
import { checkPlugins } from '@xinc/core/testing';
import { describe, expect, it } from 'vitest';
import plugins from './index.js';

describe('the plugin list', () => {
  it('holds plugins of distinct names', () => {
    const registry = new Registry();
    const origin = { package: '@xinc/analyses', version: '0', path: 'index.js' };
    for (const plugin of checkPlugins([...plugins], '@xinc/analyses')) registry.add(plugin, origin);
    expect(registry.all('grouping').map(({ plugin }) => plugin.name)).toEqual([
      'instances',
      'rgb',
      'gabor',
      'grid',
      'categories',
    ]);
    expect(registry.all('analysis').map(({ plugin }) => plugin.name)).toEqual([
      'canvas',
      'grouping-variance',
      'pixels-per-neuron',
      'neurons-per-pixel',
      'contribution-distribution',
      'objects',
      'motion',
      'intensity-edges',
      'neuron-clusters',
      'completeness',
      'faithfulness',
    ]);
  });

  it('loads no library but core, zod and one function of fifty lines before an analysis or grouping runs', () => {
    const imported = new Set<string>();
    const files = [new URL('index.ts', import.meta.url)];
    // The list grows while files name others.
    for (const file of files) {
      const source = readFileSync(file, 'utf8');
      for (const [, module] of source.matchAll(/^(?:import|export) (?!type )[^;]*? from '([^']*)';/gm)) {
        const next = new URL(module.replace(/\.js$/, '.ts'), file);
        if (!module.startsWith('.')) imported.add(module);
        else if (!files.some(({ href }) => href === next.href)) files.push(next);
      }
    }
    expect(files.length).toBeGreaterThan(20);
    expect(imported).toEqual(new Set(['@xinc/core', 'zod', 'quickselect']));
  });
});
