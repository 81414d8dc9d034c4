/**
 * Neurons as short text: `3,7-12,40`. Neurons are in ascending order, each once.
 */
export function formatNeurons(neurons: Iterable<number>): string {
  const sorted = [...new Set(neurons)].sort((a, b) => a - b);
  const ranges: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end + 1 < sorted.length && sorted[end + 1] === sorted[end] + 1) end++;
    ranges.push(end > i ? `${sorted[i]}-${sorted[end]}` : `${sorted[i]}`);
    i = end + 1;
  }
  return ranges.join(',');
}

/** As many neurons as one selection may hold: all of the largest layers, and no more than a text can make us count to. */
const MOST = 1_000_000;

/** What `formatNeurons` writes; `null` for anything else. */
export function parseNeurons(text: string): number[] | null {
  if (text === '') return [];
  const neurons: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part);
    if (!match) return null;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    if (last < first || first <= (neurons.at(-1) ?? -1) || neurons.length + last - first >= MOST) return null;
    for (let neuron = first; neuron <= last; neuron++) neurons.push(neuron);
  }
  return neurons;
}
