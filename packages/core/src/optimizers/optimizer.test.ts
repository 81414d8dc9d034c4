import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mapValues } from '../arrays.js';
import type { Shapes, TrainingProgram } from '../engine.js';
import { type NdArray, ndarray, type Shape, sizeOf } from '../ndarray.js';
import { type Reference, runReference } from '../testing/reference-ops.js';
import { createOptimizer, type Optimizer, startingState, trainingMemory } from './optimizer.js';
import type { MuonOptions, OptimizerOptions, SoapOptions } from './options.js';
import { loadOrthonormalBasis } from './orthonormal-basis.js';

/** What test/optimizers/make.py computed by PyTorch in double precision. */
interface Expected {
  readonly settings: {
    readonly steps: number;
    readonly learningRate: number;
    readonly warmUp: number;
    readonly shapes: Readonly<Record<string, Shape>>;
    readonly soap: Omit<SoapOptions, 'name'>;
    readonly muon: Omit<MuonOptions, 'name'>;
  };
  readonly after: Readonly<Record<'soap' | 'muon', Readonly<Record<string, readonly number[]>>>>;
}
const expected: Expected = JSON.parse(
  readFileSync(new URL('../../test/optimizers/steps.json', import.meta.url), 'utf8'),
);

/** As `noise` of make.py. */
function noise(shape: Shape, key: number): Reference {
  const waves = Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * i + 78.233 * key) * 43_758.5453);
  return { shape, data: Float64Array.from(waves, (wave) => 2 * (wave - Math.floor(wave)) - 1) };
}

function gradient(shape: Shape, key: number, step: number): Reference {
  const [changing, steady] = [noise(shape, 100 * key + step), noise(shape, 7 * key)];
  return { shape, data: changing.data.map((value, i) => 0.01 * value + 0.02 * steady.data[i]) };
}

/** The parameters after the fixture's steps, computed in float64 but for the bases. */
function takeSteps(options: OptimizerOptions): Record<string, Reference> {
  const { steps, learningRate, warmUp, shapes } = expected.settings;
  const optimizer = createOptimizer(options, shapes);
  const start = startingState(programOf(shapes), optimizer);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], place) => {
      const key = place + 1;
      let state: Record<string, Reference> = { parameter: noise(shape, key) };
      for (const part of Object.keys(optimizer.parameters[name].memory)) state[part] = exact(start.memory[part][name]);
      for (let step = 1; step <= steps; step++) {
        const rate = learningRate * Math.min(1, step / warmUp);
        state = { ...state, ...update(optimizer, name, state, gradient(shape, key, step), step, rate) };
        if (optimizer.renews(step)) state = { ...state, ...renew(optimizer, name, state) };
      }
      return [name, state.parameter];
    }),
  );
}

const exact = ({ shape, data }: NdArray): Reference => ({ shape, data: Float64Array.from(data) });

function update(
  optimizer: Optimizer,
  name: string,
  before: Readonly<Record<string, Reference>>,
  g: Reference,
  step: number,
  learningRate: number,
): Record<string, Reference> {
  const scalars = optimizer.scalars(step, learningRate);
  return runReference(
    (ops, { gradient, parameter, ...memory }) => {
      const numbers = mapValues(scalars, (_, scalar) => memory[`scalar:${scalar}`]);
      const after = optimizer.parameters[name].update(ops, { parameter, memory }, gradient, numbers);
      return { parameter: after.parameter, ...after.memory };
    },
    {},
    {
      ...before,
      gradient: g,
      ...Object.fromEntries(
        Object.entries(scalars).map(([scalar, value]) => [
          `scalar:${scalar}`,
          { shape: [], data: Float64Array.of(value) },
        ]),
      ),
    },
  );
}

function renew(optimizer: Optimizer, name: string, memory: Readonly<Record<string, Reference>>) {
  const { renewal } = optimizer.parameters[name];
  if (!renewal) return {};
  const matrices = runReference((ops, of) => renewal.matrices(ops, of), {}, memory);
  const bases = mapValues(matrices, ({ shape, data }) =>
    exact(orthonormalBasis(ndarray(shape, Float32Array.from(data)))!),
  );
  const out = runReference((ops, of) => renewal.turnedOut(ops, of), {}, memory);
  const kept = runReference((ops, of) => renewal.turnedIn(ops, of, of), {}, { ...bases, ...out });
  return { ...bases, ...kept };
}

