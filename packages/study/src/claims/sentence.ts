import { inWords } from '@xinc/core';
import { LEAST_SIGNALS, LEVEL, type TestedClaim } from './test-claims.js';

/** What a claim's numbers say, and no more. */
export function sentenceOf(tested: TestedClaim): string {
  const { says, signals, holds, ties, factor, interval, leftOut, note, verdict } = tested;
  if (verdict === 'untested') return `Not tested: ${someOf(leftOut)}.`;
  const words = [
    `In ${holds} of ${signals.length} ${signals.length === 1 ? 'signal' : 'signals'} ${says}${ties > 0 ? `; ${ties} ${ties === 1 ? 'is a tie' : 'are ties'}` : ''}.`,
    `The factor is ${inWords(factor)} on average${interval ? ` (95 % interval ${inWords(interval.low)} to ${inWords(interval.high)})` : ''}.`,
    inference(tested),
    ...(note === undefined ? [] : [note]),
  ];
  return words.join(' ');
}

function inference({ verdict, signals, corrected, least }: TestedClaim): string {
  if (verdict === 'few') return `From fewer than ${LEAST_SIGNALS} signals no more can be said.`;
  const p = `p = ${inWords(corrected!)} after Holm’s correction`;
  if (verdict === 'holds') return `That is more than chance gives: ${p}.`;
  if (verdict === 'opposite') return `The opposite is shown: ${p}.`;
  if (least! >= LEVEL) {
    return `From ${signals.length} signals no more can be said: p after Holm’s correction is ${inWords(corrected!)}, and cannot be below ${inWords(least!)}.`;
  }
  return `That may be chance: ${p}.`;
}

/** Reasons that a sentence has; all of them are in the table. */
const REASONS = 3;

function someOf(reasons: readonly string[]): string {
  if (reasons.length <= REASONS) return reasons.join('; ');
  return `${reasons.slice(0, REASONS).join('; ')}; and ${reasons.length - REASONS} more`;
}
