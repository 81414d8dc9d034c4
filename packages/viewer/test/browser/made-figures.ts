import type { StoredAnalysis } from '@xinc/viewer-page';
import type { MadeRun } from '../server/made-runs.js';

/** An analysis `drawn` with two charts, `first` and `second`. */
export async function writeFigures({ run }: MadeRun): Promise<void> {
  const figures: StoredAnalysis['figures'][number][] = [];
  for (const name of ['first', 'second']) {
    const file = `analysis/drawn/figures/${name}.vl.json`;
    const values = Array.from({ length: 8 }, (_, x) => ({ x, y: Math.sin(x) }));
    const encoding = { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } };
    await run.write(file, JSON.stringify({ data: { values }, mark: 'line', encoding, width: 220, height: 120 }));
    figures.push({ kind: 'chart', name, title: `The ${name} figure`, caption: 'A line.', file });
  }
  const result: StoredAnalysis = {
    name: 'drawn',
    title: 'Drawn',
    description: 'Two lines.',
    findings: [],
    notes: [],
    omissions: [],
    figures,
    tables: [],
    arrays: [],
  };
  await run.write('analysis/drawn/result.json', JSON.stringify(result));
}
