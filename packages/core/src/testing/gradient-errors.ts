import { shapesOf } from '../arrays.js';
import type { Arrays, Engine, Program } from '../engine.js';
import { randomStream } from '../random.js';
import { type Reference, runReference } from './reference-ops.js';

/**
 * Steps of differences. Where a function has a corner within the first (ReLU near 0, where biases begin), the next are tried: a
 * difference that does not reach the corner is the derivative, and a derivative that is wrong agrees with none.
 */
const STEPS = [1e-5, 1e-7, 1e-8];
/** With an error of less, no smaller step is tried. */
const AGREES = 5e-4;
/** Inputs whose gradients are of these sizes of the largest are moved together. */
const COMPARABLE = 1e-4;
/** What is less than this share of the largest gradient is rounding: of a bias that is subtracted again, the gradient is 0. */
const ROUNDING = 1e-6;

/** How far a gradient is from differences. */
export interface GradientError {
  /**
   * |directional derivative − difference quotient|, as a share of what the direction is expected to give; 0 where both are
   * rounding beside the largest gradient of all inputs.
   */
  readonly relative: number;
  readonly derivative: number;
  readonly difference: number;
}

/** Errors of an engine's gradients: of all inputs together, and of one input, which takes two runs of the program each. */
export interface GradientErrors {
  together(): readonly GradientError[];
  of(input: string): readonly GradientError[];
}

/** How each input is moved. */
type Direction = Readonly<Record<string, Float64Array>>;

/**
 * The gradient of a program's scalar output `loss` on engines, against central differences of the program by its definitions in
 * float64: along the gradient itself, and in a random direction, which meets what the gradient lacks.
 * @param wrt inputs by which the loss is differentiated
 * @returns errors by engine, each the larger of those of the two directions
 */
export async function gradientErrors(
  program: Program,
  inputs: Arrays,
  engines: readonly Engine[],
  wrt: readonly string[] = Object.keys(inputs),
): Promise<GradientErrors> {
  const gradients = await Promise.all(engines.map((engine) => gradientsOn(engine, program, inputs, wrt)));
  const largest = Math.max(...wrt.map((name) => lengthOf(gradients[0][name])));
  const lossAt = (direction: Direction, distance: number) => {
    const moved = Object.entries(direction).map(([name, towards]): [string, Reference] => {
      const { shape, data } = inputs[name];
      return [name, { shape, data: Float64Array.from(data, (value, i) => value + distance * towards[i]) }];
    });
    return runReference(program, inputs, Object.fromEntries(moved)).loss.data[0];
  };
  const differenceAlong = (direction: Direction, step: number) =>
    (lossAt(direction, step) - lossAt(direction, -step)) / (2 * step);
  const errorsOf = (names: readonly string[]): GradientError[] => {
    const errors = [alongGradient, atRandom].map((unit) =>
      errorsAlong(directionOf(names, inputs, gradients[0], unit, largest)),
    );
    return gradients.map((_, i) => worstOf(errors.map((along) => along[i])));
  };
  const errorsAlong = ({ direction, expected, rounding }: ReturnType<typeof directionOf>): GradientError[] => {
    const derivatives = gradients.map((gradient) => derivativeAlong(direction, gradient));
    let best: readonly GradientError[] = [];
    for (const step of STEPS) {
      const difference = differenceAlong(direction, step);
      const errors = derivatives.map((derivative) => errorOf(derivative, difference, expected, rounding));
      best = errors.map((error, i) => (best[i] && best[i].relative <= error.relative ? best[i] : error));
      if (best.every(({ relative }) => relative < AGREES)) break;
    }
    return [...best];
  };
  return {
    together() {
      const [many, few] = [true, false].map((comparable) =>
        wrt.filter((name) => lengthOf(gradients[0][name]) > COMPARABLE * largest === comparable),
      );
      const all = [...(many.length > 0 ? [many] : []), ...few.map((name) => [name])].map(errorsOf);
      return engines.map((_, i) => worstOf(all.map((errors) => errors[i])));
    },
    of: (input) => errorsOf([input]),
  };
}

const worstOf = (errors: readonly GradientError[]): GradientError =>
  errors.reduce((worst, error) => (error.relative > worst.relative ? error : worst));

type Gradients = Readonly<Record<string, Float32Array>>;

async function gradientsOn(
  engine: Engine,
  program: Program,
  inputs: Arrays,
  wrt: readonly string[],
): Promise<Gradients> {
  const executable = await engine.compileGradient(program, shapesOf(inputs), { loss: 'loss', wrt });
  const outputs = await executable.run(inputs);
  await executable.dispose();
  return Object.fromEntries(wrt.map((name) => [name, outputs[`gradient:${name}`].data]));
}

/** A direction of one input, of length 1, and the share of a gradient's length that is expected along it. */
type Unit = (name: string, gradient: Float32Array) => { readonly towards: Float64Array; readonly share: number };

const alongGradient: Unit = (name, gradient) =>
  lengthOf(gradient) === 0 ? atRandom(name, gradient) : { towards: normalized(Float64Array.from(gradient)), share: 1 };

const atRandom: Unit = (name, gradient) => {
  const stream = randomStream(0, name);
  const towards = normalized(Float64Array.from(gradient, () => stream.normal()));
  // A random direction of length 1 meets a gradient of length g with about g / √n.
  return { towards, share: 1 / Math.sqrt(gradient.length) };
};

/**
 * Inputs moved together, each so far that it is expected to give as much as the others.
 * @param largest length of the largest gradient of all inputs, of which rounding is a share
 */
function directionOf(names: readonly string[], inputs: Arrays, gradients: Gradients, unit: Unit, largest: number) {
  const units = names.map((name) => {
    const { towards, share } = unit(name, gradients[name]);
    const reach = reachOf(inputs[name].data);
    return { name, towards, reach, share, expected: share * lengthOf(gradients[name]) * reach };
  });
  const expected = Math.min(...units.map((one) => one.expected));
  const direction: Record<string, Float64Array> = {};
  let rounding = 0;
  for (const one of units) {
    const distance = one.reach * (one.expected === 0 ? 1 : expected / one.expected);
    direction[one.name] = one.towards.map((value) => value * distance);
    rounding += ROUNDING * largest * one.share * distance;
  }
  return { direction, expected, rounding };
}

function derivativeAlong(direction: Direction, gradients: Gradients): number {
  let derivative = 0;
  for (const [name, towards] of Object.entries(direction)) {
    const gradient = gradients[name];
    for (let i = 0; i < towards.length; i++) derivative += gradient[i] * towards[i];
  }
  return derivative;
}

function errorOf(derivative: number, difference: number, expected: number, rounding: number): GradientError {
  if (Math.abs(derivative) <= rounding && Math.abs(difference) <= rounding) {
    return { relative: 0, derivative, difference };
  }
  const error = Math.abs(derivative - difference);
  const relative = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error === 0 ? 0 : error / expected;
  return { relative, derivative, difference };
}

/** What is small itself is moved less: the corners of its functions lie closer together. */
function reachOf(values: Float32Array): number {
  const length = lengthOf(values);
  return length === 0 ? 1 : Math.min(1, length);
}

const lengthOf = (vector: ArrayLike<number>): number => {
  let square = 0;
  for (let i = 0; i < vector.length; i++) square += vector[i] ** 2;
  return Math.sqrt(square);
};

function normalized(vector: Float64Array): Float64Array {
  const length = lengthOf(vector);
  return vector.map((value) => value / length);
}
