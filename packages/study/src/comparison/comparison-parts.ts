import { listed, type Table } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import type { StudyReportPart } from '@xinc/report';
import type { ClaimRun } from '../claims/claim-runs.js';
import { LEAST_SIGNALS } from '../claims/test-claims.js';
import { STUDY_FILES } from '../files.js';
import type { DoneRun } from '../report/done-runs.js';
import { type Comparison, compareNetworks } from './compare-networks.js';
import { readComparedRuns } from './compared-runs.js';
import { comparisonFigure } from './comparison-figure.js';
import { compareKinds } from './kinds-of-neurons.js';

/**
 * How networks of one model differ, such as the same one trained by several optimisers: each is compared with the first of its model in the study. A part
 * for each model that has several networks.
 */
export async function comparisonParts(
  runs: readonly DoneRun[],
  claims: readonly ClaimRun[],
  registry: Registry,
): Promise<StudyReportPart[]> {
  const parts: StudyReportPart[] = [];
  for (const model of new Set(runs.map(({ task }) => task.network.model))) {
    const own = runs.filter(({ task }) => task.network.model === model);
    if (new Set(own.map(({ task }) => task.network.name)).size < 2) continue;
    const { compared, leftOut } = await readComparedRuns(own, claims, registry);
    const names = [...new Set(compared.map(({ done }) => done.task.network.name))];
    if (names.length < 2) continue;
    const ofNetwork = <T>(of: (one: (typeof compared)[number]) => T) =>
      new Map(
        names.map((name) => [name, compared.filter(({ done }) => done.task.network.name === name).map(of)] as const),
      );
    const measured = compareNetworks(ofNetwork(({ run }) => run));
    const comparisons = [...measured.comparisons, ...(await compareKinds(ofNetwork(({ done }) => done)))];
    if (comparisons.length > 0) parts.push(partOf(model, names, comparisons, [...leftOut, ...measured.missing]));
  }
  return parts;
}

function partOf(
  model: string,
  [first, ...others]: readonly string[],
  comparisons: readonly Comparison[],
  leftOut: readonly string[],
): StudyReportPart {
  const table = comparisonTable(model, comparisons);
  return {
    title: `How networks of ${model} differ`,
    text: [
      `${listed(others)} compared with ${first}, run by run: those of one signal and seed began with the same weights where the network is the same. Signals are the sample: a value is the mean over signals of the mean over seeds, and its 95 % interval is the claims' bootstrap of signals and of seeds within them, of ${LEAST_SIGNALS} signals or more. No p is given, and nothing is corrected for the number of rows: what is looked for among so many is found by chance in some.`,
      ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}.`] : []),
    ],
    tables: [{ table, file: STUDY_FILES.reportTable(table.name), open: true }],
    figures: [comparisonFigure(model, comparisons)],
  };
}

function comparisonTable(model: string, comparisons: readonly Comparison[]): Table {
  return {
    name: `comparison-${model}`,
    title: 'What networks differ in',
    columns: [
      { name: 'quantity', description: 'What they are compared by' },
      { name: 'network', description: 'Network, as study.yaml calls it' },
      { name: 'against', description: 'The first network of the model' },
      { name: 'signals', unit: 'signals', description: 'Signals with a value' },
      { name: 'runs', unit: 'runs', description: 'Runs of the network that were compared' },
      {
        name: 'first',
        description: 'What the first network has, the mean over these signals (a geometric one of factors)',
      },
      { name: 'as', description: 'factor: a ratio, 1 where they are the same; difference: 0 where they are' },
      { name: 'value', description: 'Mean over signals: a geometric mean of factors' },
      { name: 'low', description: 'Lower end of its 95 % interval' },
      { name: 'high', description: 'Upper end of it' },
      { name: 'about', description: 'What the quantity is' },
    ],
    rows: comparisons.map(({ quantity, network, against, signals, reference, effect, interval }) => {
      const shown = (value: number) => (quantity.by === 'factor' ? 2 ** value : value);
      return [
        quantity.title,
        network,
        against,
        signals.length,
        signals.reduce((sum, { values }) => sum + values.length, 0),
        shown(reference),
        quantity.by,
        shown(effect),
        interval ? shown(interval.low) : null,
        interval ? shown(interval.high) : null,
        quantity.about,
      ];
    }),
  };
}
