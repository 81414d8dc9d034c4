import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AnalysisContext, AnalysisPlugin, AnalysisResult, RequestContext } from '../analysis.js';
import { XincError } from '../errors.js';
import type { GroupingPlugin, LabelMap } from '../grouping.js';
import { Registry } from '../registry.js';
import type { LayerStatistics, StatisticsRequest } from '../statistics/statistics.js';
import { abandonCalls } from './call.js';
import { ownStatistics } from './own-statistics.js';

const origin = { package: 'my-package', version: '1.0.0', path: '/p/index.js', folder: '/p' };
const empty: AnalysisResult = { findings: [], tables: [], arrays: [], figures: [] };
const about: RequestContext = {
  signal: { kind: 'image', frames: 1, height: 2, width: 2 },
  layers: [{ id: 'layer1', label: 'Layer 1', neurons: 2 }],
  frames: [0],
  groupings: ['grid'],
};

/** A plugin as it comes through the door. */
function throughDoor<K extends 'analysis' | 'grouping'>(kind: K, fields: object) {
  const registry = new Registry();
  const base = { kind, name: 'mine', title: 'Mine', description: 'Mine.', options: z.object({}) };
  registry.add({ ...base, ...fields } as unknown as AnalysisPlugin | GroupingPlugin, origin);
  return registry.get(kind, 'mine').plugin;
}

const guarded = (fields: Partial<Record<keyof AnalysisPlugin, unknown>>): AnalysisPlugin =>
  throughDoor('analysis', { request: () => ({}), analyze: () => empty, ...fields });

const analyze = (result: unknown) =>
  Promise.resolve(guarded({ analyze: () => result }).analyze({}, {} as AnalysisContext));
const table = { name: 't', title: 'T', columns: [{ name: 'a', description: 'A' }], rows: [[1]] };
const array = { name: 'a', frame: 0, layer: 'layer1', shape: [2], data: new Float32Array(2) };
const chart = { kind: 'chart', name: 'c', title: 'C', caption: 'C.', spec: {} };
const panel = { title: 'p', height: 2, width: 2, pixels: { kind: 'values', values: new Float32Array(4) } };
const raster = { kind: 'raster', name: 'r', title: 'R', caption: 'R.', panels: [panel] };

test('results that are right pass', async () => {
  const result = { ...empty, findings: ['One.'], tables: [table], arrays: [array], figures: [chart, raster] };
  expect(await analyze(result)).toBe(result);
});

test('cells that are NaN or infinite pass: they are shown by their names', async () => {
  const rows = [[Number.NaN], [Number.NEGATIVE_INFINITY], [null]];
  const result = { ...empty, tables: [{ ...table, rows }] };
  expect(await analyze(result)).toBe(result);
});

