import { listed, type Table } from '@xinc/core';
import type { DoneRun } from './done-runs.js';
import { type Spread, spreadOf } from './spread.js';

/** Bits of a weight as it is stored. */
const BITS = 32;

/** The mean PSNR of each network, in one sentence. */
export function qualitySentence(runs: readonly DoneRun[]): string {
  const networks = [...new Set(runs.map(({ task }) => task.network.name))];
  const words = networks.map((network) => {
    const own = runs.filter(({ task }) => task.network.name === network);
    const signals = [...new Set(own.map(({ task }) => task.signal.name))];
    const means = signals.map((signal) => measuresOf(own.filter(({ task }) => task.signal.name === signal)).psnr?.mean);
    const psnr = spreadOfKnown(means);
    return `${network} ${psnr === undefined ? 'without a defined PSNR' : `${psnr.mean.toFixed(1)} dB`}`;
  });
  return `Mean PSNR over signals: ${listed(words)}.`;
}

/** What stands for all signals together in the table. */
const ALL_SIGNALS = 'all signals';

/**
 * Size and quality by signal and network (section 6.1 of the paper's supplement): mean and deviation over seeds; in the rows of all signals over
 * signals, each by its mean.
 */
export function qualityTable(runs: readonly DoneRun[]): Table {
  const networks = [...new Set(runs.map(({ task }) => task.network.name))];
  const signals = [...new Set(runs.map(({ task }) => task.signal.name))];
  const rows: (string | number | null)[][] = [];
  for (const network of networks) {
    const ofSignals: ReturnType<typeof measuresOf>[] = [];
    for (const signal of signals) {
      const own = runs.filter(({ task }) => task.network.name === network && task.signal.name === signal);
      if (own.length === 0) continue;
      const measures = measuresOf(own);
      ofSignals.push(measures);
      rows.push([network, signal, own.length, ...cellsOf(measures)]);
    }
    if (ofSignals.length < 2) continue;
    const over = (key: 'parameters' | 'bits' | 'psnr' | 'ssim') =>
      spreadOfKnown(ofSignals.map((one) => one[key]?.mean));
    const count = runs.filter(({ task }) => task.network.name === network).length;
    rows.push([
      network,
      ALL_SIGNALS,
      count,
      ...cellsOf({ parameters: over('parameters')!, bits: over('bits')!, psnr: over('psnr'), ssim: over('ssim') }),
    ]);
  }
  return {
    name: 'quality',
    title: 'Size and quality by signal and network',
    columns: [
      { name: 'network', description: 'Network, as study.yaml calls it' },
      {
        name: 'signal',
        description: 'Signal; in the rows of all signals, mean and deviation are over signals, each by its mean',
      },
      { name: 'runs', unit: 'runs', description: 'Runs that are done: one for each seed' },
      { name: 'parameters', unit: 'numbers', description: 'Numbers that are trained' },
      { name: 'bits_per_pixel', unit: 'bits', description: `Parameters × ${BITS} bits ÷ (pixels of a frame × frames)` },
      { name: 'psnr', unit: 'dB', description: 'PSNR of the reconstruction, mean over frames, then over seeds' },
      { name: 'psnr_deviation', unit: 'dB', description: 'Its standard deviation (÷ n − 1)' },
      {
        name: 'ssim',
        unit: 'fraction',
        description: 'Structural similarity on grey levels, mean over frames, then over seeds',
      },
      { name: 'ssim_deviation', unit: 'fraction', description: 'Its standard deviation (÷ n − 1)' },
    ],
    rows,
  };
}

interface Measures {
  readonly parameters: Spread;
  readonly bits: Spread;
  /** `undefined` where it is not defined for one of the runs. */
  readonly psnr: Spread | undefined;
  readonly ssim: Spread | undefined;
}

function measuresOf(runs: readonly DoneRun[]): Measures {
  const manifests = runs.map(({ run }) => run.manifest);
  return {
    parameters: spreadOf(manifests.map(({ model }) => model.parameters)),
    bits: spreadOf(
      manifests.map(({ model, signal }) => (model.parameters * BITS) / (signal.frames * signal.height * signal.width)),
    ),
    psnr: spreadOfKnown(manifests.map(({ metrics }) => metrics?.psnr)),
    ssim: spreadOfKnown(runs.map(({ ssim }) => ssim ?? undefined)),
  };
}

/** `undefined` where a value is missing or not finite: a mean of the others would be another's. */
function spreadOfKnown(values: readonly (number | undefined)[]): Spread | undefined {
  return values.every((value) => value !== undefined && Number.isFinite(value))
    ? spreadOf(values as number[])
    : undefined;
}

const cellsOf = ({ parameters, bits, psnr, ssim }: Measures): (number | null)[] => [
  parameters.mean,
  bits.mean,
  psnr?.mean ?? null,
  psnr?.deviation ?? null,
  ssim?.mean ?? null,
  ssim?.deviation ?? null,
];
