import { inWords } from '@xinc/core';
import { claimsJson, openStudy, reportStudy, type TestedClaim } from '@xinc/study';
import type { CommandContext } from '../../context.js';
import { loadPlugins } from '../../workflow/plugins.js';
import { workOf } from '../../workflow/work.js';

/** Writes a study's report, and prints the paper's claims. */
export async function studyReportCommand(path: string, context: CommandContext): Promise<void> {
  const { path: report, claims } = await reportStudy(
    await openStudy(path),
    await loadPlugins(context),
    workOf(context),
  );
  context.result({ study: path, report, ...claimsJson(claims) }, `${describeClaims(claims)}\n${report}`);
}

/** A line for each claim and network, and below it one for as many groups of each grouping, in columns that a terminal of 80 has room for. */
function describeClaims(claims: readonly TestedClaim[]): string {
  const cells = claims.map(({ claim, groups, network, holds, signals, factor, interval, corrected }) => [
    groups === 'equal' ? '  as many groups each' : claim.title,
    network,
    signals.length === 0 ? '' : `${holds} of ${signals.length}`,
    signals.length === 0
      ? 'not tested'
      : `${inWords(factor)}${interval ? ` (${inWords(interval.low)} to ${inWords(interval.high)})` : ''}`,
    corrected === undefined ? '' : inWords(corrected),
  ]);
  const rows = [['Claim', 'Network', 'Holds', 'Factor (95 % interval)', 'p (Holm)'], ...cells];
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