test('omissions pass with the layer that was left out, and without one', async () => {
  const omissions = [{ layer: 'layer1', frames: [0, 2], why: 'it is dead.' }, { why: 'Nothing was drawn.' }];
  expect((await analyze({ ...empty, omissions })).omissions).toBe(omissions);
});

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'it gave undefined. Give { findings, tables, arrays, figures }.'],
  [
    'no arrays',
    { ...empty, arrays: undefined },
    'it gave arrays: undefined. Give a list, [] where there are no arrays.',
  ],
  ['findings that are numbers', { ...empty, findings: [3] }, 'it gave findings: [3]. Give a list of texts.'],
  [
    'omissions that are texts',
    { ...empty, omissions: ['layer1 is dead'] },
    "it gave omissions: ['layer1 is dead']. Give a list of { layer, why }, or { why } for what is no layer.",
  ],
  [
    'values that JSON cannot hold',
    { ...empty, values: cyclic },
    'its values cannot be written as JSON: Converting circular',
  ],
  [
    'a table out of its folder',
    { ...empty, tables: [{ ...table, name: '../x' }] },
    "a table's name '../x' holds a character",
  ],
  [
    'two tables of one name',
    { ...empty, tables: [table, { ...table, name: 'T' }] },
    "the tables 't' and 'T' differ in case alone",
  ],
  [
    'a scale that no file can hold',
    { ...empty, figures: [{ ...raster, scale: { map: 'diverging', domain: [-Infinity, NaN], label: 'c' } }] },
    "figure 'r' has a scale with the domain [-Infinity, NaN]. Give two finite numbers.",
  ],
  [
    'rows of another length',
    { ...empty, tables: [{ ...table, rows: [[1, 2]] }] },
    "row 0 of table 't' has 2 values for 1 columns",
  ],
  [
    'a cell that is undefined',
    { ...empty, tables: [{ ...table, rows: [[undefined]] }] },
    "row 0 of table 't' has undefined for 'a'. Give a text, a number, or null",
  ],
  [
    'an array of another shape',
    { ...empty, arrays: [{ ...array, shape: [3] }] },
    "array 'a' has the shape [3] and 2 values",
  ],
  [
    'an array that is a list',
    { ...empty, arrays: [{ ...array, data: [1, 2] }] },
    "array 'a' holds [1, 2]. Give one of Float32Array",
  ],
  [
    'an array of a layer out of its folder',
    { ...empty, arrays: [{ ...array, layer: '..' }] },
    "the layer of array 'a' '..' begins",
  ],
  [
    'two arrays of one file',
    { ...empty, arrays: [array, array] },
    "two arrays are called 'a' of layer 'layer1' on frame '0'",
  ],
  ['two figures of one name', { ...empty, figures: [chart, chart] }, "two figures are called 'c'"],
  [
    'a figure of another kind',
    { ...empty, figures: [{ ...chart, kind: 'plot' }] },
    "figure 'c' is of kind 'plot'. There are 'chart' and 'raster'.",
  ],
  [
    'a panel of another size',
    { ...empty, figures: [{ ...raster, panels: [{ ...panel, width: 3 }] }] },
    "panel 0 of figure 'r' is 2×3 and has 4 values in values, not 6",
  ],
])('%s is refused before anything is written', async (_what, result, message) => {
  await expect(analyze(result)).rejects.toMatchObject({ code: 'plugin', message: expect.stringContaining(message) });
  await expect(analyze(result)).rejects.toThrow("my-package, analysis 'mine', analyze: ");
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'it gave undefined'],
  [
    'an unknown statistic',
    { neuronTotal: true },
    "it asks for 'neuronTotal', which is no statistic. Did you mean 'neuronTotals'?",
  ],
  [
    'a grouping that is not there',
    { groupSums: ['rings'] },
    "it asks for groupSums of 'rings', and there is no such grouping. At hand: grid.",
  ],
  ['an area of 1', { neuronsPerPixel: { areas: [1] } }, 'neuronsPerPixel with areas [1]'],
  [
    'two collectors of one name',
    {
      custom: [
        { name: 'a', start() {} },
        { name: 'a', start() {} },
      ],
    },
    "two collectors are called 'a'",
  ],
])('a request of %s is refused', (_what, request, message) => {
  expect(() => guarded({ request: () => request }).request({}, about)).toThrow(message);
});

test('what an analysis throws names it, and stays the cause; its own words to the user are left as they are', async () => {
  const bug = new TypeError('x is undefined\nand more');
  const thrown = guarded({
    analyze: () => {
      throw bug;
    },
  }).analyze({}, {} as AnalysisContext);
  await expect(thrown).rejects.toMatchObject({
    message: "my-package, analysis 'mine', analyze: x is undefined. Mend the plugin, or leave it out.",
    cause: bug,
  });
  const words = new XincError('numeric', 'No layer has contributions');
  await expect(
    guarded({
      analyze: async () => {
        throw words;
      },
    }).analyze({}, {} as AnalysisContext),
  ).rejects.toBe(words);
});

