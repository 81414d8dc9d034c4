export interface Neuron {
  readonly index: number;
  /** Its part of the layer's contributions, of 1. */
  readonly share: number;
}

/** The neurons of a layer on a frame in strongest.csv, strongest first; none where it was not analysed. */
export function readStrongest(csv: string, frame: number, layer: string): Neuron[] {
  return csv
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .filter((cells) => cells[0] === String(frame) && cells[1] === layer)
    .map(([, , , index, share]) => ({ index: Number(index), share: Number(share) }));
}
