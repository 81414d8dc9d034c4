/** A request that the kernels cannot serve: extents that do not fit, indices out of range, not enough memory. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
}
