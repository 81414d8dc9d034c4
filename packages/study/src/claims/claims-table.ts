import type { Table } from '@xinc/core';
import { GROUPS_WORDS } from './claim.js';
import { sentenceOf } from './sentence.js';
import { LEAST_SIGNALS, type TestedClaim } from './test-claims.js';

/** The claims as a table, one row for each claim and network. */
export const claimsTable = (tested: readonly TestedClaim[]): Table => ({
  name: 'claims',
  title: 'Claims of the paper, tested over signals',
  columns: [
    { name: 'claim', description: 'What the paper says' },
    {
      name: 'groups',
      description: 'Of variances over groups: the groups as published, or with as many groups of each grouping',
    },
    { name: 'network', description: 'Network, as study.yaml calls it; of two, the first is held against the second' },
    { name: 'section', description: 'Section of the paper’s supplement' },
    { name: 'holds', unit: 'signals', description: 'Signals in which it holds, each by the mean over its seeds' },
    { name: 'signals', unit: 'signals', description: 'Signals that have a value' },
    {
      name: 'ties',
      unit: 'signals',
      description: 'Signals whose factor is the bound itself, or may lie on either side of it',
    },
    { name: 'factor', description: 'Geometric mean over signals of the factor that the claim is about' },
    {
      name: 'low',
      description:
        'Lower end of its 95 % interval: a bootstrap of signals, then seeds within them; over both bounds where groups were merged',
    },
    { name: 'high', description: 'Upper end' },
    { name: 'factor_low_bound', description: 'The least that the factor can be, where groups were merged' },
    { name: 'factor_high_bound', description: 'The most' },
    { name: 'above', description: 'The claim holds where the factor is above this' },
    { name: 'below', description: 'Where it says that two things are alike: below this' },
    {
      name: 'p',
      description: `Exact p of Wilcoxon’s signed-rank test, two-sided; of likeness one-sided, that the factor is below the bound. Of signals chosen by a trend, no less than the p of that trend in all of them. Where groups were merged, the largest with either bound, 1 where these differ in direction. None from fewer than ${LEAST_SIGNALS} signals`,
    },
    { name: 'p_holm', description: 'After Holm’s correction for all rows with a p' },
    { name: 'p_least', description: 'The least that p_holm could have been with so many signals and claims' },
    { name: 'verdict', description: 'holds, opposite, open (not shown), few (signals) or untested' },
    { name: 'sentence', description: 'What can be said' },
    { name: 'left_out', description: 'Runs and signals without a value, and why' },
  ],
  rows: tested.map((one) => [
    one.claim.title,
    one.groups ? GROUPS_WORDS[one.groups] : null,
    one.network,
    one.claim.section,
    one.holds,
    one.signals.length,
    one.ties,
    Number.isNaN(one.factor) ? null : one.factor,
    one.interval?.low ?? null,
    one.interval?.high ?? null,
    one.reach?.low ?? null,
    one.reach?.high ?? null,
    one.claim.above ?? null,
    one.claim.below ?? null,
    one.p ?? null,
    one.corrected ?? null,
    one.least ?? null,
    one.verdict,
    sentenceOf(one),
    one.leftOut.join('; '),
  ]),
});

/** The claims for programs: claims.json. */
export const claimsJson = (tested: readonly TestedClaim[]) => ({
  claims: tested.map((one) => ({
    claim: one.claim.name,
    title: one.claim.title,
    section: one.claim.section,
    groups: one.groups ?? null,
    network: one.network,
    factorIs: one.claim.factor,
    above: one.claim.above ?? null,
    below: one.claim.below ?? null,
    holds: one.holds,
    ties: one.ties,
    factor: Number.isNaN(one.factor) ? null : one.factor,
    interval: one.interval ? [one.interval.low, one.interval.high] : null,
    factorLowBound: one.reach?.low ?? null,
    factorHighBound: one.reach?.high ?? null,
    p: one.p ?? null,
    pHolm: one.corrected ?? null,
    pLeast: one.least ?? null,
    verdict: one.verdict,
    sentence: sentenceOf(one),
    signals: one.signals,
    leftOut: one.leftOut,
  })),
});
