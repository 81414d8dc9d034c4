import { formatShape } from '@xinc/core';
import type { CheckpointTensor } from '../checkpoint.js';
import { printable } from '../printable.js';
import type { Match, MatchRow } from './candidate.js';

const MOST_LEFT_OVER = 40;

/** `2 of 7 parameters are missing, 1 has another shape, 3 tensors are left over`. */
export function countMismatches({ rows, leftOver }: Match): string {
  const missing = rows.filter(({ tensor }) => !tensor).length;
  const misshapen = rows.filter(({ tensor, fits }) => tensor && !fits).length;
  const are = (count: number) => (count === 1 ? 'is' : 'are');
  return [
    ...(missing > 0 ? [`${missing} of ${rows.length} parameters ${are(missing)} missing`] : []),
    ...(misshapen > 0 ? [`${misshapen} ${misshapen === 1 ? 'has' : 'have'} another shape`] : []),
    ...(leftOver.length > 0
      ? [`${leftOver.length} ${leftOver.length === 1 ? 'tensor' : 'tensors'} ${are(leftOver.length)} left over`]
      : []),
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
  if (others.length === 0) return expected;
  const shown = others.slice(0, MOST_LEFT_OVER);
  const listed = aligned(shown.map((name) => [`  ${printable(name)}`, formatShape(tensors.get(name)!.shape)]));
  const rest = others.length > shown.length ? `\n  … and ${others.length - shown.length} more` : '';
  return `${expected}\n\nleft over:\n${listed}${rest}`;
}

function found({ tensor, fits }: MatchRow): string {
  if (!tensor) return 'missing';
  return fits ? formatShape(tensor.shape) : `${formatShape(tensor.shape)}  ← another shape`;
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
