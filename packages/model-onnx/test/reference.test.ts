import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCheckpoint } from '@xinc/checkpoints';
import { type Arrays, type Engine, ndarray } from '@xinc/core';
import { decodeNpy } from '@xinc/core/formats';
import { createLocalPool, createNetwork, createTracer } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import onnx from '../src/index.js';

const REFERENCE = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));
const ROOT = join(REFERENCE, 'onnx');

interface Expected {
  readonly sampling: string;
  readonly height: number;
  readonly width: number;
  readonly frames: number;
  readonly layers: Readonly<Record<string, { neurons: number; frame: number; picked: readonly number[] }>>;
}

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

/** The network of a folder, with what it is fed. */
async function openNetwork(name: string) {
  const folder = join(ROOT, name);
  const expected = JSON.parse(readFileSync(join(folder, 'expect.json'), 'utf8')) as Expected;
  const arrays: Record<string, Arrays[string]> = {};
  for (const [key, tensor] of (await readCheckpoint(join(folder, 'inputs.npz'), {})).tensors) {
    arrays[key] = ndarray(tensor.shape, tensor.float32());
  }
  const { config, weights } = onnx.files!.read({
    name: 'network.onnx',
    bytes: readFileSync(join(folder, 'network.onnx')),
    beside(path, offset, length) {
      const bytes = readFileSync(join(folder, path));
      return bytes.subarray(offset, length === undefined ? undefined : offset + length);
    },
    arrays,
  });
  const { height, width, frames } = expected;
  const signal = { kind: frames > 1 ? 'video' : 'image', height, width, frames } as const;
  const inr = onnx.build(onnx.config.parse(JSON.parse(JSON.stringify(config))), signal);
  const npy = (file: string) => decodeNpy(readFileSync(join(folder, file)), file).data as Float32Array;
  return { expected, inr, network: createNetwork(inr, weights, engine), npy };
}

describe.skipIf(!existsSync(ROOT))('networks that PyTorch exported', () => {
  test.each(['siren', 'hnerv', 'resdec', 'hnerv-dynamo', 'resdec-dynamic'])(
    '%s: pictures, contributions and completeness are those computed by hand',
    async (name) => {
      const { expected, inr, network, npy } = await openNetwork(name);
      const { height, width, frames, sampling, layers } = expected;
      const area = height * width;
      expect(inr.sampling).toBe(sampling);
      expect(inr.layers.map(({ id }) => id)).toEqual(Object.keys(layers));
      const output = npy('output.npy');
      for (let t = 0; t < frames; t++) {
        const { rgb } = await network.reconstruct(t);
        const wanted = output.subarray(t * 3 * area, (t + 1) * 3 * area);
        expect(Math.max(...rgb.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThan(1e-5);
      }
      const tracer = createTracer(network, await createLocalPool());
      for (const [id, { neurons, frame, picked }] of Object.entries(layers)) {
        const every = Array.from({ length: neurons }, (_, n) => n);
        const maps = await tracer.maps(id, frame, every);
        const sums = npy(`${id}_neuron_abs_sum.npy`);
        const totals = npy(`${id}_pixel_abs_sum.npy`);
        const found = new Float64Array(area);
        for (const n of every) {
          let sum = 0;
          for (let p = 0; p < area; p++) {
            sum += Math.abs(maps[n * area + p]);
            found[p] += Math.abs(maps[n * area + p]);
          }
          expect(Math.abs(sum - sums[n]), `${id}, neuron ${n}`).toBeLessThan(1e-4 * sums[n] + 1e-6);
        }
        for (let p = 0; p < area; p++) expect(Math.abs(found[p] - totals[p])).toBeLessThan(1e-4 * totals[p] + 1e-6);
        const wanted = npy(`${id}_maps.npy`);
        for (const [i, n] of picked.entries()) {
          const largest = Math.max(...wanted.subarray(i * area, (i + 1) * area).map(Math.abs));
          for (let p = 0; p < area; p++) {
            expect(Math.abs(maps[n * area + p] - wanted[i * area + p]), `${id}, neuron ${n}, pixel ${p}`).toBeLessThan(
              1e-4 * largest + 1e-7,
            );
          }
        }
        const { largestError, largestPreactivation } = await tracer.completeness(id, frame);
        expect(largestError, id).toBeLessThan(1e-6 * largestPreactivation);
      }
    },
  );
});
