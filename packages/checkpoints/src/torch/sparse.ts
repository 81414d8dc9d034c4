import { formatShape, type Shape, sizeOf } from '@xinc/core';
import type { MemoryBudget } from '../memory-budget.js';
import type { Constructor } from '../pickle/constructors.js';
import { malformed } from '../refusal.js';
import { computedTensor, LazyTensor, unreadableTensor } from '../tensor.js';
import type { PickledValue } from '../value.js';

/** Indices are looked at as float32, which holds whole numbers exactly up to this. */
const LARGEST_INDEX = 2 ** 24;

/**
 * `_rebuild_sparse_tensor(layout, (indices, values, size, …))`, and `(compressed, plain, values, size)` for compressed
 * layouts: the tensor made dense. Indices are checked at once, values are looked at when they are asked for.
 */
export const rebuildSparse: Constructor = ([layout, parts], budget) => {
  if (typeof layout !== 'string' || !Array.isArray(parts)) return undefined;
  if (layout === 'torch.sparse_coo') {
    const [indices, values, size] = parts;
    return isIndices(indices) && isTensor(values) && isShape(size)
      ? coordinates(indices, values, size, budget)
      : undefined;
  }
  const compressed = /^torch\.sparse_([cb])s([rc])$/.exec(layout);
  const [pointers, plain, values, size] = parts;
  if (!compressed || !isIndices(pointers) || !isIndices(plain) || !isTensor(values) || !isShape(size)) return undefined;
  const kind = { layout, blocked: compressed[1] === 'b', byColumns: compressed[2] === 'c' };
  return compressedRows(kind, pointers, plain, values, size, budget);
};

/** Elements (or dense blocks of the trailing axes) at coordinates; those at the same place add up. */
function coordinates(indices: LazyTensor, values: LazyTensor, size: Shape, budget: MemoryBudget): LazyTensor {
  const [sparseAxes, count] = indices.shape.length === 2 ? indices.shape : [-1, 0];
  const dense = size.slice(sparseAxes);
  if (
    sparseAxes < 0 ||
    sparseAxes > size.length ||
    values.shape[0] !== count ||
    formatShape(values.shape.slice(1)) !== formatShape(dense)
  ) {
    throw malformed(`a sparse tensor of shape ${formatShape(size)} contradicts itself`);
  }
  checkExtents(size);
  if (sizeOf(values.shape) === 0) return scattered('torch.sparse_coo', size, values, budget, () => undefined);
  const at = indices.float32();
  const piece = sizeOf(dense);
  const starts = new Float64Array(count);
  for (let axis = 0; axis < sparseAxes; axis++) {
    const stride = sizeOf(size.slice(axis + 1));
    for (let i = 0; i < count; i++) starts[i] += stride * checkedIndex(at[axis * count + i], size[axis], size);
  }
  return scattered('torch.sparse_coo', size, values, budget, (place) => {
    for (let i = 0; i < count; i++) for (let k = 0; k < piece; k++) place(starts[i] + k, i * piece + k);
  });
}

interface CompressedKind {
  readonly layout: string;
  /** Values are blocks and not elements. */
  readonly blocked: boolean;
  /** Pointers run over columns and not over rows. */
  readonly byColumns: boolean;
}

/** Elements or blocks, row by row (or column by column): those of row r are numbered from pointer r to pointer r + 1. */
function compressedRows(
  { layout, blocked, byColumns }: CompressedKind,
  pointers: LazyTensor,
  plain: LazyTensor,
  values: LazyTensor,
  size: Shape,
  budget: MemoryBudget,
): LazyTensor {
  if (size.length !== 2 || pointers.shape.length !== 1) {
    return unreadableTensor([...size], layout, 'In Python, save tensor.to_dense() in its place.');
  }
  const contradiction = () => malformed(`a sparse tensor of shape ${formatShape(size)} contradicts itself`);
  checkExtents(size);
  const [count] = values.shape;
  if (values.shape.length !== (blocked ? 3 : 1) || plain.shape.length !== 1 || plain.shape[0] !== count)
    throw contradiction();
  const [rows, columns] = blocked ? values.shape.slice(1) : [1, 1];
  if (rows === 0 || columns === 0 || size[0] % rows !== 0 || size[1] % columns !== 0) throw contradiction();
  const grid = [size[0] / rows, size[1] / columns];
  const [major, minor] = byColumns ? [grid[1], grid[0]] : grid;
  const [ends, at] = [pointers.float32(), plain.float32()];
  if (ends.length !== major + 1 || ends[0] !== 0 || ends[major] !== count) throw contradiction();
  const starts = new Float64Array(count);
  for (let m = 0; m < major; m++) {
    if (!(ends[m] <= ends[m + 1] && ends[m + 1] <= count)) throw contradiction();
    for (let i = ends[m]; i < ends[m + 1]; i++) {
      const other = checkedIndex(at[i], minor, size);
      const [row, column] = byColumns ? [other, m] : [m, other];
      starts[i] = row * rows * size[1] + column * columns;
    }
  }
  return scattered(layout, size, values, budget, (place) => {
    for (let i = 0; i < count; i++) {
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) place(starts[i] + r * size[1] + c, (i * rows + r) * columns + c);
      }
    }
  });
}

type Place = (to: number, from: number) => void;

function scattered(
  layout: string,
  size: Shape,
  values: LazyTensor,
  budget: MemoryBudget,
  placeAll: (place: Place) => void,
): LazyTensor {
  // Starts are float64, and values may be shared by many tensors.
  const inputs = 3 * sizeOf(values.shape);
  return computedTensor([...size], `made dense (${layout})`, inputs, budget, () => {
    const dense = new Float32Array(sizeOf(size));
    const elements = values.float32();
    placeAll((to, from) => {
      dense[to] += elements[from];
    });
    return dense;
  });
}

function checkedIndex(index: number, extent: number, size: Shape): number {
  if (Number.isInteger(index) && index >= 0 && index < extent) return index;
  throw malformed(
    `a sparse tensor of shape ${formatShape(size)} has the index ${index} along an axis of extent ${extent}`,
  );
}

function checkExtents(size: Shape): void {
  if (size.some((extent) => extent > LARGEST_INDEX)) {
    throw malformed(
      `a sparse tensor has the shape ${formatShape(size)}, too long to be read`,
      'In Python, save tensor.to_dense() in its place.',
    );
  }
}

function isTensor(value: PickledValue | undefined): value is LazyTensor {
  return value instanceof LazyTensor;
}

function isIndices(value: PickledValue | undefined): value is LazyTensor {
  return isTensor(value) && /^int\d/.test(value.dtype);
}

function isShape(value: PickledValue | undefined): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= 64 &&
    value.every((extent) => Number.isSafeInteger(extent) && (extent as number) >= 0)
  );
}
