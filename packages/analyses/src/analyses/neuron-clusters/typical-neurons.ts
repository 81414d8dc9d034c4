import type { NamedRun } from '@xinc/core';
import { forDisplay } from '../../drawing/display-range.js';
import { type Plane, thumbnail } from '../../numeric/thumbnail.js';
import { eachMap } from '../../scope/each-map.js';
import type { Clustered } from './cluster-neurons.js';
import type { Member } from './layer-neurons.js';

/** Clusters with a mosaic, and neurons shown of each, as in the paper. */
export const SHOWN_CLUSTERS = 4;
export const SHOWN_NEURONS = 4;
const MAP_PIXELS = 2 ** 15;

/** A neuron near the middle of its cluster, with its map. */
export interface TypicalNeuron {
  /** From 0 for the largest. */
  readonly cluster: number;
  readonly neuron: number;
  /** The run it is of, where several are compared. */
  readonly run?: string;
  /** |c|, scaled to [0, 1] for drawing. */
  readonly drawn: Plane;
}

/** The maps of the neurons nearest to the middle of each of the largest clusters. */
export async function typicalNeurons(
  { layer, members, ranked }: Clustered,
  frame: number,
  runs: readonly NamedRun[],
): Promise<TypicalNeuron[]> {
  const { height, width } = runs[0].context.signal;
  const chosen = ranked
    .slice(0, SHOWN_CLUSTERS)
    .flatMap((ofCluster, cluster) =>
      nearestInTurns(ofCluster, members, runs.length).map((i) => ({ cluster, member: members[i] })),
    );
  const drawn = new Map<Member, Plane>();
  for (const [run, { context }] of runs.entries()) {
    const ofRun = chosen.filter(({ member }) => member.run === run);
    const neurons = ofRun.map(({ member }) => member.neuron);
    let next = 0;
    for await (const map of eachMap(context, layer.id, frame, neurons)) {
      drawn.set(ofRun[next++].member, thumbnail(forDisplay(map), height, width, MAP_PIXELS));
    }
  }
  return chosen.map(({ cluster, member }) => ({
    cluster,
    neuron: member.neuron,
    ...(runs.length > 1 && { run: runs[member.run].name }),
    drawn: drawn.get(member)!,
  }));
}

/** The members nearest to the middle, taking turns among the runs that are in the cluster. */
function nearestInTurns(ofCluster: readonly number[], members: readonly Member[], runs: number): number[] {
  const queues = Array.from({ length: runs }, (_, run) =>
    ofCluster.filter((i) => members[i].run === run).slice(0, SHOWN_NEURONS),
  );
  const turns = Array.from({ length: SHOWN_NEURONS }, (_, turn) =>
    queues.flatMap((queue) => queue.slice(turn, turn + 1)),
  );
  return turns.flat().slice(0, SHOWN_NEURONS);
}
