import { listed, type RequestContext, XincError } from '@xinc/core';
import { categories } from '../groupings/categories.js';
import { instances } from '../groupings/instances.js';

const ANNOTATED: readonly string[] = [instances, categories].map(({ name }) => name);

/**
 * The grouping asked for, else the first of those preferred that is there.
 * @throws XincError `not-found` naming those that are there
 */
export function chooseGrouping(
  wanted: string | undefined,
  preferred: readonly string[],
  { groupings }: RequestContext,
): string {
  const found = (wanted === undefined ? preferred : [wanted]).find((name) => groupings.includes(name));
  if (found !== undefined) return found;
  throw groupingMissing(wanted ?? preferred[0], groupings);
}

/** The error for a grouping that a run was not divided by. */
export function groupingMissing(name: string, groupings: readonly string[]): XincError {
  const annotated = ANNOTATED.includes(name) ? ' It is made of labels, given with `labels` when the run is made.' : '';
  return new XincError('not-found', `Grouping '${name}' is not part of this run`, {
    subject: name,
    hint: `${groupings.length > 0 ? `There are ${listed(groupings)}.` : `Name it: \`groupings: ${name}\`.`}${annotated}`,
  });
}
