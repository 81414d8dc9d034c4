import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SettingValues } from '../state/setting.js';
import { Settings } from '../state/settings.svelte.js';
import type { VIEW } from '../state/view.js';
import type { SETTINGS as ANALYSES } from './analyses/settings.js';
import type { SETTINGS as CANVAS } from './canvas/settings.js';
import type { SETTINGS as COMPARE } from './compare/settings.js';
import type { SETTINGS as EMBEDDING } from './embedding/settings.js';
import { PAGE_SETTINGS, PANELS } from './panels.js';
import type { SETTINGS as TRAINING } from './training/settings.js';
import type { SETTINGS as WALL } from './wall/settings.js';

/** What addresses of the page have held so far: those that people have saved keep their meaning. */
type Saved = SettingValues<
  typeof VIEW & typeof CANVAS & typeof WALL & typeof EMBEDDING & typeof ANALYSES & typeof TRAINING & typeof COMPARE
>;

const settingsOf = (fragment: string) => new Settings(fragment, PAGE_SETTINGS);
const valuesOf = (settings: Settings): Partial<Saved> =>
  Object.assign({}, ...PAGE_SETTINGS.map((group) => ({ ...settings.of(group) })));
const INITIAL = valuesOf(settingsOf(''));

/** What an address says that is not so without it. */
const parse = (fragment: string): Partial<Saved> =>
  Object.fromEntries(
    Object.entries(valuesOf(settingsOf(fragment))).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(INITIAL[field as keyof Saved]),
    ),
  );

function format(values: Partial<Saved>): string {
  const settings = settingsOf('');
  for (const group of PAGE_SETTINGS) {
    const own = settings.of(group);
    for (const [field, value] of Object.entries(values)) if (field in own) own[field] = value;
  }
  return settings.write();
}

const whole = fc.nat({ max: 9_999_999 });
const positive = fc.integer({ min: 1, max: 9_999_999 });
const neurons = fc.uniqueArray(fc.nat({ max: 5000 }), { maxLength: 40 }).map((list) => list.sort((a, b) => a - b));
// What people may call a folder: no control characters, nothing half of a pair.
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => /^[\p{L}\p{N}\p{P}\p{S} ]{1,200}$/u.test(text));
const percent = (low: number) => fc.integer({ min: 100 * low, max: 85 }).map((value) => value / 100);

const view: fc.Arbitrary<Saved> = fc.record({
  run: fc.option(name),
  frame: whole,
  layer: fc.option(name),
  pixel: fc.option(fc.record({ row: whole, column: whole })),
  region: fc.option(
    fc.oneof(
      fc.record({
        kind: fc.constant('rectangle' as const),
        top: whole,
        left: whole,
        height: positive,
        width: positive,
      }),
      fc.record({
        kind: fc.constant('lasso' as const),
        corners: fc.array(fc.tuple(whole, whole), { minLength: 3, maxLength: 30 }),
      }),
    ),
  ),
  zoom: fc
    .tuple(fc.integer({ min: 100, max: 25_600 }), fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }))
    .map(([scale, x, y]) => ({ scale: scale / 100, x: x / 1e4, y: y / 1e4 })),
  neuron: fc.option(whole),
  neurons,
  off: fc.dictionary(
    fc.stringMatching(/^[\w:;,%=& -]{1,12}$/),
    neurons.filter((list) => list.length > 0),
    { noNullPrototype: true, maxKeys: 4 },
  ),
  only: fc.option(
    fc.oneof(
      fc.record({ kind: fc.constant('group' as const), grouping: name, group: name }),
      fc.record({ kind: fc.constant('cluster' as const), layer: name, cluster: fc.nat({ max: 9_999_998 }) }),
    ),
  ),
  onlyLeast: fc.constantFrom('1.5', '2', '4', '8'),
  scale: fc.constantFrom('own', 'shared'),
  opacity: percent(0),
  picture: fc.constantFrom('reconstruction', 'signal', 'error'),
  ranked: fc.option(fc.constantFrom('pixel', 'region', 'groups')),
  grouping: fc.option(name),
  measure: fc.constantFrom('density', 'total'),
  panel: name,
  embedding: name,
  coloring: fc.option(fc.constantFrom('cluster', 'layer', 'run', 'total')),
  analysis: fc.option(name),
  figure: fc.option(name),
  order: fc.constantFrom('total', 'region', 'index', 'cluster'),
  alive: fc.boolean(),
  other: fc.option(name),
  allRuns: fc.boolean(),
  beside: fc.constantFrom('match' as const, 'number' as const),
  withoutRuns: fc.uniqueArray(fc.stringMatching(/^[\w.-]{1,12}$/), { maxLength: 4 }),
  matchFrom: percent(0),
  otherLayer: fc.option(name),
  steps: fc.constantFrom('linear', 'log'),
  theme: fc.constantFrom('system', 'light', 'dark'),
  split: percent(0.2),
});

