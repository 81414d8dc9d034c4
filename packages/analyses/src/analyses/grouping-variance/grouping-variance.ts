import { defineAnalysis, omissionSentences, type RequestContext, XincError } from '@xinc/core';
import { z } from 'zod';
import { groupingMissing } from '../../scope/choose-grouping.js';
import { drawnFramesOption, framesToDraw } from '../../scope/frames.js';
import { liveLayers } from '../../scope/live-layers.js';
import { figuresOf } from './figures.js';
import { isNamed, measureVariances, medians } from './measure.js';
import { rankGroupings } from './rank.js';
import { rankingFindings, rankingNotes } from './ranking-words.js';
import { arrayOf, rankingTable, varianceFinding, varianceTable } from './results.js';

const options = z.object({
  groupings: z
    .array(z.string())
    .optional()
    .describe('Groupings to compare; by default all but categories, which are the instances taken together'),
  absolute: z
    .array(z.string())
    .default([])
    .describe(
      'Groupings whose deviations are taken without their sign before the variance, as the published code does',
    ),
  drawnFrames: drawnFramesOption,
});
type Options = z.output<typeof options>;

/** Groupings of two or three groups: their variances cannot be held against those of 32. */
const COARSE = ['categories'];

/**
 * How unevenly neurons divide their contribution among the groups of each grouping, beyond the groups' areas (paper §3,
 * figures 4 and 16; method §5).
 */
export const groupingVarianceAnalysis = defineAnalysis<Options>({
  kind: 'analysis',
  name: 'grouping-variance',
  title: 'What neurons specialise in',
  description:
    'Whether neurons divide their contribution among objects, colours, textures or places more unevenly than area alone would (paper figures 4 and 16).',
  options,
  presets: { published: { absolute: ['instances', 'rgb', 'gabor'] } },
  request: (chosen, context) => ({ neuronTotals: true, groupSums: groupingsOf(chosen, context) }),
  analyze(chosen, context) {
    const { live, omissions } = liveLayers(context);
    const names = groupingsOf(chosen, context);
    const measurements = measureVariances(live, names, chosen.absolute, context, omissions);
    if (measurements.length === 0) {
      throw new XincError('unsupported', `No grouping divides the picture: ${omissionSentences(omissions).join(' ')}`, {
        hint: 'Use one with at least two groups, for instance `groupings: rgb:32,grid:4x8`.',
      });
    }
    const { drawn, notes } = framesToDraw(context, chosen.drawnFrames);
    const spreads = rankGroupings(measurements, 'spread', context);
    const published = rankGroupings(measurements, 'published', context);
    return {
      findings: published.length > 0 ? rankingFindings(spreads, published) : [varianceFinding(measurements)],
      tables: [
        varianceTable(measurements),
        ...(published.length > 0 ? [rankingTable([...spreads, ...published])] : []),
      ],
      arrays: measurements.map(arrayOf),
      figures: drawn.flatMap((frame) => figuresOf(frame, measurements, context)),
      values: { medians: medians(measurements), absolute: names.filter((name) => isNamed(name, chosen.absolute)) },
      omissions,
      notes: [...notes, ...rankingNotes(spreads, [...new Set(measurements.map(({ grouping }) => grouping))])],
    };
  },
});

function groupingsOf({ groupings }: Options, context: RequestContext): string[] {
  const fine = context.groupings.filter((name) => !COARSE.includes(name));
  const chosen = groupings ?? (fine.length > 0 ? fine : context.groupings);
  const unknown = chosen.find((name) => !context.groupings.includes(name));
  if (unknown !== undefined) throw groupingMissing(unknown, context.groupings);
  if (chosen.length === 0) {
    throw new XincError('not-found', 'There is no grouping to compare', {
      subject: 'groupings',
      hint: 'Name some, for instance `groupings: rgb:32,grid:4x8`.',
    });
  }
  return [...chosen];
}
