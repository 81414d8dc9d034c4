import { type Claim, type ClaimSample, ofEachNetwork } from './claim.js';
import { type ClaimRun, meanOverLayers } from './claim-runs.js';
import { layerVariances, medianOf, readableVariances } from './variances.js';

/** The factor up to which two variances are called alike: the margin by which medicines are (80 to 125 %). The paper names none. */
const MARGIN = 1.25;

const claimOf = (kind: 'rgb' | 'gabor', words: string): Claim => ({
  name: `${kind}-like-instances`,
  title: `${words} clusters like instances`,
  section: '7.2',
  factor: `variance over ${words} clusters ÷ over instances`,
  above: 1 / MARGIN,
  below: MARGIN,
});

const RGB = claimOf('rgb', 'RGB');
const GABOR = claimOf('gabor', 'Gabor');

/** "In general Gabor and RGB clusters have equal explanatory power for neuron contributions compared to instances." */
export const clustersLikeInstances = (runs: readonly ClaimRun[]): ClaimSample[] => [
  ...likeInstances(RGB, 'rgb', runs),
  ...likeInstances(GABOR, 'gabor', runs),
];

function likeInstances(claim: Claim, kind: 'rgb' | 'gabor', runs: readonly ClaimRun[]): ClaimSample[] {
  const says = `contributions vary over ${kind} as much as over instances, within a factor of ${MARGIN} either way`;
  const samples = ofEachNetwork(claim, says, runs, (run) =>
    meanOverLayers(
      layerVariances(run).map((one) => ({
        layer: one.layer,
        value: medianOf(one, kind) - medianOf(one, 'instances'),
      })),
    ),
  );
  return samples.map((sample) => {
    const note = groupsNote(
      kind,
      runs.filter(({ network }) => network === sample.network),
    );
    return note === undefined ? sample : { ...sample, note };
  });
}

/** Variances over many groups are larger by themselves than over few: says where their numbers differ. */
function groupsNote(kind: 'rgb' | 'gabor', runs: readonly ClaimRun[]): string | undefined {
  const counts = { own: [] as number[], instances: [] as number[] };
  for (const { groups } of readableVariances(runs).flatMap(({ variances }) => variances)) {
    const [own, instances] = [groups.get(kind), groups.get('instances')];
    if (own === undefined || instances === undefined) continue;
    counts.own.push(own);
    counts.instances.push(instances);
  }
  if (counts.own.every((count, i) => count === counts.instances[i])) return undefined;
  const range = (values: readonly number[]) => {
    const [least, most] = values.reduce(
      ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
      [values[0], values[0]],
    );
    return least === most ? String(least) : `${least} to ${most}`;
  };
  return `The groups are ${range(counts.own)} of ${kind} and ${range(counts.instances)} of instances: variances over more groups are larger by themselves.`;
}
