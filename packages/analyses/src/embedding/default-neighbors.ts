/** Neighbours for a layer of so many neurons, as the paper chose them for its layers. */
export const defaultNeighbors = (neurons: number): number =>
  neurons <= 1000 ? 5 : neurons <= 3000 ? 25 : neurons <= 10_000 ? 75 : 150;
