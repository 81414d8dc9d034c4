/** The part of scran.js 4.0 that is used here; the package brings no types. */
declare module 'scran.js' {
  interface Freed {
    free(): void;
  }
  interface UmapStatus extends Freed {
    currentEpoch(): number;
    totalEpochs(): number;
    /** Goes on for about so many milliseconds. */
    run(options: { readonly runTime: number }): void;
    extractCoordinates(): { readonly x: Float64Array; readonly y: Float64Array };
  }
  export function initialize(options: { readonly numberOfThreads: number }): Promise<boolean>;
  export function terminate(): void;
  export function buildNeighborSearchIndex(
    values: Float64Array,
    options: { readonly numberOfDims: number; readonly numberOfCells: number; readonly approximate: boolean },
  ): Freed;
  export function findNearestNeighbors(index: Freed, neighbors: number): Freed;
  export function initializeUmap(
    neighbors: Freed,
    options: { readonly neighbors: number; readonly epochs: number; readonly minDist: number },
  ): UmapStatus;
}
