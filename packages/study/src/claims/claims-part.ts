import { counted } from '@xinc/core';
import type { StudyReportPart } from '@xinc/report';
import { STUDY_FILES } from '../files.js';
import { claimsFigure, rowOf } from './claims-figure.js';
import { boundWords, claimsOverview } from './claims-overview.js';
import { claimsTable } from './claims-table.js';
import { sentenceOf } from './sentence.js';
import { signalsNeeded } from './signals-needed.js';
import { LEAST_SIGNALS, LEVEL, type TestedClaim } from './test-claims.js';

/** Columns of the table of the page, which has no room for all of them side by side. */
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

/** The claims in the summary of the report: what so many signals can show, a row for each claim, and a figure. */
export function claimsSummary(tested: readonly TestedClaim[]): Pick<StudyReportPart, 'text' | 'tables' | 'figures'> {
  const figure = claimsFigure(tested);
  return {
    text: [powerText(tested)],
    tables: [{ table: claimsOverview(tested), file: '', open: true }],
    figures: figure ? [figure] : [],
  };
}

/** What the report says of the paper's claims, one by one. */
export function claimsPart(tested: readonly TestedClaim[], unreadable: readonly string[]): StudyReportPart {
  const table = claimsTable(tested);
  const titles = [...new Set(tested.map(({ claim }) => claim.title))];
  return {
    title: 'Claims',
    text: [
      'Each claim of the paper is turned into one number per run, the factor; the claim holds where the factor is on one side of a bound. Factors are averaged as logarithms, over layers and then over the seeds of a signal. Signals are the sample: more seeds make a signal’s mean firmer, and are no further signals.',
      'Claims on variances over groups are measured twice. As published, a small group counts as much as a large one, and groupings have different numbers of groups. With as many groups each, every pixel counts alike. What holds only as published may come from the sizes and numbers of groups.',
      ...(unreadable.length > 0 ? [`Not read: ${unreadable.join('; ')}.`] : []),
    ],
    points: titles.map((title) => {
      const own = tested.filter(({ claim }) => claim.title === title);
      const [first] = own;
      return {
        title,
        text: `Factor, ${boundWords(first)} where it holds: ${first.claim.factor} (section ${first.claim.section} of the paper’s supplement).`,
        sentences: own.map((one) => [rowOf(one), sentenceOf(one)]),
      };
    }),
    tables: [{ table, file: STUDY_FILES.reportTable(table.name), shown: NUMBERS }],
    figures: [],
  };
}

/** What so many signals can show at all. */
function powerText(tested: readonly TestedClaim[]): string {
  const tests = tested.filter(({ p }) => p !== undefined);
  if (tests.length === 0) {
    return `No claim is measured of ${LEAST_SIGNALS} signals or more: from fewer, neither p nor interval is given, only in how many signals a claim holds.`;
  }
  const least = tests.map((one) => one.least!);
  const beyond = least.filter((p) => p >= LEVEL).length;
  if (beyond === 0) return `Holm’s correction is for ${counted(tests.length, 'test')}: all that have a p.`;
  const counts = tests.map(({ signals }) => signals.length);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const signals = fewest === most ? most : `${fewest} to ${most}`;
  const what =
    beyond === tests.length
      ? `no claim can be shown: p of these ${counted(beyond, 'test')} cannot be below ${Math.min(...least).toPrecision(2)} after Holm’s correction`
      : `${beyond} of these ${counted(tests.length, 'test')} cannot show a claim: their p cannot be below ${LEVEL} after Holm’s correction`;
  return `With ${signals} signals ${what}, even if every claim held in all of them. ${neededText(tests)} With fewer, read in how many signals a claim holds, its factor and the interval.`;
}

function neededText(tests: readonly TestedClaim[]): string {
  const { alike, other } = signalsNeeded(tests.map(({ claim }) => claim));
  const start = `It takes at least ${alike ?? other} signals in every test to show`;
  if (alike === undefined || other === undefined || alike === other) return `${start} a claim at p < ${LEVEL}.`;
  return `${start} at p < ${LEVEL} that two things are alike, and ${other} to show any other claim.`;
}