test('a view comes back from its address', () => {
  fc.assert(
    fc.property(view, (one) => {
      expect(valuesOf(settingsOf(`#${format(one)}`))).toMatchObject(one);
    }),
  );
});

test('the view that the page starts with has no address', () => {
  expect(settingsOf('').write()).toBe('');
});

test('an address that was saved means what it meant', () => {
  const saved =
    'run=second&frame=3&layer=block2&pixel=4,7&region=rectangle:1,2,3,4&zoom=400,6120,3500&neuron=17&neurons=3,5-9&off=block1:2;head:0-3&only=group:instances:a%20boat&only-least=4&scale=shared' +
    '&opacity=40&picture=error&ranked=groups&grouping=grid%3A4x8&measure=total&panel=compare&embedding=layers&coloring=run&analysis=canvas&figure=totals' +
    '&order=cluster&dead=shown&other=first&all-runs=yes&without-runs=third%20fourth&match-from=80&beside=number&other-layer=head&steps=log&theme=dark&split=70';
  expect(parse(saved)).toEqual({
    run: 'second',
    frame: 3,
    layer: 'block2',
    pixel: { row: 4, column: 7 },
    region: { kind: 'rectangle', top: 1, left: 2, height: 3, width: 4 },
    zoom: { scale: 4, x: 0.612, y: 0.35 },
    neuron: 17,
    neurons: [3, 5, 6, 7, 8, 9],
    off: { block1: [2], head: [0, 1, 2, 3] },
    only: { kind: 'group', grouping: 'instances', group: 'a boat' },
    onlyLeast: '4',
    scale: 'shared',
    opacity: 0.4,
    picture: 'error',
    ranked: 'groups',
    grouping: 'grid:4x8',
    measure: 'total',
    panel: 'compare',
    embedding: 'layers',
    coloring: 'run',
    analysis: 'canvas',
    figure: 'totals',
    order: 'cluster',
    alive: false,
    other: 'first',
    allRuns: true,
    withoutRuns: ['third', 'fourth'],
    matchFrom: 0.8,
    beside: 'number',
    otherLayer: 'head',
    steps: 'log',
    theme: 'dark',
    split: 0.7,
  } satisfies Saved);
});

test('any text is read, and what is read is a view again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webFragments()), (text) => {
      const read = parse(text);
      expect(parse(format(read))).toEqual(read);
    }),
  );
});

test('panels have names of their own in the address', () => {
  expect(new Set(PANELS.map(({ id }) => id)).size).toBe(PANELS.length);
});

describe('what is malformed is left out, and the rest is read', () => {
  test.each([
    ['frame', 'frame=-1', 'frame=1.5', 'frame=', 'frame=1e3', 'frame=12345678', 'frame=1,2'],
    ['pixel', 'pixel=1', 'pixel=1,2,3', 'pixel=a,b', 'pixel=-1,2'],
    [
      'region',
      'region=rectangle:1,2,0,4',
      'region=rectangle:1,2,3',
      'region=lasso:1,2,3,4',
      'region=lasso:1,2,3,4,5,6,7',
      'region=disc:1,2,3',
    ],
    ['neurons', 'neurons=3,2', 'neurons=5-3', 'neurons=0-9999999', 'neurons=1,,2'],
    ['off', 'off=layer1', 'off=:1', 'off=a:2-1', 'off=a:1;b'],
    ['scale', 'scale=wide', 'scale='],
    ['opacity', 'opacity=101', 'opacity=x'],
    ['split', 'split=19', 'split=86'],
    ['theme', 'theme=pink'],
    ['ranked', 'ranked=', 'ranked=neuron'],
    ['coloring', 'coloring=null', 'coloring=constructor'],
    ['embedding', 'embedding=', 'embedding=%1B', `embedding=${'x'.repeat(201)}`],
    ['analysis', 'analysis=', 'analysis=%E2%80%AE', 'analysis=%ED%A0%80', `analysis=${'x'.repeat(201)}`],
    ['run', 'run=', 'run=%00', 'run=%0A', 'run=%E0%A4', `run=${'x'.repeat(201)}`],
  ] as const)('%s', (field, ...texts) => {
    for (const text of texts) {
      expect(parse(`order=index&${text}&panel=off`)).toEqual({ order: 'index', panel: 'off' });
      expect(parse(text)).not.toHaveProperty(field);
    }
  });

  test('a layer named as a property of all objects is one like any other', () => {
    const { off } = parse('off=__proto__:1;constructor:2');
    expect(Object.keys(off ?? {})).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['1']).toBe(undefined);
  });
});

test('a selection that does not fit into an address is left out', () => {
  const every = Array.from({ length: 4000 }, (_, i) => 2 * i);
  expect(format({ frame: 3, neurons: every })).toBe('frame=3');
});