function programOf(shapes: Shapes): TrainingProgram {
  return {
    program: () => ({}),
    parameters: mapValues(shapes, (shape) => ndarray(shape)),
    fixed: {},
    batch: {},
    optimizer: { beta1: 0, beta2: 0, epsilon: 1 },
  };
}

const orthonormalBasis = await loadOrthonormalBasis();
const { soap, muon } = expected.settings;
const SOAP: SoapOptions = { name: 'soap', ...soap };
const MUON: MuonOptions = { name: 'muon', ...muon };

describe.each([SOAP, MUON])('$name', (options) => {
  test('moves matrices, kernels and vectors as PyTorch does by its formulas, over 23 steps', () => {
    const after = takeSteps(options);
    for (const [name, values] of Object.entries(expected.after[options.name])) {
      const furthest = Math.max(...values.map((value, i) => Math.abs(value - after[name].data[i])));
      expect(furthest, name).toBeLessThan(1e-5);
    }
  });
});

test('SOAP takes the steps of Adam while its bases are those of the coordinates', () => {
  const first = (options: OptimizerOptions) => {
    const optimizer = createOptimizer(options, { w: [3, 2] });
    const start = startingState(programOf({ w: [3, 2] }), optimizer);
    const memory = mapValues(start.memory, ({ w }) => exact(w));
    return update(optimizer, 'w', { parameter: noise([3, 2], 1), ...memory }, noise([3, 2], 2), 1, 0.1).parameter;
  };
  const adam = { beta1: SOAP.beta1, beta2: SOAP.beta2, epsilon: SOAP.epsilon };
  const [ours, theirs] = [first(SOAP), first(adam)];
  for (const [i, value] of ours.data.entries()) expect(value).toBeCloseTo(theirs.data[i], 12);
});

test('Muon moves a matrix that gets no gradient nowhere', () => {
  const optimizer = createOptimizer(MUON, { w: [4, 5] });
  const start = noise([4, 5], 1);
  const memory = { momentum: { shape: [4, 5], data: new Float64Array(20) } };
  const zeros = { shape: [4, 5], data: new Float64Array(20) };
  expect(update(optimizer, 'w', { parameter: start, ...memory }, zeros, 1, 0.1).parameter).toEqual(start);
});

test('a memory is of the sizes that the settings say: sides that are long are not turned, matrices that are narrow go by Adam', () => {
  const specOf = (shape: Shape) =>
    ({ name: 'w', shape, init: { kind: 'constant', value: 0 }, trainable: true }) as const;
  const partsOf = (optimizer: OptimizerOptions, shape: Shape) =>
    mapValues(
      trainingMemory({
        parameters: [specOf(shape), { ...specOf([2]), name: 'fixed', trainable: false }],
        training: { optimizer, learningRate: 1, schedule: () => 1, steps: 1, batch: 1 },
      }),
      ({ w }) => w,
    );
  const turned = (shape: Shape) => ({ turnedMoment: shape, secondMoment: shape });
  const moments = (shape: Shape) => ({ firstMoment: shape, secondMoment: shape });
  expect(partsOf(SOAP, [9, 12])).toEqual({ ...turned([9, 12]), rowMean: [9, 9], rowBasis: [9, 9] });
  expect(partsOf(SOAP, [1, 3, 2])).toEqual({ ...turned([1, 6]), columnMean: [6, 6], columnBasis: [6, 6] });
  expect(partsOf(SOAP, [12, 12])).toEqual(moments([12, 12]));
  expect(partsOf(SOAP, [5])).toEqual(moments([5]));
  expect(partsOf(MUON, [4, 2, 2])).toEqual({ momentum: [4, 4] });
  expect(partsOf(MUON, [3, 40])).toEqual(moments([3, 40]));
});

test('a state of another optimiser is refused', () => {
  const shapes = { w: [4, 5] };
  const state = startingState(programOf(shapes), createOptimizer(SOAP, shapes));
  const other = createOptimizer(MUON, shapes);
  expect(() => startingState({ ...programOf(shapes), state }, other)).toThrow(
    "In the training state, the momentum of 'w' is missing; the model has 4×5. Go on with the model and settings",
  );
});
