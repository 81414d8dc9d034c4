import { inWords, listed, percent, whole } from '@xinc/core';
import { CONFIDENCE, FEWEST_NEURONS, MOST_GROUPS, MOST_TIMES, type Ranked, type Ranking, withTies } from './rank.js';

/** What the built-in groupings divide the picture by. */
const KINDS: Readonly<Record<string, string>> = {
  instances: 'objects',
  categories: 'kinds of objects',
  rgb: 'colour',
  gabor: 'texture',
  grid: 'position',
};

/** `colour (rgb)` */
const kindOf = ({ grouping }: Ranked): string => {
  const kind = KINDS[grouping.split(':')[0]];
  return kind === undefined ? grouping : `${kind} (${grouping})`;
};

/**
 * What the neurons of each layer depend on least, the whole ranking of each layer, and what the published measure ranks first.
 * @param spreads the rankings by spread
 * @param published those by the published measure
 */
export function rankingFindings(spreads: readonly Ranking[], published: readonly Ranking[]): string[] {
  return [
    ...(spreads.length > 0 ? [`Neurons depend least on ${leastWords(spreads)}.`] : []),
    ...spreads.map(rankingSentence),
    ...(published.length > 0
      ? [
          `By the published variance, in which a small group counts as much as a large one and groupings have the groups that they have, it is ${leastWords(published)}.`,
        ]
      : []),
  ];
}

/** `position (grid) in layer1 and layer2; texture (gabor) and colour (rgb) alike in layer3` */
function leastWords(rankings: readonly Ranking[]): string {
  const first = rankings.map((ranking) => {
    if (isTooFew(ranking)) return { layer: ranking.layer.id, words: 'no one grouping, with too few neurons to tell,' };
    const [tied] = withTies(ranking.ranked);
    const tie = tied.length > 2 ? ' (each a tie with the next)' : tied.length > 1 ? ' (a tie)' : '';
    return { layer: ranking.layer.id, words: `${listed(tied.map(kindOf))}${tie}` };
  });
  return [...new Set(first.map(({ words }) => words))]
    .map((words) => `${words} in ${listed(first.filter((one) => one.words === words).map(({ layer }) => layer))}`)
    .join('; ');
}

const isTooFew = ({ neurons }: Ranking): boolean => neurons < FEWEST_NEURONS;

/** All groupings of a layer, with their medians, what each is more than the one before, and what is a tie. */
function rankingSentence(ranking: Ranking): string {
  const { layer, ranked, neurons, live, frames } = ranking;
  const of =
    neurons < live
      ? `${whole(neurons)} of ${whole(live)} neurons, drawn at random`
      : `${whole(neurons)} ${neurons === 1 ? 'neuron' : 'neurons'}`;
  const over = frames > 1 ? ` on ${frames} frames` : '';
  const compared = `(median of ${of}${over}; ${whole(ranked[0].groups)} groups of each grouping)`;
  const places = isTooFew(ranking) ? ranked.map((one) => [one]) : withTies(ranked);
  const words = places.map((tied, i) => {
    const tie = tied.length > 2 ? 'a tie, each with the next, of ' : tied.length > 1 ? 'a tie of ' : '';
    const names = `${tie}${listed(tied.map((one) => `${kindOf(one)} ${spreadWords(one)}`))}`;
    return i === 0 || isTooFew(ranking) ? names : `${names}${marginWords(tied[0])}`;
  });
  return `How far a group's mean contribution is from the neuron's mean in ${layer.id}: ${words.join('; ')} ${compared}.`;
}

/** `21 %`; `15 to 21 %` where groups had to be merged. */
function spreadWords({ least, most }: Ranked): string {
  const [from, to] = [percent(least), percent(most)];
  return from === to ? to : `${from.replace(' %', '')} to ${to}`;
}

/** `, 1.8 times as much (1.5 to 2.1)`, `, 1.2 to 2.1 times as much` where groups had to be merged; nothing where the one before has no spread. */
function marginWords({ least, most, margin }: Ranked): string {
  if (margin === undefined || !Number.isFinite(margin.low)) return '';
  const interval = `${inWords(margin.low)} to ${inWords(margin.high)}`;
  return least === most ? `, ${inWords(margin.times)} times as much (${interval})` : `, ${interval} times as much`;
}

/**
 * How groupings were ranked, and which were not.
 * @param all names of the groupings measured
 */
export function rankingNotes(spreads: readonly Ranking[], all: readonly string[]): string[] {
  const ranked = new Set(spreads.flatMap((ranking) => ranking.ranked.map(({ grouping }) => grouping)));
  const left = all.filter((name) => !ranked.has(name));
  const notes =
    left.length > 0 && all.length > 1
      ? [
          `${listed(left)} ${left.length > 1 ? 'are' : 'is'} ranked by the published variance only: the numbers of groups differ too much from those of others (more than ${MOST_TIMES} times), or are above ${whole(MOST_GROUPS)}. Ask for as many groups of each, for instance \`groupings: rgb:8,grid:2x4\`.`,
        ]
      : [];
  if (spreads.length === 0) return notes;
  return [
    `To rank groupings every pixel counts alike, and every grouping has as many groups: in finer ones groups are merged, and what that leaves is between merging at random and merging those that differ least. Intervals allow for both, and hold together for all comparisons of a layer with ${percent(CONFIDENCE)} confidence (bootstrap over neurons); neighbours of which the interval of the difference includes zero are a tie, which says nothing of the first and the last of three.`,
    ...notes,
  ];
}
