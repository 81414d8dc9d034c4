import type { RunOmission } from '@xinc/runs';
import { shownOn } from '../terminal/progress.js';

/**
 * Says, after a result that is there, what is missing of it since a plugin failed, and has the command end with 1: whoever
 * runs it in a script goes on with less than was asked for. What cannot be analysed, such as motion in a picture, is no failure.
 */
export function sayFailed(omissions: readonly RunOmission[]): void {
  const failed = [...new Set(omissions.filter(({ code }) => code === 'plugin').map(nameOf))];
  if (failed.length === 0) return;
  console.error(shownOn(process.stderr, `xinc: Left out, since a plugin failed: ${failed.join(', ')}`));
  process.exitCode = 1;
}

const nameOf = ({ what, layer }: RunOmission): string => (layer === undefined ? what : `layer ${layer}`);
