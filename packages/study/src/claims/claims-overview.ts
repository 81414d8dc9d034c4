import { inWords, type Table } from '@xinc/core';
import type { Groups } from './claim.js';
import { boundsInWords } from './sentence.js';
import type { TestedClaim, Verdict } from './test-claims.js';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  holds: 'shown',
  opposite: 'the opposite is shown',
  open: 'not shown',
  few: 'too few signals to test',
  untested: 'not tested',
};

/** The claims on one page: a row for each claim and network, with what both kinds of groups give side by side. */
export function claimsOverview(tested: readonly TestedClaim[]): Table {
  const keyOf = ({ claim, network }: TestedClaim) => `${claim.name} ${network}`;
  const rows = tested.filter((one, i) => tested.findIndex((other) => keyOf(other) === keyOf(one)) === i);
  return {
    name: 'claims-overview',
    title:
      'What the paper says, in this study: signals in which it holds, geometric mean of the factor (95 % interval)',
    columns: [
      { name: 'claim', description: 'What the paper says' },
      { name: 'network', description: 'Network, as study.yaml calls it; of two, the first is held against the second' },
      { name: 'holds_where_factor_is', description: 'Side of the bound on which the factor is where the claim holds' },
      {
        name: 'as_published',
        description:
          'Signals in which the claim holds, of those measured; geometric mean of the factor with its 95 % interval, which takes five signals. Of variances over groups: the groups as published',
      },
      {
        name: 'with_as_many_groups_each',
        description:
          'The same of variances over groups, with as many groups of each grouping; two numbers where the mean is only known to lie between them, since groups were merged',
      },
      {
        name: 'verdict',
        description:
          'Whether the claim is shown over signals (p < 0.05 after Holm’s correction); of variances, first as published, then with as many groups each, where these differ',
      },
    ],
    rows: rows.map((first) => {
      const own = tested.filter((one) => keyOf(one) === keyOf(first));
      const of = (groups: Groups) => own.find((one) => one.groups === groups);
      const [published, equal] = first.groups === undefined ? [first, undefined] : [of('published'), of('equal')];
      const verdicts = new Set(own.map(({ verdict }) => VERDICTS[verdict]));
      return [
        first.claim.title,
        first.network,
        boundWords(first),
        cellOf(published),
        cellOf(equal),
        [...verdicts].join('; '),
      ];
    }),
  };
}

/** `> 1`, on which side of its bound the factor of a claim is where it holds. */
export const boundWords = ({ claim: { above, below } }: Pick<TestedClaim, 'claim'>): string =>
  above === undefined ? `< ${below}` : `> ${above}`;

/** `3 of 6, 0.987 (0.637 to 1.57)`; `4 of 6, 1.08 to 1.12 (0.992 to 1.25)` where groups were merged. */
function cellOf(tested: TestedClaim | undefined): string | null {
  if (tested === undefined || tested.signals.length === 0) return null;
  const { holds, signals, factor, interval, reach: between } = tested;
  const reach = interval ? ` (${inWords(interval.low)} to ${inWords(interval.high)})` : '';
  return `${holds} of ${signals.length}, ${boundsInWords(between)?.join(' to ') ?? inWords(factor)}${reach}`;
}
