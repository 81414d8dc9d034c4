import { INITIALIZERS, type Initializer, type ParameterSpec } from '../inr.js';
import { isCount, isObject, requireThat, show } from './breach.js';
import { checkDistinct } from './names.js';

/** Names that objects or files of weights keep for themselves. */
const TAKEN = ['__proto__', '__metadata__'];

/** Names, shapes and initialisers of a network's parameters. */
export function checkParameterSpecs(parameters: unknown): asserts parameters is readonly ParameterSpec[] {
  requireThat(Array.isArray(parameters), `parameters is ${show(parameters)}, not a list`);
  for (const [i, spec] of parameters.entries()) {
    requireThat(isObject(spec), `parameter ${i} is ${show(spec)}`);
    const { name, shape, init, trainable } = spec;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
    const named = typeof name === 'string' && /^[^\u0000-\u001f\u007f]+$/.test(name) && !TAKEN.includes(name);
    requireThat(named, `parameter ${i} has the name ${show(name)}`, 'Give it another.');
    requireThat(
      Array.isArray(shape) && shape.every(isCount),
      `parameter '${name}' has the shape ${show(shape)}`,
      'A shape is a list of whole numbers of at least 1.',
    );
    checkInitializer(`parameter '${name}'`, init);
    const { advice } = spec;
    requireThat(
      advice === undefined || typeof advice === 'string',
      `parameter '${name}' has the advice ${show(advice)}`,
      'Give a sentence.',
    );
    requireThat(typeof trainable === 'boolean', `parameter '${name}' has trainable: ${show(trainable)}`);
  }
  const names = (parameters as readonly ParameterSpec[]).map(({ name }) => name);
  checkDistinct('parameters', names);
  requireThat(
    parameters.some(({ trainable }) => trainable),
    'it has no parameter that is trained',
  );
}

function checkInitializer(of: string, init: unknown): asserts init is Initializer {
  const kinds = Object.keys(INITIALIZERS);
  requireThat(
    isObject(init) && kinds.includes(init.kind as string),
    `${of} has an initialiser of kind ${show(isObject(init) ? init.kind : init)}`,
    `There are ${kinds.join(', ')}.`,
  );
  const field = INITIALIZERS[init.kind as Initializer['kind']];
  const value = init[field];
  const fits = Number.isFinite(value) && (field === 'value' || (value as number) >= 0);
  requireThat(fits, `${of} has an initialiser '${init.kind}' with ${field}: ${show(value)}`);
}
