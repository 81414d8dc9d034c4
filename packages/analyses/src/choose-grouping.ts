import { type RequestContext, XincError } from '@xinc/core';
import { listed } from './wording.js';

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
  const missing = wanted ?? preferred[0];
  throw new XincError('not-found', `Grouping '${missing}' is not part of this run`, {
    subject: missing,
    hint: groupings.length > 0 ? `There are ${listed(groupings)}.` : `Name it: --groupings ${missing}.`,
  });
}
