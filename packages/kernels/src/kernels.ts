import { convolve, type Extents, type Filters } from './convolve.js';
import { KernelError } from './errors.js';
import { WASM_BASE64 } from './generated/wasm-bytes.js';
import type { KernelLayer } from './layer.js';
import { type Layout, type LayoutPart, type LayoutSource, openLayout } from './layout.js';
import { nearest } from './nearest.js';
import { type NeighborSearch, openNeighbors } from './neighbors.js';
import { orthonormalize } from './orthonormal.js';
import { multiply } from './product.js';
import { reduceLanes } from './reductions/reduce-lanes.js';
import { wantedReducers } from './reductions/reducers.js';
import { checkLayer, checkNeurons, checkRange, checkRegion } from './source/check.js';
import { openConv } from './source/conv-layer.js';
import { openDense } from './source/dense-layer.js';
import { openGated } from './source/gated-layer.js';
import type { LaneLayer } from './source/lane-stream.js';
import { writeMaps } from './source/maps.js';
import { openPlanes } from './source/planes-layer.js';
import type { Source } from './source.js';
import type { WasmExports } from './wasm/exports.js';
import { WasmMemory } from './wasm/memory.js';

/** One WebAssembly instance with its own memory (at most 4 GB). Not shared between threads: load one in each. */
export interface Kernels {
  /**
   * Copies a layer into WebAssembly memory.
   * @throws KernelError where extents and array lengths do not fit one another, or memory does not suffice.
   */
  open(source: KernelLayer): Source;
  /**
   * A product of matrices, a [m, k] · b [k, n] → [m, n], summed up in float32: what programs take longest for.
   * @throws KernelError where memory does not suffice
   */
  multiply(a: Float32Array, b: Float32Array, extents: readonly [m: number, k: number, n: number]): Float32Array;
  /**
   * Copies points and their edges into WebAssembly memory, to be moved by UMAP's optimiser.
   * @param part which of the points this one moves; without it, all
   * @throws KernelError where edges name no points, lists differ in length, there is no such part, or memory does not suffice
   */
  openLayout(source: LayoutSource, part?: LayoutPart): Layout;
  /**
   * An orthonormal basis of the columns of a square matrix [n, n], its first k vectors of the first k columns: the factor Q [n, n] of Q·R with no
   * negative number on R's diagonal, by Householder reflections in float32. Whatever the rank, Q is orthogonal.
   * @returns `undefined` where the matrix has values that are not finite
   * @throws KernelError where memory does not suffice
   */
  orthonormalize(matrix: Float32Array, n: number): Float32Array | undefined;
  /**
   * A picture [height, width] convolved with odd-length filters along its rows and then down its columns, borders wrapped around,
   * [height, width]. Sums are of float64 in the order of the picture's values, and rounded to float32 after rows and after columns.
   * @throws KernelError where a filter has no middle, extents do not fit, or memory does not suffice
   */
  convolve(picture: Float32Array, extents: Extents, filters: Filters): Float32Array;
  /**
   * The centroid that each vector is nearest to, the first of several, by squared differences in float64 added up in the order of dimensions.
   * @param vectors [count, dimensions]
   * @param centroids of `dimensions` values each, at least one
   * @returns [count]; 0 for a vector that is at no finite distance from any
   * @throws KernelError where lengths do not fit, or memory does not suffice
   */
  nearest(vectors: Float32Array, dimensions: number, centroids: readonly Float64Array[]): Uint16Array;
  /**
   * Copies vectors into WebAssembly memory, to search for the nearest of each.
   * @param vectors [n, dimensions], all finite
   * @param count neighbours of each vector, itself included, in 1 … n
   * @throws KernelError where lengths do not fit, there are fewer vectors than neighbours, or memory does not suffice
   */
  openNeighbors(vectors: Float32Array, dimensions: number, count: number): NeighborSearch;
  /** Frees every source and the memory. */
  dispose(): void;
}

function roomFor(length: number): Float32Array {
  try {
    return new Float32Array(length);
  } catch {
    throw new KernelError(`Maps of ${length} values do not fit in memory; ask for fewer neurons or a smaller region`);
  }
}

