import { counted } from '@xinc/core';
import type { StudyReportPart } from '@xinc/report';
import { STUDY_FILES } from '../files.js';
import { claimsFigure } from './claims-figure.js';
import { claimsTable } from './claims-table.js';
import { signalsNeeded } from './signals-needed.js';
import { LEAST_SIGNALS, LEVEL, type TestedClaim } from './test-claims.js';

/** Columns of the two tables of the page, which has no room for all of them side by side: numbers, and words. */
const NUMBERS = [
  'claim',
  'groups',
  'network',
  'holds',
  'signals',
  'factor',
  'low',
  'high',
  'above',
  'below',
  'p',
  'p_holm',
];
const WORDS = ['claim', 'groups', 'network', 'sentence'];

/** What the report says of the paper's claims. */
export function claimsPart(tested: readonly TestedClaim[], unreadable: readonly string[]): StudyReportPart {
  const table = claimsTable(tested);
  const file = STUDY_FILES.reportTable(table.name);
  const figure = claimsFigure(tested);
  return {
    title: 'Claims',
    text: [
      'What the paper says, as a factor that is measured of each run, layers counting the same, then averaged over the seeds of a signal. Signals are the sample: seeds of one signal are no further evidence for others. Factors are averaged as logarithms.',
      'Claims on variances over groups are measured twice: as published, where a small group weighs as much as a large one and groupings have unlike numbers of groups, and on the area-weighted variance with as many groups each. What holds only as published may come from the sizes and numbers of groups.',
      powerText(tested),
      ...(unreadable.length > 0 ? [`Not read: ${unreadable.join('; ')}.`] : []),
    ],
    tables: [
      { table, file, shown: NUMBERS, open: true },
      { table: { ...table, title: 'What can be said of them' }, file, shown: WORDS, open: true },
    ],
    figures: figure ? [figure] : [],
  };
}

/** What so many signals can show at all. */
function powerText(tested: readonly TestedClaim[]): string {
  const tests = tested.filter(({ p }) => p !== undefined);
  if (tests.length === 0) {
    return `No claim is measured of ${LEAST_SIGNALS} signals or more: from fewer no p and no interval is given, and no more is said than in how many signals a claim holds.`;
  }
  const least = tests.map((one) => one.least!);
  const beyond = least.filter((p) => p >= LEVEL).length;
  if (beyond === 0) return `Holm’s correction is for ${counted(tests.length, 'test')}: every row that has a p.`;
  const counts = tests.map(({ signals }) => signals.length);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const signals = fewest === most ? most : `${fewest} to ${most}`;
  const what =
    beyond === tests.length
      ? `no p of these ${counted(beyond, 'test')} can be below ${Math.min(...least).toPrecision(2)}`
      : `${beyond} of these ${counted(tests.length, 'test')} can give no p below ${LEVEL}`;
  return `Of ${signals} signals ${what} after Holm’s correction, even where every claim holds in all of them. ${neededText(tests)} Until then the counts, factors and intervals are what there is.`;
}

function neededText(tests: readonly TestedClaim[]): string {
  const { alike, other } = signalsNeeded(tests.map(({ claim }) => claim));
  const start = `It takes at least ${alike ?? other} signals in every test to show`;
  if (alike === undefined || other === undefined || alike === other)
    return `${start} a claim at the level of ${LEVEL}.`;
  return `${start} at the level of ${LEVEL} that two things are alike, and ${other} to show any other claim.`;
}
