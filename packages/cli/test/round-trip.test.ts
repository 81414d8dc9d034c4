import { mkdir, writeFile } from 'node:fs/promises';
import { readCheckpoint } from '@xinc/checkpoints';
import type { Engine, InrPlugin, SignalShape } from '@xinc/core';
import { createLocalPool, createNetwork, createTracer, initializeParameters, type KernelPool } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import families from '@xinc/model-siren';
import { encodePng } from '@xinc/signals';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSame, throughOnnx } from './through-onnx.js';
import { workFolder, xinc } from './xinc.js';

/* Networks that are exported as ONNX and imported again; those of published checkpoints are in reference-ffn and -nerv. */
const work = workFolder();
const image: SignalShape = { kind: 'image', frames: 1, height: 12, width: 16 };
const video: SignalShape = { kind: 'video', frames: 3, height: 12, width: 16 };

let engine: Engine;
let pool: KernelPool;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
  pool = await createLocalPool();
});
afterAll(async () => {
  await pool.dispose();
  await engine.dispose();
});

const small = { width: 9, layers: 3 };
interface Case {
  readonly title: string;
  readonly plugin: InrPlugin<unknown>;
  readonly settings: object;
  readonly signal: SignalShape;
}
const of = (title: string, plugin: unknown, settings: object, signal: SignalShape): Case => ({
  title,
  plugin: plugin as InrPlugin<unknown>,
  settings,
  signal,
});
const NETWORKS: readonly Case[] = [
  of('ffn', ffn, { width: 12, fourierFeatures: 7 }, image),
  of('ffn with an output of its own', ffn, { ...small, activation: 'gelu', output: 'tanh' }, image),
  of('nerv', nerv, { strides: [2, 2], parameters: 6000 }, video),
  of('nerv with other kernels', nerv, { strides: [4], parameters: 6000, kernelSize: [5, 1] }, video),
  ...families.flatMap((family) =>
    [image, video].map((signal) => of(`${family.name} of one ${signal.kind}`, family, small, signal)),
  ),
];

describe('a network that is exported as ONNX and imported again has the same pictures, maps and sums, to the bit', () => {
  test.each(NETWORKS)('$title', async ({ plugin, settings, signal }) => {
    const inr = plugin.build(plugin.config.parse(settings), signal);
    const network = createNetwork(inr, initializeParameters(inr.parameters, 5), engine);
    const other = await throughOnnx(network, engine);
    await expectSame(createTracer(network, pool), other, pool);
    // What was imported is exported in its turn.
    const again = await throughOnnx(other, engine);
    await expectSame(createTracer(other, pool), again, pool);
    for (const each of [network, other, again]) await each.dispose();
  });
});

test('the commands do so, with the inputs that xinc export wrote', async () => {
  const clip = work.file('clip');
  await mkdir(clip);
  for (const frame of [0, 1]) {
    const rgb = Float32Array.from({ length: 3 * 12 * 16 }, (_, i) => ((i * (frame + 5)) % 11) / 11);
    await writeFile(`${clip}/${frame}.png`, await encodePng({ height: 12, width: 16, rgb }));
  }
  const [run, back, file, inputs] = ['nerv', 'back', 'nerv.onnx', 'inputs.npz'].map(work.file);
  const succeed = async (...args: string[]) => {
    const { status, stdout, stderr } = await xinc(args);
    expect(status, `${args.join(' ')}\n${stderr}`).toBe(0);
    return stdout;
  };
  const settings = ['--set', 'strides=2,2', '--set', 'parameters=4000', '--steps', '2'];
  await succeed('train', clip, '--model', 'nerv', ...settings, '--out', run);
  const said = await succeed('export', run, '--format', 'onnx', '--out', file, '--inputs', inputs);
  expect(said.replace(/: [\d.]+ [kM]?B/g, '')).toBe(`${file}\n${inputs}; the network is fed 'encoding' (2×160)\n`);
  await succeed('import', file, '--inputs', inputs, '--signal', clip, '--out', back);
  const arrays = async (of: string) => {
    const npz = `${of}.npz`;
    await succeed('export', of, '--format', 'npz', '--frame', '1', '--layer', 'block1', '--out', npz);
    return (await readCheckpoint(npz)).tensors;
  };
  const [wanted, found] = [await arrays(run), await arrays(back)];
  expect(wanted.size).toBeGreaterThan(12);
  for (const [name, tensor] of wanted) expect(found.get(name)?.float32(), name).toEqual(tensor.float32());
});