function openLayer(memory: WasmMemory, wasm: WasmExports, source: KernelLayer): LaneLayer {
  switch (source.kind) {
    case 'dense':
      return openDense(memory, wasm, source);
    case 'gated':
      return openGated(memory, wasm, source);
    case 'conv':
      return openConv(memory, wasm, source);
    case 'planes':
      return openPlanes(memory, wasm, source);
  }
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiles the kernels (once per realm) and instantiates them with a fresh memory. */
export async function loadKernels(): Promise<Kernels> {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(WASM_BASE64), (character) => character.charCodeAt(0)));
  const instance = await WebAssembly.instantiate(await compiled, {});
  const wasm = instance.exports as unknown as WasmExports;
  const memory = new WasmMemory(wasm.memory);
  const layers = new Map<Source, LaneLayer>();
  let disposed = false;

  function open(source: KernelLayer): Source {
    if (disposed) throw new KernelError('These kernels were disposed of');
    checkLayer(source);
    const layer = openLayer(memory, wasm, source);
    const { neurons, height, width } = layer;
    const picture = { top: 0, left: 0, height, width };
    const live = () => {
      if (!layers.has(opened)) throw new KernelError('This layer was disposed of');
    };
    const layerBefore = (previous: Source | undefined): LaneLayer => {
      const before = previous && layers.get(previous);
      if (!before || before.neurons !== neurons || before.height !== height || before.width !== width) {
        throw new KernelError('The frame before is not the same layer, opened here');
      }
      return before;
    };
    const opened: Source = {
      neurons,
      height,
      width,
      maps(wanted, region = picture, out) {
        live();
        checkRegion(region, height, width);
        checkNeurons(wanted, neurons);
        const size = wanted.length * region.height * region.width;
        if (out && out.length !== size)
          throw new KernelError(`The maps take ${size} values, and there is room for ${out.length}`);
        return writeMaps(memory, wasm, layer, layer.contributions(region), wanted, region, out ?? roomFor(size));
      },
      responses(wanted, region) {
        live();
        const { responseHeight, responseWidth } = layer;
        const asked = region ?? { top: 0, left: 0, height: responseHeight, width: responseWidth };
        checkRegion(asked, responseHeight, responseWidth);
        checkNeurons(wanted, neurons);
        const out = roomFor(wanted.length * asked.height * asked.width);
        return writeMaps(memory, wasm, layer, layer.responses(asked), wanted, asked, out);
      },
      reduction(request) {
        live();
        const { region = picture, previous, ...reductions } = request;
        checkRegion(region, height, width);
        const readsPrevious = wantedReducers(reductions).some(({ reducer }) => reducer.readsPrevious);
        const before = readsPrevious ? layerBefore(previous) : undefined;
        const reduction = reduceLanes(memory, wasm, layer, before, region, reductions);
        return {
          ...reduction,
          add(start, end) {
            live();
            if (before && !layers.has(previous!)) throw new KernelError('The frame before was disposed of');
            checkRange(start, end, neurons);
            return reduction.add(start, end);
          },
        };
      },
      dispose() {
        if (layers.delete(opened)) layer.free();
      },
    };
    layers.set(opened, layer);
    return opened;
  }

  return {
    open,
    multiply(a, b, extents) {
      const [m, k, n] = extents;
      if (disposed) throw new KernelError('These kernels were disposed of');
      if (a.length !== m * k || b.length !== k * n) {
        throw new KernelError(`Matrices of ${a.length} and ${b.length} values are not ${m}×${k} and ${k}×${n}`);
      }
      return multiply(memory, wasm, a, b, extents);
    },
    openLayout(source, part = { index: 0, of: 1 }) {
      if (disposed) throw new KernelError('These kernels were disposed of');
      return openLayout(memory, wasm, source, part);
    },
    orthonormalize(matrix, n) {
      if (disposed) throw new KernelError('These kernels were disposed of');
      if (matrix.length !== n * n) throw new KernelError(`A matrix of ${matrix.length} values is not ${n}×${n}`);
      return orthonormalize(memory, wasm, matrix, n);
    },
    convolve(picture, extents, filters) {
      if (disposed) throw new KernelError('These kernels were disposed of');
      return convolve(memory, wasm, picture, extents, filters);
    },
    nearest(vectors, dimensions, centroids) {
      if (disposed) throw new KernelError('These kernels were disposed of');
      return nearest(memory, wasm, vectors, dimensions, centroids);
    },
    openNeighbors(vectors, dimensions, count) {
      if (disposed) throw new KernelError('These kernels were disposed of');
      return openNeighbors(memory, wasm, vectors, dimensions, count);
    },
    dispose() {
      disposed = true;
      layers.clear();
    },
  };
}
