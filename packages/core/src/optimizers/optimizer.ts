import { mapValues } from '../arrays.js';
import type { Shapes, TrainerState, TrainingProgram } from '../engine.js';
import { XincError } from '../errors.js';
import type { Inr } from '../inr.js';
import { formatShape, type NdArray, ndarray, sameShape, sizeOf } from '../ndarray.js';
import { adamRule } from './adam.js';
import { muonRule } from './muon.js';
import type { OptimizerOptions } from './options.js';
import type { MemoryPart, OptimizerRule, ParameterRule } from './rule.js';
import { soapRule } from './soap.js';

/** An optimiser for the parameters of one network. */
export interface Optimizer extends Pick<OptimizerRule, 'scalars' | 'renews'> {
  /** What is done to each parameter, by its name. */
  readonly parameters: Readonly<Record<string, ParameterRule>>;
  /** Names of what `scalars` gives. */
  readonly scalarNames: readonly string[];
}

/** @param shapes the parameters', by name */
export function createOptimizer(options: OptimizerOptions, shapes: Shapes): Optimizer {
  const rule = ruleOf(options);
  return {
    parameters: mapValues(shapes, (shape) => rule.parameter(shape)),
    scalars: rule.scalars,
    scalarNames: Object.keys(rule.scalars(1, 1)),
    renews: rule.renews,
  };
}

function ruleOf(options: OptimizerOptions): OptimizerRule {
  switch (options.name) {
    case 'soap':
      return soapRule(options);
    case 'muon':
      return muonRule(options);
    default:
      return adamRule(options);
  }
}

/** What a network's optimiser remembers from step to step: shapes by part and parameter. */
export function trainingMemory({ parameters, training }: Pick<Inr, 'parameters' | 'training'>): Record<string, Shapes> {
  const trained = parameters.filter(({ trainable }) => trainable);
  const shapes = Object.fromEntries(trained.map(({ name, shape }) => [name, shape]));
  return memoryOf(createOptimizer(training.optimizer, shapes), ({ shape }) => shape);
}

/** Something of each part of the memory, by part and parameter. */
function memoryOf<V>(
  { parameters }: Optimizer,
  make: (of: MemoryPart, part: string, name: string) => V,
): Record<string, Record<string, V>> {
  const parts = [...new Set(Object.values(parameters).flatMap(({ memory }) => Object.keys(memory)))];
  return Object.fromEntries(
    parts.map((part) => {
      const having = Object.entries(parameters).filter(([, { memory }]) => memory[part]);
      return [part, Object.fromEntries(having.map(([name, { memory }]) => [name, make(memory[part], part, name)]))];
    }),
  );
}

/**
 * The state that a training begins with: the one that it is to go on from, or the parameters as they are and a memory of nothing.
 * @throws XincError `shape` if the state to go on from is of other parameters or of another optimiser, `invalid-option` if its step is no count
 */
export function startingState({ parameters, state }: TrainingProgram, optimizer: Optimizer): TrainerState {
  if (!state) return { step: 0, parameters, memory: memoryOf(optimizer, atStart) };
  if (!Number.isSafeInteger(state.step) || state.step < 0) {
    throw new XincError('invalid-option', `The training state's step is ${state.step}, not a count of steps`);
  }
  return {
    step: state.step,
    parameters: mapValues(parameters, ({ shape }, name) => restored(state.parameters[name], name, { shape })),
    memory: memoryOf(optimizer, (of, part, name) => restored(state.memory[part]?.[name], name, of, part)),
  };
}

function atStart({ shape, start }: MemoryPart): NdArray {
  const array = ndarray(shape);
  if (start === 'identity') for (let i = 0; i < shape[0]; i++) array.data[i * shape[0] + i] = 1;
  return array;
}

function restored(array: NdArray | undefined, name: string, { shape }: MemoryPart, part?: string): NdArray {
  if (array && sameShape(array.shape, shape) && array.data.length === sizeOf(shape)) return array;
  const found = array ? `is ${formatShape(array.shape)}` : 'is missing';
  const what = part === undefined ? `'${name}'` : `the ${part} of '${name}'`;
  throw new XincError('shape', `In the training state, ${what} ${found}; the model has ${formatShape(shape)}`, {
    subject: name,
    hint: 'Go on with the model and settings that the state was saved with.',
  });
}
