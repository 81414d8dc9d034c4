import type { Labels } from '../access/access.js';

/** Pixels of each group, [G]. */
export function groupSizes({ labels, groups }: Labels): Uint32Array {
  const sizes = new Uint32Array(groups.length);
  for (const label of labels) sizes[label]++;
  return sizes;
}
