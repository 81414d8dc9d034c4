import { inWords } from '@xinc/core';
import { GROUPS_WORDS } from './claim.js';
import { LEAST_SIGNALS, LEVEL, type TestedClaim, type Verdict } from './test-claims.js';

/** What a claim's numbers say, and no more. */
export function sentenceOf(tested: TestedClaim): string {
  const { says, signals, holds, ties, factor, interval, reach, leftOut, note, verdict, groups } = tested;
  if (verdict === 'untested') return `Not tested: ${someOf(leftOut)}.`;
  const bounds = boundsInWords(reach);
  const ofTies = bounds ? `in ${ties} it may hold or not` : `${ties} ${ties === 1 ? 'is a tie' : 'are ties'}`;
  const words = [
    `In ${holds} of ${signals.length} ${signals.length === 1 ? 'signal' : 'signals'} ${says}${groups ? `, ${GROUPS_WORDS[groups]}` : ''}${ties > 0 ? `; ${ofTies}` : ''}.`,
    `The geometric mean of the factor is ${inWords(factor)}${interval ? ` (95 % interval ${inWords(interval.low)} to ${inWords(interval.high)})` : ''}.`,
    ...(bounds ? [`Since groups were merged, it is only known to lie between ${bounds[0]} and ${bounds[1]}.`] : []),
    inference(tested),
    ...disagreement(tested),
    ...(note === undefined ? [] : [note]),
  ];
  return words.join(' ');
}

/** The least and the greatest that a mean factor can be; `undefined` where they are the same. */
export function boundsInWords(reach: TestedClaim['reach']): readonly [string, string] | undefined {
  if (reach === undefined) return undefined;
  const [low, high] = [inWords(reach.low), inWords(reach.high)];
  return low === high ? undefined : [low, high];
}

function inference({ verdict, signals, corrected, least }: TestedClaim): string {
  if (verdict === 'few') return `Fewer than ${LEAST_SIGNALS} signals are not tested.`;
  const p = `p = ${inWords(corrected!)} after Holm’s correction`;
  if (verdict === 'holds') return `It is shown: ${p}.`;
  if (verdict === 'opposite') return `The opposite is shown: ${p}.`;
  if (least! >= LEVEL) {
    return `${signals.length} signals cannot show it: ${p}, and cannot be below ${inWords(least!)}.`;
  }
  return `It is not shown: ${p}.`;
}

/** Where a claim on variances does not come to the same with the groups as published and with as many of each. */
function disagreement({ groups, other, ...own }: TestedClaim): string[] {
  if (other === undefined || own.verdict === 'untested' || other.verdict === 'untested') return [];
  const [published, equal] = groups === 'published' ? [own, other] : [other, own];
  const [first, second] = [GROUPS_WORDS.published, GROUPS_WORDS.equal];
  if (published.onAverage !== equal.onAverage) {
    return [
      `On average it ${sideInWords(published.onAverage)} ${first}; ${second} it ${sideInWords(equal.onAverage)}.`,
    ];
  }
  const differ = (verdict: Verdict) => (published.verdict === verdict) !== (equal.verdict === verdict);
  const isOrNot = (is: boolean) => (is ? 'is' : 'is not');
  const shown = (['holds', 'opposite'] as const).filter(differ).map((verdict) => {
    const what = verdict === 'holds' ? 'It' : 'The opposite';
    return `${what} ${isOrNot(published.verdict === verdict)} shown ${first}; ${second} it ${isOrNot(equal.verdict === verdict)}.`;
  });
  if (shown.length > 0 || countOf(published) === countOf(equal)) return shown;
  return [`It holds in ${countOf(published)} signals ${first}; ${second} in ${countOf(equal)}.`];
}

const countOf = ({ holds, signals }: Pick<TestedClaim, 'holds' | 'signals'>) => `${holds} of ${signals.length}`;

const sideInWords = (holds: boolean | undefined) =>
  holds === undefined ? 'may hold or not' : holds ? 'holds' : 'does not hold';

/** Reasons that a sentence has; all of them are in the table. */
const REASONS = 3;

function someOf(reasons: readonly string[]): string {
  if (reasons.length === 0) return 'no signal has a value';
  if (reasons.length <= REASONS) return reasons.join('; ');
  return `${reasons.slice(0, REASONS).join('; ')}; and ${reasons.length - REASONS} more`;
}
