import { z } from 'zod';
import { XincError } from '../errors.js';
import type { TrainingDefaults } from '../inr.js';
import { type AdamOptions, type MuonOptions, OPTIMIZERS, type OptimizerName, type SoapOptions } from './options.js';

/** The optimisers that a network is not published with. */
type Other = Exclude<OptimizerName, 'adam'>;
const OTHERS: readonly Other[] = ['soap', 'muon'];

/** Learning rates of the optimisers, for one network, and what trials said of them. */
export interface OptimizerRates extends Readonly<Record<OptimizerName, number>> {
  /** The optimisers whose rates were found by trials; none if absent. */
  readonly tried?: readonly Other[];
  /** Whether these trials were of small networks and pictures alone. */
  readonly small?: boolean;
  /** A learning rate with which Adam reached more than these optimisers in such trials, of as many steps. */
  readonly fasterAdam?: { readonly rate: number; readonly than: readonly Other[] };
}

/** What `optimizerSettings` are read as. */
export interface OptimizerChoice {
  readonly optimizer?: OptimizerName | undefined;
  readonly optimizerRate?: number | undefined;
}

const SOAP: SoapOptions = {
  name: 'soap',
  beta1: 0.95,
  beta2: 0.95,
  epsilon: 1e-8,
  refresh: 10,
  mostSide: 1000,
};

const MUON: Omit<MuonOptions, 'adam'> = {
  name: 'muon',
  momentum: 0.95,
  iterations: 5,
  leastSide: 9,
  adamShare: 0.25,
};

/** Share of the training in which the learning rate of the others than Adam rises, and the share of it that they begin with. */
const WARM_UP = 0.05;
const START = 0.05;
/** The least that a cosine leaves of the learning rate. */
const LEAST_SHARE = 1e-3;

/**
 * Settings of a model, for its schema, by which its network can be trained with another optimiser than Adam. Their texts say of which rates there
 * were no trials, or small ones alone.
 */
export function optimizerSettings({ soap, muon, tried = [], small = false }: OptimizerRates) {
  return {
    optimizer: z
      .enum(OPTIMIZERS)
      .optional()
      .describe(
        'What training does with gradients: adam with its schedule, unless given; soap or muon, with a rise and a cosine over all steps',
      ),
    optimizerRate: z.coerce
      .number()
      .positive()
      .max(1)
      .optional()
      .describe(
        `Learning rate of soap and muon, by default ${soap} and ${muon}${untried(tried)}${small ? ', tried with small networks and pictures alone' : ''}`,
      ),
  };
}

function untried(tried: readonly Other[]): string {
  const names = OTHERS.filter((name) => !tried.includes(name));
  if (names.length === 0) return '';
  return names.length < OTHERS.length ? `, that of ${names.join()} without a trial` : ', both without a trial';
}

/**
 * A network's training by the optimiser that its settings choose.
 * @param published that by Adam, with the learning rate of the settings; Muon does by it what it does not turn
 * @throws XincError `invalid-option` for a learning rate of an optimiser that is not chosen
 */
export function chooseTraining(
  { optimizer = 'adam', optimizerRate }: OptimizerChoice,
  rates: OptimizerRates,
  published: TrainingDefaults & { readonly optimizer: AdamOptions },
): TrainingDefaults {
  if (optimizer === 'adam') {
    if (optimizerRate === undefined) return published;
    throw new XincError(
      'invalid-option',
      'optimizerRate is the learning rate of soap and muon, and the optimizer is adam',
      {
        subject: 'optimizerRate',
        hint: 'Set learningRate, or choose the optimizer.',
      },
    );
  }
  return {
    ...published,
    optimizer: optimizer === 'soap' ? SOAP : { ...MUON, adam: published.optimizer },
    learningRate: optimizerRate ?? rates[optimizer],
    schedule: warmUpThenCosine,
    ...(rates.fasterAdam?.than.includes(optimizer) && {
      remark: `in short trials of small networks Adam with learningRate=${rates.fasterAdam.rate} reached more`,
    }),
  };
}

/** Half a cosine from 1 to almost 0, or the line that rises to it at the beginning; `progress` in [0, 1]. */
function warmUpThenCosine(progress: number): number {
  const rising = START + (1 - START) * (progress / WARM_UP);
  return Math.max(LEAST_SHARE, Math.min(rising, 0.5 * (1 + Math.cos(Math.PI * progress))));
}
