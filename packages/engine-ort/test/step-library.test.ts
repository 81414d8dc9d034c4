import { type Program, XincError } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { describe, expect, test, vi } from 'vitest';
import { stepLibrary } from '../src/onednn/choice.js';
import { withoutOneDnn } from './onednn.js';
import { distinctInputs } from './op-cases.js';

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** What an engine says of itself and of a training, and the first two losses, with the setting `XINC_ONEDNN`. */
async function train(oneDnn: string, program: Program, copies = 1) {
  vi.stubEnv('XINC_ONEDNN', oneDnn);
  const engine = await ort.create({ threads: 2 });
  vi.unstubAllEnvs();
  const { x0: x, ...weights } = distinctInputs([[6, 4], ...Array<number[]>(copies).fill([4, 4])], [-1, 1], 1);
  const spec = { program, parameters: weights, fixed: {}, batch: { x: x.shape }, optimizer: ADAM };
  const trainer = await engine.compileTraining(spec);
  const batch = await trainer.prepare({ x });
  const losses = [await trainer.step(batch, 1e-2), await trainer.step(batch, 1e-2)];
  const { description } = trainer;
  await trainer.dispose();
  await engine.dispose();
  return { engine: engine.description, advice: engine.advice, description, losses };
}

const layers: Program = (ops, { x, ...weights }) => {
  const layer = (y: typeof x, w: typeof x) => ops.add(y, ops.mul(ops.relu(ops.matMul(y, w)), 0.1));
  return { loss: ops.mean(ops.square(Object.values(weights).reduce(layer, x))) };
};
const sines: Program = (ops, { x, x1 }) => ({ loss: ops.mean(ops.sin(ops.matMul(x, x1))) });

test('ONNX Runtime alone computes steps where that is asked for, or the device is another', async () => {
  const { engine, advice, description } = await train('off', layers);
  expect(engine).not.toContain('oneDNN');
  expect([advice, description]).toEqual([undefined, undefined]);
  vi.stubEnv('XINC_ONEDNN', '/somewhere/libdnnl.so');
  expect(stepLibrary('cuda')).toBe('none');
  expect(stepLibrary('cpu')).toEqual({ file: '/somewhere/libdnnl.so' });
  vi.unstubAllEnvs();
});

test('a library that was named and cannot be used is refused', async () => {
  const refused = train('/nowhere/libdnnl.so', layers);
  await expect(refused).rejects.toThrow(XincError);
  await expect(refused).rejects.toThrow(/oneDNN cannot be used from '\/nowhere\/libdnnl.so'.*XINC_ONEDNN=off/s);
});

describe.skipIf(withoutOneDnn)('oneDNN', () => {
  const present = process.env.XINC_ONEDNN ?? '';

  test('computes the steps that it has all operations of, of any number of layers, to the same losses', async () => {
    for (const copies of [1, 40]) {
      const [by, ours] = [await train(present, layers, copies), await train('off', layers, copies)];
      expect(by.engine).toMatch(/, with oneDNN [23]\.\d+\.\d+$/);
      expect(by.description).toMatch(/^steps by oneDNN [23]\.\d+\.\d+$/);
      by.losses.forEach((loss, i) => {
        expect(loss / ours.losses[i]).toBeCloseTo(1, 4);
      });
    }
  });

  test('leaves others to ONNX Runtime, which is said', async () => {
    const [by, ours] = [await train(present, sines), await train('off', sines)];
    expect(by.description).toMatch(/^steps by ONNX Runtime, as oneDNN .* cannot compute them: it does not have 'sin'$/);
    expect(by.losses).toEqual(ours.losses);
  });
});
