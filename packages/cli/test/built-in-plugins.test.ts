import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { discoverPlugins } from '@xinc/core/node';
import { checkAnalysis, checkGrouping, checkInr } from '@xinc/core/testing';
import { describe, expect, test } from 'vitest';

/*
 * Every built-in plugin, and those of the tutorial, by the kit that authors of plugins have: one that comes is checked without being
 * named here.
 */
const tutorial = join(fileURLToPath(new URL('../../..', import.meta.url)), 'examples', 'plugin-tutorial');
const registry = await discoverPlugins({ from: [import.meta.dirname], paths: [tutorial] });
const engines = registry.all('engine').map(({ plugin }) => plugin);

test('docs/interoperability.md names the models whose tensors may have any names, and no others', () => {
  const page = readFileSync(new URL('../../../docs/interoperability.md', import.meta.url), 'utf8');
  const [sentence] = /Those of [^.]*may also be any others/.exec(page)!;
  const named = [...sentence.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  const told = registry.all('inr').filter(({ plugin }) => plugin.layout !== undefined);
  expect(named.sort()).toEqual(told.map(({ plugin }) => plugin.name).sort());
});

/** Smaller networks than the defaults, which take long. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ffn: { width: 12, fourierFeatures: 10, fourierScale: 2 },
  nerv: { parameters: 20_000, encodingLevels: 8 },
  hnerv: { widths: [4, 4, 4], strides: [4, 2], embeddingChannels: 4 },
  ...Object.fromEntries(['siren', 'finer', 'gauss', 'wire', 'pemlp'].map((name) => [name, { width: 10, layers: 3 }])),
  hashgrid: { levels: 3, width: 8 },
  mfn: { width: 12 },
  sines: { width: 16 },
};
/** Forms of a network that a setting chooses: each is another one. */
const FORMS: Readonly<Record<string, readonly string[]>> = { wire: ['real', 'complex', 'complex2d'] };
/** Networks that files hold whole are built of what a file says; their own tests have such files. */
const OF_FILES = ['onnx'];
/** Why maps of a layer may be compared with none. */
const OWN_MAPS = 'its hook computes its maps itself, in JavaScript';
/** What an analysis needs of the small runs' two groupings. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'neuron-clusters': { grouping: 'cells' },
};

test('there are two engines, which are compared', () => {
  expect(engines.map(({ name }) => name).sort()).toEqual(['ort', 'tfjs']);
});

test('settings and forms are those of plugins that there are', () => {
  const names = new Set(registry.all('inr').map(({ plugin }) => plugin.name));
  for (const name of [...Object.keys(SETTINGS), ...Object.keys(FORMS), ...OF_FILES]) expect(names).toContain(name);
});

const namesOf = (kind: 'inr' | 'grouping' | 'analysis') => registry.all(kind).map(({ plugin }) => plugin.name);

describe('models: both engines agree, gradients are those of differences, contributions add up', () => {
  const networks = namesOf('inr').filter((name) => !OF_FILES.includes(name));
  const cases = networks.flatMap((name) => (FORMS[name] ?? ['']).map((form) => [name, form] as const));
  test.each(cases)('%s %s', async (name, form) => {
    const { plugin } = registry.get('inr', name);
    const settings = { ...SETTINGS[name], ...(form && { form }) };
    const measures = await checkInr(plugin, { engines, settings });
    expect(measures.map(({ signal }) => signal.kind).sort()).toEqual([...plugin.signals].sort());
    for (const { layers, gradients } of measures) {
      expect(Object.keys(gradients).sort()).toEqual(['ort', 'tfjs']);
      for (const { id, completeness, notCompared } of layers) {
        expect(completeness, id).toBeLessThan(1e-6);
        expect(notCompared ?? OWN_MAPS, id).toBe(OWN_MAPS);
      }
    }
  });
});

describe('groupings: label maps are whole, repeatable, and there for pictures of any kind', () => {
  test.each(namesOf('grouping'))('%s', async (name) => {
    const measures = await checkGrouping(registry.get('grouping', name).plugin);
    for (const { groups } of measures) expect(groups).toBeGreaterThan(1);
  });
});

describe('analyses: results pass the doors, are the same for any number of workers, and read well', () => {
  test.each(namesOf('analysis'))('%s', async (name) => {
    const measures = await checkAnalysis(registry.get('analysis', name).plugin, { options: OPTIONS[name] });
    expect(measures.filter(({ result }) => result).length).toBeGreaterThan(1);
  });
});
