import { counted, formatShape } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import type { Checkpoint, CheckpointTensor } from '../checkpoint.js';
import type { Match, MatchRow } from './candidate.js';

const MOST_LISTED = 40;

/** `2 of 7 parameters are missing, 1 has another shape, 3 tensors are left over`. */
export function countMismatches({ rows, leftOver }: Match): string {
  const [missing, misshapen, whole] = (['missing', 'shape', 'dtype'] as const).map(
    (kind) => rows.filter(({ problem }) => problem === kind).length,
  );
  const have = (count: number) => (count === 1 ? 'has' : 'have');
  const are = (count: number) => (count === 1 ? 'is' : 'are');
  return [
    ...(missing > 0 ? [`${missing} of ${rows.length} parameters ${are(missing)} missing`] : []),
    ...(misshapen > 0 ? [`${misshapen} ${have(misshapen)} another shape`] : []),
    ...(whole > 0 ? [`${whole} ${have(whole)} whole numbers for weights`] : []),
    ...(leftOver.length > 0 ? [`${counted(leftOver.length, 'tensor')} ${are(leftOver.length)} left over`] : []),
  ].join(', ');
}

/**
 * What was expected and found, for printing: a row per parameter, then the tensors left over (all there are, where
 * none of the parameters was found).
 */
export function mismatchTable(match: Match, tensors: ReadonlyMap<string, CheckpointTensor>): string {
  const rows = match.rows.map((row) => [
    row.parameter.name,
    printable(row.name),
    formatShape(row.parameter.shape),
    found(row),
  ]);
  const expected = aligned([['parameter', 'in the checkpoint', 'expected', 'found'], ...rows]);
  const others = match.rows.some(({ tensor }) => tensor) ? match.leftOver : [...tensors.keys()];
  return others.length === 0 ? expected : `${expected}\n\nleft over:\n${listed(others, tensors)}`;
}

/** The tensors of a checkpoint with their shapes, for printing; empty where there are none. */
export function tensorList({ tensors }: Pick<Checkpoint, 'tensors'>): string {
  return tensors.size === 0 ? '' : `tensors there:\n${listed([...tensors.keys()], tensors)}`;
}

function listed(names: readonly string[], tensors: ReadonlyMap<string, CheckpointTensor>): string {
  const shown = names.slice(0, MOST_LISTED);
  const rows = aligned(shown.map((name) => [`  ${printable(name)}`, formatShape(tensors.get(name)!.shape)]));
  return names.length > shown.length ? `${rows}\n  … and ${names.length - shown.length} more` : rows;
}

function found({ tensor, problem }: MatchRow): string {
  if (!tensor) return problem ?? 'none, so zero';
  const shape = formatShape(tensor.shape);
  if (problem === 'dtype') return `${shape}  ← ${tensor.dtype}, not weights`;
  return problem === 'shape' ? `${shape}  ← another shape` : shape;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
