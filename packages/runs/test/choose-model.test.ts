import type { InrPlugin, SignalShape } from '@xinc/core';
import { Registry } from '@xinc/core/node';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { chooseModel } from '../src/make/choose-model.js';

/** Models of these names, found in this order. */
function found(kinds: readonly SignalShape['kind'][], ...names: string[]): Registry {
  const registry = new Registry();
  for (const name of names) {
    const plugin: InrPlugin = {
      ...{ kind: 'inr', name, title: name, description: name, signals: kinds, config: z.object({}) },
      build: () => expect.unreachable(),
    };
    registry.add(plugin, { package: name, version: '1.0.0', path: `/${name}/index.js`, folder: `/${name}` });
  }
  return registry;
}

test('the network that nobody names is the paper’s, in whatever order packages are found', () => {
  for (const names of [
    ['hnerv', 'nerv', 'siren', 'ffn'],
    ['nerv', 'ffn', 'hnerv', 'siren'],
  ]) {
    expect(chooseModel(found(['image', 'video'], ...names), undefined, 'video').plugin.name).toBe('nerv');
    expect(chooseModel(found(['image', 'video'], ...names), undefined, 'image').plugin.name).toBe('ffn');
  }
});

test('without the paper’s it is the first by name', () => {
  for (const names of [
    ['siren', 'hnerv'],
    ['hnerv', 'siren'],
  ]) {
    expect(chooseModel(found(['video'], ...names), undefined, 'video').plugin.name).toBe('hnerv');
  }
  expect(() => chooseModel(found(['image'], 'siren'), undefined, 'video')).toThrow(
    'No model at hand represents videos.',
  );
});
