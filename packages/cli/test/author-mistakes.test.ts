import { access, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { begin } from './begin.js';
import { workFolder, xinc } from './xinc.js';

/*
 * Honest mistakes of plugin authors, as the command line meets them: each is told with the plugin, its function and what to do,
 * nothing of it is taken for something else, and the rest goes on.
 */
const work = workFolder();
const { resolve } = createRequire(import.meta.url);
const ZOD = pathToFileURL(join(dirname(resolve('zod/package.json')), 'index.js')).href;
const ENDLESS = 'and nothing is left to wait for. Mend the plugin, or leave it out.';

async function write(name: string, code: string): Promise<string> {
  const path = work.file(name);
  await writeFile(path, `import { z } from ${JSON.stringify(ZOD)};\n${code}`);
  return path;
}

test('a mistake in what was built from other files is told with the line there', async () => {
  // The first line was built from the second line of src/mine.ts.
  const map = { version: 3, sources: ['src/mine.ts'], names: [], mappings: 'AACA' };
  const plugin = work.file('built.mjs');
  const data = Buffer.from(JSON.stringify(map)).toString('base64');
  await writeFile(plugin, `throw new Error('no');\n//# sourceMappingURL=data:application/json;base64,${data}\n`);
  const { stderr } = await xinc(['plugins', '--plugin', plugin]);
  expect(stderr).toContain(`${plugin} cannot be used: no (src/mine.ts:2:1)`);
});

/** Every fault of the program itself begins so. */
const OWN_FAULT = 'a fault of xinc itself';

describe('analyses and groupings', () => {
  let stderr: string;
  let status: number | null;
  const file = (...parts: string[]) => join(work.file('run'), ...parts);

  beforeAll(async () => {
    const made = await xinc(['train', work.picture, '--out', work.file('run'), '--steps', '3', '--set', 'width=6']);
    expect(made.status, made.stderr).toBe(0);
    const plugin = await write(
      'mistaken.mjs',
      `const nothing = { findings: [], tables: [], arrays: [], figures: [] };
const columns = [{ name: 'a', description: 'A' }];
const analysis = (name, fields) => ({
  kind: 'analysis', name, title: name, description: name, options: z.object({}), request: () => ({}), analyze: () => nothing, ...fields,
});
const grouping = (name, label) => ({ kind: 'grouping', name, title: name, description: name, options: z.object({}), label });
const collector = (accept) => ({ name: 'own', start: () => ({ accept, result: () => 7 }) });
export default [
  analysis('throws', { analyze() { return undefined.field; } }),
  analysis('waits', { analyze: () => new Promise(() => {}) }),
  analysis('forgets', { analyze() {} }),
  analysis('unasked', { analyze: (_, { statistics, layers }) => ({ ...nothing, findings: [String(statistics(layers[0].id, 0).neuronTotals)] }) }),
  analysis('misspelt', { request: () => ({ pixelTotal: true }) }),
  analysis('escapes', { analyze: () => ({ ...nothing, tables: [{ name: '../../../escaped', title: '', columns, rows: [] }] }) }),
  analysis('twice', { analyze: () => ({ ...nothing, tables: ['a', 'A'].map((name) => ({ name, title: '', columns, rows: [] })) }) }),
  analysis('ragged', { analyze: () => ({ ...nothing, tables: [{ name: 'a', title: '', columns, rows: [[1, 2]] }] }) }),
  analysis('collects', {
    request: () => ({ custom: [collector(() => { throw new Error('no such map'); })] }),
    analyze: (_, { statistics, layers }) => ({ ...nothing, findings: [String(statistics(layers[0].id, 0).custom.own)] }),
  }),
  analysis('collects-too', {
    request: () => ({ custom: [collector(() => {})] }),
    analyze: (_, { statistics, layers }) => ({ ...nothing, findings: ['own: ' + statistics(layers[0].id, 0).custom.own] }),
  }),
  analysis('too-long', { tooLong() { throw new Error('how long?'); } }),
  analysis('last', { analyze: () => ({ ...nothing, findings: ['It is reached.'] }) }),
  grouping('unlabelled', () => ({})),
  grouping('beyond', ({ height, width }) => ({ height, width, labels: new Uint16Array(height * width).fill(9), groups: [{ name: 'a' }] })),
  grouping('fails', async () => { throw new TypeError('no colours'); }),
  grouping('waits', () => new Promise(() => {})),
];`,
    );
    ({ status, stderr } = await xinc(['analyze', work.file('run'), '--plugin', plugin]));
  });

  test.each([
    [
      "throws: left out: PLUGIN, analysis 'throws', analyze: Cannot read properties of undefined (reading 'field') (mistaken.mjs:10:",
    ],
    [`waits: left out: PLUGIN, analysis 'waits', analyze: it gave a promise that never settles, ${ENDLESS}`],
    [
      "forgets: left out: PLUGIN, analysis 'forgets', analyze: it gave undefined. Give { findings, tables, arrays, figures }.",
    ],
    [
      "unasked: left out: PLUGIN, analysis 'unasked', analyze: it reads neuronTotals of its statistics, which it did not request (mistaken.mjs:13:",
    ],
    [
      "misspelt: left out: PLUGIN, analysis 'misspelt', request: it asks for 'pixelTotal', which is no statistic. Did you mean 'pixelTotals'?",
    ],
    [
      "escapes: left out: PLUGIN, analysis 'escapes', analyze: a table's name '../../../escaped' holds a character that no file name may.",
    ],
    [
      "twice: left out: PLUGIN, analysis 'twice', analyze: the tables 'a' and 'A' differ in case alone. Give each a name of its own.",
    ],
    ["ragged: left out: PLUGIN, analysis 'ragged', analyze: row 0 of table 'a' has 2 values for 1 columns."],
    [
      "collects: left out: PLUGIN, analysis 'collects', accept of the collector 'own', layer 'layer1': no such map (mistaken.mjs:",
    ],
    ["too-long: left out: PLUGIN, analysis 'too-long', tooLong: how long? (mistaken.mjs:"],
    [
      "Grouping 'unlabelled': PLUGIN, grouping 'unlabelled', label, frame 0: labels are no Uint16Array. Give a label for each pixel",
    ],
    ["Grouping 'beyond': PLUGIN, grouping 'beyond', label, frame 0: a label is not below the number of groups, 1."],
    ["Grouping 'fails': PLUGIN, grouping 'fails', label, frame 0: no colours (mistaken.mjs:"],
    [`Grouping 'waits': PLUGIN, grouping 'waits', label, frame 0: it gave a promise that never settles, ${ENDLESS}`],
  ])('%s', (line) => {
    expect(stderr).toContain(line.replace('PLUGIN', work.file('mistaken.mjs')));
  });

  test('are left out, the others go on, and the command ends with 1 and their names', async () => {
    expect(status, stderr).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toMatch(/^xinc: Left out, since a plugin failed: .*Grouping 'fails'/);
    expect(stderr).not.toContain(OWN_FAULT);
    expect(stderr).toContain('last: It is reached.');
    // A collector of the same name is another's.
    expect(stderr).toContain('collects-too: own: 7');
    expect(await readdir(file('analysis'))).toEqual(expect.arrayContaining(['canvas', 'grouping-variance', 'last']));
    await expect(access(file('..', 'escaped.csv'))).rejects.toThrow();
    await expect(access(file('escaped.csv'))).rejects.toThrow();
  });

  test('the cause of an error is shown with --debug, with its stack', async () => {
    const args = ['analyze', work.file('run'), 'throws', '--plugin', work.file('mistaken.mjs'), '--debug'];
    const named = await xinc(args);
    expect(named.status).toBe(1);
    expect(named.stderr).toContain("xinc: 'throws' could not be run: ");
    expect(named.stderr).toContain('mistaken.mjs:10:');
    expect(named.stderr).toContain('TypeError: Cannot read properties of undefined');
  });

  test.each([
    ['a promise that nobody waits for', 'Promise.reject(new Error("strayed"))'],
    ['a timer', 'setTimeout(() => { throw new Error("strayed"); }, 1)'],
  ])("an error out of %s is told in one line as the plugin's", async (_, code) => {
    const plugin = await write(
      'stray.mjs',
      `export default {
  kind: 'analysis', name: 'stray', title: 'Stray', description: '', options: z.object({}), request: () => ({}),
  async analyze() {
    ${code};
    await new Promise((done) => setTimeout(done, 200));
    return { findings: [], tables: [], arrays: [], figures: [] };
  },
};`,
    );
    const outcome = await xinc(['analyze', work.file('run'), 'stray', '--plugin', plugin, '--quiet']);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toMatch(
      /^xinc: .*stray\.mjs: strayed \(stray\.mjs:5:\d+\), in a timer or a promise that nobody waits for\. Await every promise [^\n]*\n$/,
    );
    // What a process that ended so has locked is free.
    const next = await xinc(['analyze', work.file('run'), 'canvas', '--quiet']);
    expect(next.status, next.stderr).toBe(0);
  });

  test('one that does not stop after Ctrl-C is not waited for', async () => {
    const plugin = await write(
      'stubborn.mjs',
      `export default {
  kind: 'analysis', name: 'stubborn', title: 'Stubborn', description: '', options: z.object({}), request: () => ({}),
  analyze: () => new Promise(() => setInterval(() => {}, 500)),
};`,
    );
    const command = begin(['analyze', work.file('run'), 'stubborn', '--plugin', plugin]);
    await command.said(/Stubborn …/);
    command.interrupt();
    await command.said(/xinc: Cancelled/);
    // Nor is the work that it goes on with.
    await command.ended;
    if (process.platform !== 'win32') expect(command.child.signalCode).toBe('SIGINT');
  });
});

/** A network of one dense layer and one that the plugin traces, with something changed. */
const model = (fields: string) => `import { ndarray } from ${JSON.stringify(pathToFileURL(resolve('@xinc/core')).href)};
export default {
  kind: 'inr', name: 'mine', title: 'Mine', description: 'Mine.', signals: ['image', 'video'], config: z.object({}),
  build(_config, signal) {
    const init = { kind: 'uniform', bound: 1 };
    const network = {
      signal,
      sampling: 'pixels',
      parameters: [
        { name: 'weight', shape: [3, 2], init, trainable: true },
        { name: 'bias', shape: [3], init, trainable: true },
      ],
      inputs: (_frames, pixels) => ({ places: ndarray([pixels.length, 2], Float32Array.from({ length: 2 * pixels.length }, (_, i) => (i % 7) / 7)) }),
      forward(ops, { weight, bias }, { places }) {
        const z = ops.add(ops.matMul(places, weight, { transposeB: true }), bias);
        return { output: z, activations: { places, z } };
      },
      layers: [
        { kind: 'dense', id: 'layer1', label: 'Layer 1', input: 'places', weight: 'weight', bias: 'bias', preactivation: 'z', activation: null },
        { kind: 'custom', id: 'own', label: 'Own', input: 'places', neurons: 2, trace(_context, _neurons, _region, out) { out.fill(1); } },
      ],
      training: { optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, learningRate: 0.01, schedule: () => 1, steps: 3, batch: 64 },
    };
    ${fields}
    return network;
  },
};`;

describe('models', () => {
  const where = "xinc: PLUGIN, model 'mine', ";
  test.each<[string, string, string]>([
    [
      'activation',
      "network.layers[0].activation = 'swish';",
      "build: layer 'layer1' has activation 'swish'. There are relu, leakyRelu,",
    ],
    [
      'id',
      "network.layers[0].id = '../../../layer';",
      "build: a layer's id '../../../layer' holds a character that no file name may",
    ],
    [
      'twice',
      "network.layers[1].id = 'layer1';",
      "build: two layers are called 'layer1'. Give each a name of its own.",
    ],
    [
      'initialiser',
      "network.parameters[0].init = { kind: 'kaiming' };",
      "build: parameter 'weight' has an initialiser of kind 'kaiming'. There are uniform, normal, constant.",
    ],
    [
      'waiting',
      'network.forward = async () => ({});',
      'forward: it gave a promise, and its result is needed at once. Give the value itself, without async. ',
    ],
    [
      'bug',
      'network.inputs = (frames, pixels) => ({ places: ndarray([pixels.size, 2]) });',
      'inputs: An array of shape ×2 has NaN elements, not 0 (bug.mjs:25:',
    ],
    [
      'building',
      'signal.heights.map(String);',
      "build: Cannot read properties of undefined (reading 'map') (building.mjs:25:",
    ],
  ])('%s: is refused before anything is written', async (name, fields, message) => {
    const plugin = await write(`${name}.mjs`, model(fields));
    const out = work.file(`of-${name}`);
    const { status, stderr } = await xinc(['train', work.picture, '--model', 'mine', '--plugin', plugin, '--out', out]);
    expect(status).toBe(1);
    expect(stderr).toContain(`${where.replace('PLUGIN', plugin)}${message}`.trimEnd());
    expect(stderr).not.toContain(OWN_FAULT);
    await expect(access(out)).rejects.toThrow();
  });

  /** What is said while a picture is explained by the model. */
  async function explained(plugin: string, run: string, expected = 0): Promise<string> {
    const out = work.file(run);
    const args = ['explain', work.picture, '--model', 'mine', '--plugin', plugin, '--out', out];
    const { status, stderr } = await xinc(args);
    expect(status, stderr).toBe(expected);
    return stderr;
  }

  test('a layer that is traced to nothing is left out, and the others are analysed', async () => {
    const plugin = await write('silent.mjs', model('network.layers[1].trace = () => {};'));
    const stderr = await explained(plugin, 'silent', 1);
    expect(stderr.trim().split('\n').at(-1)).toBe('xinc: Left out, since a plugin failed: layer own');
    const again = await xinc(['analyze', work.file('silent'), 'canvas', '--plugin', plugin, '--json']);
    expect(again.status).toBe(1);
    const { analyses, omissions } = JSON.parse(again.stdout);
    expect(analyses).toEqual(['canvas']);
    expect(omissions).toContainEqual(expect.objectContaining({ what: 'own', layer: 'own', code: 'plugin' }));
    expect(stderr).toContain(
      `left out: own: ${plugin}, model 'mine', trace of layer 'own', frame 0: it wrote nothing of the maps of`,
    );
    expect(stderr).toContain('Completeness: In every layer but own contributions add up');
    expect(stderr).not.toContain('dead');
  });

  test('a layer that does not tell its completeness costs itself alone', async () => {
    const plugin = await write('untold.mjs', model(''));
    const stderr = await explained(plugin, 'untold');
    expect(stderr).toContain('Completeness: In every layer but own contributions add up');
    expect(stderr).toContain(
      "  own was left out: The plugin of layer 'own' traces it, and does not tell its completeness.",
    );
    expect(stderr).toMatch(/Faithfulness: Between a neuron's contribution .* in layer1\./);
    expect(stderr).toContain("  own was left out: The neurons of layer 'own' cannot be switched off.");
  });
});
