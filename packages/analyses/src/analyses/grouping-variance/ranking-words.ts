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
    ...(spreads.length > 0 ? [`${capitalised(leastWords(spreads, 2))}.`] : []),
    ...spreads.map(rankingSentence),
    ...(published.length > 0
      ? [
          `By the published variance, which counts a small group as much as a large one and each grouping with all its groups: ${leastWords(published, 1)}.`,
        ]
      : []),
  ];
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * `in layer1 and layer2, neurons depend least on position (grid), next on colour (rgb); in layer3, on texture (gabor) and colour (rgb), a tie`:
 * what neurons depend on least, and with two places what comes next.
 */
function leastWords(rankings: readonly Ranking[], places: 1 | 2): string {
  const first = rankings.map((ranking) => ({ layer: ranking.layer.id, words: leastOf(ranking, places) }));
  let verb = 'neurons depend least ';
  return [...new Set(first.map(({ words }) => words))]
    .map((words) => {
      const layers = listed(first.filter((one) => one.words === words).map(({ layer }) => layer));
      if (words === undefined) return `in ${layers}, too few neurons to tell what they depend on least`;
      const clause = `in ${layers}, ${verb}${words}`;
      verb = '';
      return clause;
    })
    .join('; ');
}

/** `on position (grid), next on colour (rgb)`; nothing where neurons are too few to tell. */
function leastOf(ranking: Ranking, places: 1 | 2): string | undefined {
  if (isTooFew(ranking)) return undefined;
  const [least, next] = withTies(ranking.ranked)
    .slice(0, places)
    .map((tied) => `on ${listed(tied.map(kindOf))}${tieWords(tied)}`);
  return next === undefined ? least : `${least}, next ${next}`;
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
  const places = isTooFew(ranking) ? ranked.map((one) => [one]) : withTies(ranked);
  const margins = places.map(([one], i) =>
    i === 0 || isTooFew(ranking) ? '' : marginWords(one, places[i - 1][places[i - 1].length - 1], ranked),
  );
  const words = places.map(
    (tied, i) => `${listed(tied.map((one) => `${kindOf(one)} ${spreadWords(one)}`))}${tieWords(tied)}${margins[i]}`,
  );
  const sure = margins.some((margin) => margin !== '') ? ` and ${percent(CONFIDENCE)} confidence` : '';
  return `In ${layer.id}, a group's mean contribution typically differs from the neuron's mean by: ${words.join('; ')}. Median of ${of}${over}, with ${whole(ranked[0].groups)} groups of each grouping${sure}.`;
}

/** What follows groupings that share a place. */
const tieWords = (tied: readonly Ranked[]): string =>
  tied.length > 2 ? ', each tied with the next' : tied.length > 1 ? ', a tie' : '';

/** `21 %`; `15 to 21 %` where groups had to be merged. */
function spreadWords({ least, most }: Ranked): string {
  const [from, to] = [percent(least), percent(most)];
  return from === to ? to : `${from.replace(' %', '')} to ${to}`;
}

/**
 * ` (1.8 times position; interval 1.5 to 2.1)`, ` (1.2 to 2.1 times position)` where groups had to be merged; nothing where the one before has no
 * spread. Of two groupings by position, the one before is called by its name.
 * @param all the groupings of the layer
 */
function marginWords({ least, most, margin }: Ranked, before: Ranked, all: readonly Ranked[]): string {
  if (margin === undefined || !Number.isFinite(margin.low)) return '';
  const interval = `${inWords(margin.low)} to ${inWords(margin.high)}`;
  const wordOf = (one: Ranked) => kindOf(one).split(' (')[0];
  const isOne = all.filter((one) => wordOf(one) === wordOf(before)).length === 1;
  const word = isOne ? wordOf(before) : before.grouping;
  return least === most
    ? ` (${inWords(margin.times)} times ${word}; interval ${interval})`
    : ` (${interval} times ${word})`;
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
