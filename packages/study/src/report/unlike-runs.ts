import type { Table } from '@xinc/core';
import type { StudyReportPart } from '@xinc/report';
import { networkDifferences, trainingDifferences } from '../made-alike.js';
import type { DoneRun } from './done-runs.js';

/**
 * What runs of one network were not made with alike, though the report takes them together: after an update of XINC or a plugin, say,
 * whose defaults are others. A run is compared with the first of its signal, and that with the first of its network.
 */
export function unlikePart(runs: readonly DoneRun[]): StudyReportPart[] {
  const [ofNetwork, ofSignal] = [new Map<string, DoneRun>(), new Map<string, DoneRun>()];
  const rows: string[][] = [];
  for (const one of runs) {
    const { signal, network } = one.task;
    const key = `${signal.name} ${network.name}`;
    const [alike, first] = [ofSignal.get(key), ofNetwork.get(network.name)];
    ofSignal.set(key, alike ?? one);
    ofNetwork.set(network.name, first ?? one);
    const other = alike ?? first;
    if (!other) continue;
    const differences = networkDifferences(one.run.manifest, other.run.manifest);
    if (alike) differences.push(...trainingDifferences(one.run.manifest, alike.run.manifest));
    for (const { what, values } of differences) rows.push([one.task.id, what, values[0], other.task.id, values[1]]);
  }
  if (rows.length === 0) return [];
  const table: Table = {
    name: 'unlike',
    title: 'Runs of one network that were not made alike',
    columns: [
      { name: 'run', description: 'Signal, network and seed' },
      { name: 'differs_in', description: 'What it was made with, as its run.json says' },
      { name: 'value', description: 'There' },
      { name: 'compared_with', description: 'The first run of the same signal and network, else of the network' },
      { name: 'its_value', description: 'The same of that run' },
    ],
    rows,
  };
  return [
    {
      title: 'What was not made alike',
      text: [
        'These runs are of the same network as study.yaml calls it, and yet were made with something else. Means, deviations and bands of this report take them together, as if they differed by their seeds alone. To make a run anew, delete its folder.',
      ],
      tables: [{ table, file: '' }],
      figures: [],
    },
  ];
}
