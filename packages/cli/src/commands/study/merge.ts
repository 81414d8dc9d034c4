import { counted } from '@xinc/core';
import { mergeStudies, openStudy, type Study } from '@xinc/study';
import type { CommandContext } from '../../context.js';
import { workOf } from '../../workflow/work.js';

/** Copies into a study what was done of it elsewhere. */
export async function studyMergeCommand(path: string, from: readonly string[], context: CommandContext): Promise<void> {
  const study = await openStudy(path);
  const parts: Study[] = [];
  for (const part of from) parts.push(await openStudy(part));
  const { taken, there, foreign } = await mergeStudies(study, parts, workOf(context));
  const lines = [`${runs(taken)} taken, ${runs(there)} were there`];
  if (foreign.length > 0) {
    lines.push(`${runs(foreign)} of no task of this study, or made with other settings: ${some(foreign)}`);
  }
  context.result({ taken, there, foreign }, lines.join('\n'));
}

const runs = ({ length }: readonly string[]): string => counted(length, 'run');

const some = (ids: readonly string[]): string => `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}`;
