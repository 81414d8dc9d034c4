import { isXincError } from '@xinc/core';
import { callWords } from '../call-words.js';
import { RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import type { RunOmission } from '../stored/omissions.js';
import { storedResult } from '../stored/store-analysis.js';

/**
 * The results of a run that stand on a grouping whose label maps are to be replaced by others, each with why it is not shown beside
 * those. A result that cannot be read is told of where it is shown.
 */
export async function resultsOfGroups(run: Run, grouping: string): Promise<RunOmission[]> {
  const found: RunOmission[] = [];
  for (const analysis of await run.folder.list(RUN_FILES.analyses, 'folders')) {
    const result = await storedResult(run, analysis).catch((error) => {
      if (isXincError(error, 'invalid-file') || isXincError(error, 'not-found')) return undefined;
      throw error;
    });
    if (!result || !standsOn(result, grouping)) continue;
    const why = `its groups of '${grouping}' were found on other frames. They are found on frames of the whole video now, so that each is one thing on all of them; make it again: ${callWords('analyzeRun', run.path, analysis)}`;
    found.push({ what: result.title, analysis, why });
  }
  return found;
}

/** Results that an earlier version stored do not say what they stand on: there, those that name the grouping. */
function standsOn(
  { groupings, values, tables, arrays }: Awaited<ReturnType<typeof storedResult>>,
  grouping: string,
): boolean {
  return groupings?.includes(grouping) ?? JSON.stringify([values, tables, arrays]).includes(JSON.stringify(grouping));
}
