import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCheckpoint } from '@xinc/checkpoints';
import {
  type CustomHook,
  createLocalPool,
  createNetwork,
  createTracer,
  decodeNpy,
  deriveHooks,
  type Engine,
  type InrProgram,
  ndarray,
} from '@xinc/core';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModel, runGraph } from '../src/index.js';

const ROOT = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));
const networks = ['siren', 'hnerv', 'resdec', 'hnerv-dynamo', 'resdec-dynamic'];

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

describe.skipIf(!existsSync(join(ROOT, 'onnx')))('networks that PyTorch exported', () => {
  test.each(networks)('%s: output and contributions as they were computed by hand', async (name) => {
    const folder = join(ROOT, 'onnx', name);
    const expected = JSON.parse(readFileSync(join(folder, 'expect.json'), 'utf8'));
    const npy = (file: string) => decodeNpy(readFileSync(join(folder, file)));
    const model = readModel(readFileSync(join(folder, 'network.onnx')), name, (location, offset, length) => {
      const bytes = readFileSync(join(folder, location));
      return bytes.subarray(offset, length === undefined ? undefined : offset + length);
    });
    const inputs: Record<string, { shape: readonly number[]; data: ArrayLike<number> }> = {};
    for (const [name, tensor] of (await readCheckpoint(join(folder, 'inputs.npz'), {})).tensors) {
      inputs[name] = { shape: tensor.shape, data: tensor.float32() };
    }
    const { height, width, frames, sampling } = expected;
    const program: InrProgram = {
      signal: { kind: frames > 1 ? 'video' : 'image', frames, height, width } as never,
      sampling,
      parameters: Object.entries(model.weights).map(([name, { shape }]) => ({
        name,
        shape,
        init: { kind: 'constant', value: 0 },
        trainable: true,
      })),
      inputs: (at, pixels) =>
        Object.fromEntries(
          Object.entries(inputs).map(([name, { shape, data }]) => {
            const rows = sampling === 'pixels' ? [...pixels!] : at;
            const size = data.length / shape[0];
            const values = new Float32Array(rows.length * size);
            rows.forEach((row, i) =>
              values.set((data as Float32Array).subarray(row * size, (row + 1) * size), i * size),
            );
            return [name, ndarray([rows.length, ...shape.slice(1)], values)];
          }),
        ),
      forward: (ops, parameters, values) => ({ output: runGraph(model.graph, ops, { ...parameters, ...values }) }),
    };
    const derived = deriveHooks(program);
    expect(derived.untraced).toEqual([]);
    const inr = { ...program, layers: derived.layers, training: {} as never };
    const network = createNetwork(inr, model.weights, engine);
    const output = npy('output.npy');
    const size = 3 * height * width;
    for (let t = 0; t < frames; t++) {
      const { rgb } = await network.reconstruct(t);
      const wanted = (output.data as Float32Array).subarray(t * size, (t + 1) * size);
      expect(Math.max(...rgb.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThan(1e-5);
    }
    const tracer = createTracer(network, await createLocalPool());
    for (const [id, { neurons, frame, picked }] of Object.entries<any>(expected.layers)) {
      const hook = derived.layers.find((layer) => layer.id === id);
      if (!hook) throw new Error(`no ${id} among ${derived.layers.map((l) => l.id)}`);
      let maps: (list: number[]) => Promise<Float32Array>;
      if (hook.kind === 'custom') {
        const names = [hook.input, ...((hook as CustomHook).inputs ?? [])];
        const activations = await network.evaluate(frame, names);
        maps = async (list) => {
          const out = new Float32Array(list.length * height * width);
          hook.trace(
            { frame, signal: inr.signal, parameters: model.weights, activations },
            Uint32Array.from(list),
            { top: 0, left: 0, height, width },
            out,
          );
          return out;
        };
        const { largestError, largestPreactivation } = hook.completeness!({
          frame,
          signal: inr.signal,
          parameters: model.weights,
          activations,
        });
        expect(largestError / largestPreactivation).toBeLessThan(1e-6);
      } else maps = (list) => tracer.maps(id, frame, list);
      const all = await maps(Array.from({ length: neurons }, (_, n) => n));
      const area = height * width;
      const sums = npy(`${id}_neuron_abs_sum.npy`).data;
      expect(sums.length).toBe(neurons);
      for (let n = 0; n < neurons; n++) {
        let sum = 0;
        for (let p = 0; p < area; p++) sum += Math.abs(all[n * area + p]);
        expect(
          Math.abs(sum - Number(sums[n])) / Math.max(1e-3, Number(sums[n])),
          `${id} neuron ${n}: ${sum} ${sums[n]}`,
        ).toBeLessThan(1e-4);
      }
      const wanted = npy(`${id}_maps.npy`).data as Float32Array;
      picked.forEach((n: number, i: number) => {
        for (let p = 0; p < area; p++) {
          expect(Math.abs(all[n * area + p] - wanted[i * area + p]), `${id} neuron ${n} pixel ${p}`).toBeLessThan(2e-5);
        }
      });
    }
  });
});
