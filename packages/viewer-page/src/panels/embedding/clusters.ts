import type { PointSet } from './point-set.js';

/** Neurons of each cluster, of these points. */
export function membersOf({ neurons, clusters }: PointSet, points: readonly number[]): number[][] {
  const members: number[][] = [];
  for (const i of points) {
    const cluster = clusters[i];
    if (cluster < 0) continue;
    while (members.length <= cluster) members.push([]);
    members[cluster].push(neurons[i]);
  }
  return members;
}

/** For each cluster of each layer, the point nearest to its middle and its number, counted from 1. */
export function clusterMiddles({
  places,
  clusters,
  layer,
}: PointSet): { readonly point: number; readonly text: string }[] {
  const groups = new Map<string, number[]>();
  for (const [i, cluster] of clusters.entries()) {
    if (cluster < 0) continue;
    const key = `${layer[i]} ${cluster}`;
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  return [...groups.values()].map((group) => {
    const [x, y] = [0, 1].map((axis) => group.reduce((sum, i) => sum + places[2 * i + axis], 0) / group.length);
    const distance = (i: number) => Math.hypot(places[2 * i] - x, places[2 * i + 1] - y);
    const point = group.reduce((best, i) => (distance(i) < distance(best) ? i : best));
    return { point, text: String(clusters[point] + 1) };
  });
}
