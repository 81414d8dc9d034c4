import { OPTIMIZERS, type OptimizerName } from '../optimizers/options.js';
import { isCount, isObject, requireThat, show } from './breach.js';

type Requirement = (value: unknown, name: string) => void;

const share: Requirement = (value, name) =>
  requireThat(typeof value === 'number' && value >= 0 && value < 1, `${name} is ${show(value)}`);

const positive: Requirement = (value, name) => {
  const fits = typeof value === 'number' && value > 0 && Number.isFinite(value);
  requireThat(fits, `${name} is ${show(value)}`, 'It has to be above 0.');
};

const count: Requirement = (value, name) =>
  requireThat(isCount(value), `${name} is ${show(value)}`, 'It has to be a whole number of at least 1.');

const ADAM = { beta1: share, beta2: share, epsilon: positive };

/** What each optimiser's settings have to be, by name. */
const REQUIRED: Readonly<Record<OptimizerName, Readonly<Record<string, Requirement>>>> = {
  adam: ADAM,
  soap: { ...ADAM, refresh: count, mostSide: count },
  muon: {
    momentum: share,
    iterations: count,
    leastSide: count,
    adam: (value, name) => checkSettings(value, name, ADAM),
    adamShare: positive,
  },
};

/** The optimiser of a network's training. */
export function checkOptimizer(optimizer: unknown): void {
  const name = isObject(optimizer) ? (optimizer.name ?? 'adam') : 'adam';
  const known = OPTIMIZERS.find((one) => one === name);
  requireThat(
    known !== undefined,
    `training.optimizer.name is ${show(name)}`,
    `It is one of ${OPTIMIZERS.join(', ')}.`,
  );
  checkSettings(optimizer, 'training.optimizer', REQUIRED[known]);
}

function checkSettings(settings: unknown, name: string, required: Readonly<Record<string, Requirement>>): void {
  const keys = Object.keys(required);
  requireThat(
    isObject(settings),
    `${name} is ${show(settings)}`,
    `Give ${keys.slice(0, -1).join(', ')} and ${keys.at(-1)}.`,
  );
  for (const key of keys) required[key](settings[key], `${name}.${key}`);
}
