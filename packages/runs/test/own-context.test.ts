import type { AnalysisContext, LabelMap } from '@xinc/core';
import { expect, test } from 'vitest';
import { ownContext } from '../src/analyze/analysis-context.js';

const shared = {
  groupings: ['rgb', 'grid', 'instances', 'gabor'],
  labels(grouping: string) {
    if (grouping === 'gabor') throw new Error('not gathered');
    return { groups: [] } as unknown as LabelMap;
  },
} as unknown as AnalysisContext;

test('an analysis stands on the groupings whose sums it requests or whose label maps it reads, and on no others', () => {
  const { context, groupings } = ownContext({ neuronTotals: true, groupSums: ['instances'] }, shared);
  expect(groupings()).toEqual(['instances']);
  context.labels('rgb', 0);
  context.labels('rgb', 1);
  expect(() => context.labels('gabor', 0)).toThrow('not gathered');
  expect(groupings()).toEqual(['rgb', 'instances']);
  expect(ownContext({}, shared).groupings()).toEqual([]);
});
