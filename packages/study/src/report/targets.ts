import type { Table } from '@xinc/core';
import type { StudyReportPart } from '@xinc/report';
import { reachedPsnr, stepsTaken } from '@xinc/runs';
import { STUDY_FILES } from '../files.js';
import type { DoneRun } from './done-runs.js';

/**
 * How the trainings that were to end at a PSNR ended, run by run: networks of one PSNR are compared as such only where all of them have reached it.
 * Nothing where no run had such a PSNR.
 */
export function targetsPart(runs: readonly DoneRun[]): StudyReportPart[] {
  const rows = runs.flatMap(({ task, run: { manifest } }) => {
    const { training, metrics } = manifest;
    if (training?.untilPsnr === undefined) return [];
    const reached = reachedPsnr(manifest) ? 'yes' : 'no';
    return [[task.id, training.untilPsnr, reached, metrics?.psnr ?? null, stepsTaken(training), training.steps]];
  });
  if (rows.length === 0) return [];
  const missed = rows.filter(([, , reached]) => reached === 'no').map(([id]) => id);
  const table: Table = {
    name: 'targets',
    title: 'Trainings that end at a PSNR',
    columns: [
      { name: 'run', description: 'Signal, network and seed' },
      { name: 'until_psnr', unit: 'dB', description: 'PSNR at which its training ends' },
      { name: 'reached', description: 'Whether it has that PSNR' },
      { name: 'psnr', unit: 'dB', description: 'PSNR of the reconstruction, mean over frames' },
      { name: 'steps', unit: 'steps', description: 'Training steps that were done' },
      { name: 'planned_steps', unit: 'steps', description: 'Training steps whose schedule the learning rate followed' },
    ],
    rows,
  };
  return [
    {
      title: 'At which PSNR training ended',
      text: [
        'Training ended at the first check where the whole signal had the PSNR asked for, so that a network may have a little more. The learning rate followed the schedule of all planned steps: it had not come to its end.',
        missed.length === 0
          ? 'All runs reached theirs.'
          : `Not reached in all their steps: ${missed.join(', ')}. What compares networks of one PSNR is not true of these.`,
      ],
      tables: [{ table, file: STUDY_FILES.reportTable(table.name) }],
      figures: [],
    },
  ];
}