test('the first place of a stack that is the plugin’s own is told', async () => {
  const bug = new Error('boom');
  bug.stack =
    'Error: boom\n    at z (file:///p/node_modules/zod/index.js:1:2)\n    at own (file:///p/lib/a%20b.js:7:11)\n    at file:///x.js:1:1';
  const thrown = guarded({
    analyze: async () => {
      throw bug;
    },
  }).analyze({}, {} as AnalysisContext);
  await expect(thrown).rejects.toThrow('analyze: boom (lib/a b.js:7:11).');
});

test('a promise that never settles can be abandoned, and is named', async () => {
  const waiting = guarded({ analyze: () => new Promise(() => {}) }).analyze({}, {} as AnalysisContext);
  expect(abandonCalls('it never settles', ['grouping'])).toBe(0);
  expect(abandonCalls('it never settles')).toBe(1);
  await expect(waiting).rejects.toThrow("my-package, analysis 'mine', analyze: it never settles");
  expect(abandonCalls('it never settles')).toBe(0);
});

/** The arrays in a value, of any depth. */
const arraysOf = (value: unknown): Float64Array[] =>
  ArrayBuffer.isView(value)
    ? [value as Float64Array]
    : Object.values(Object(value)).flatMap((inside) => arraysOf(inside));

describe('statistics', () => {
  const gathered: LayerStatistics = {
    neurons: 2,
    neuronTotals: { sum: new Float64Array(2), min: new Float32Array(2), max: new Float32Array(2) },
    pixelTotals: new Float64Array(4),
    groupSums: { grid: new Float64Array(4), rgb: new Float64Array(4) },
    histogram: { firstBin: 0, counts: new Float64Array(8) },
    pixelsPerNeuron: new Uint32Array(2),
    neuronsPerPixel: [0.1, 0.5].map((area) => ({ area, threshold: 1, counts: new Uint32Array(4) })),
    change: new Float64Array(4),
    custom: { 'mine:c': 1, 'other:c': 2 },
  };
  const own = (request: StatisticsRequest) =>
    ownStatistics(guarded({ request: () => request }).request({}, about), gathered);

  test('that were requested are there, and those of others are not', () => {
    const collector = { name: 'c', start: () => ({ accept() {}, result: () => 0 }) };
    const mine = own({
      neuronTotals: true,
      groupSums: ['grid'],
      neuronsPerPixel: { areas: [0.5] },
      custom: [collector],
    });
    expect(mine.neuronTotals).toEqual(gathered.neuronTotals);
    expect(mine.groupSums.grid).toEqual(gathered.groupSums.grid);
    expect(mine.neuronsPerPixel!.map(({ area }) => area)).toEqual([0.5]);
    expect(mine.custom.c).toBe(1);
    expect(() => mine.pixelTotals).toThrow('it reads pixelTotals of its statistics, which it did not request');
    expect(() => mine.groupSums.rgb).toThrow("it reads groupSums['rgb'] of its statistics, which it did not request");
    expect(() => mine.custom['other:c']).toThrow('which it did not request');
    // Copying and printing read nothing that is not there.
    expect({ ...mine }).not.toHaveProperty('pixelTotals');
  });

  test('are copies: what one analysis does to them, another does not read', () => {
    const everything: Required<Omit<StatisticsRequest, 'custom'>> = {
      neuronTotals: true,
      pixelTotals: true,
      groupSums: ['grid'],
      histogram: true,
      pixelsPerNeuron: true,
      neuronsPerPixel: { areas: [0.1, 0.5] },
      change: true,
    };
    const mine = own(everything);
    const arrays = arraysOf(mine);
    for (const array of arrays) array.fill(9);
    expect(arrays).toHaveLength(10);
    for (const array of arraysOf(gathered)) expect(array.every((value) => value === 0)).toBe(true);
  });

  test('reading others is told with the request that is missing', async () => {
    const plugin = guarded({ analyze: () => own({}).pixelTotals });
    await expect(plugin.analyze({}, {} as AnalysisContext)).rejects.toThrow(
      "my-package, analysis 'mine', analyze: it reads pixelTotals of its statistics, which it did not request. Add pixelTotals: true in what request gives.",
    );
  });

  test('a collector that fails takes no more maps, and its analysis is told', () => {
    let accepted = 0;
    const collector = {
      name: 'c',
      start: () => ({
        accept() {
          accepted++;
          throw new TypeError('bad block');
        },
        result: () => 0,
      }),
    };
    const request = guarded({ request: () => ({ custom: [collector] }) }).request({}, about);
    const accumulator = request.custom![0].start({ ...about.layers[0], height: 2, width: 2 });
    const block = {
      neurons: Uint32Array.of(0),
      region: { top: 0, left: 0, height: 2, width: 2 },
      maps: new Float32Array(4),
    };
    accumulator.accept(block);
    accumulator.accept(block);
    expect(accepted).toBe(1);
    const result = { ...gathered, custom: { [request.custom![0].name]: accumulator.result() } };
    expect(() => ownStatistics(request, result)).toThrow(
      "my-package, analysis 'mine', accept of the collector 'c', layer 'layer1': bad block",
    );
  });
});

describe('label maps', () => {
  const frame = { height: 2, width: 2, rgb: new Float32Array(12) };
  const map: LabelMap = {
    height: 2,
    width: 2,
    labels: Uint16Array.of(0, 1, 1, 0),
    groups: [{ name: 'a' }, { name: 'b' }],
  };
  const label = (made: unknown) => {
    const plugin = throughDoor('grouping', {
      label: (picture: typeof frame) => (typeof made === 'function' ? made(picture) : made),
    });
    const context = { frame: 3, signal: about.signal, seed: 0 };
    return Promise.resolve(plugin.label(frame, {}, context));
  };

  test('that are right pass, and what is done to the picture stays there', async () => {
    const change = (picture: typeof frame) => {
      picture.rgb.fill(7);
      return map;
    };
    expect(await label(change)).toBe(map);
    expect(frame.rgb.every((value) => value === 0)).toBe(true);
  });

  test('of several frames together are checked like those of one', async () => {
    const fitted = async (fit: unknown) => {
      const plugin = throughDoor('grouping', { label: () => map, fit });
      return (await plugin.fit!([async () => frame], {}))(frame);
    };
    const change = async ([read]: (() => Promise<typeof frame>)[]) => {
      (await read()).rgb.fill(7);
      return (picture: typeof frame) => {
        picture.rgb.fill(7);
        return map;
      };
    };
    expect(await fitted(change)).toBe(map);
    expect(frame.rgb.every((value) => value === 0)).toBe(true);
    const refused = (fit: unknown) => expect(fitted(fit)).rejects;
    await refused(() => Promise.reject(new TypeError('x is not a function'))).toThrow(
      "my-package, grouping 'mine', fit: x is not a function",
    );
    await refused(async () => map).toThrow("my-package, grouping 'mine', fit: it gave a Object. Give a function");
    await refused(async () => () => ({ ...map, height: 1 })).toThrow(
      "my-package, grouping 'mine', what fit gave: labels are 1×2, the frame is 2×2",
    );
  });

  test.each<[unknown, string]>([
    [undefined, 'the label map is undefined'],
    [{ ...map, labels: [0, 1, 1, 0] }, 'labels are no Uint16Array'],
    [{ ...map, height: 1 }, 'labels are 1×2, the frame is 2×2'],
    [{ ...map, labels: Uint16Array.of(0) }, 'there are 1 labels, the frame is 2×2'],
    [{ ...map, labels: Uint16Array.of(0, 1, 2, 0) }, 'a label is not below the number of groups, 2'],
    [{ ...map, groups: ['a', 'b'] }, 'group 0 has no name'],
    [{ ...map, groups: [{ name: 'a', color: 'red' }, { name: 'b' }] }, "group 'a' has the colour 'red', not #rrggbb"],
  ])('%#: are refused with what is wrong', async (made, message) => {
    await expect(label(made)).rejects.toThrow(`my-package, grouping 'mine', label, frame 3: ${message}`);
  });
});
