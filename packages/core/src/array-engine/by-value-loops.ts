import type { OpName } from '../ops/ops.js';

/*
 * Loops of the operations that pictures spend their time in. In a loop that calls a function of its operation, the call costs ten times what
 * is computed: an engine of JavaScript puts a function into a loop where the loop has one of them alone. Each computes what `functionOf` says.
 */

/** `result[i]` of `x[i]`. */
type OneLoop = (x: Float32Array, result: Float32Array) => void;
/** `result[i]` of two operands, of which each is repeated whole. */
type TwoLoop = (x: Float32Array, y: Float32Array, result: Float32Array) => void;

export const ONE_LOOPS: { readonly [K in OpName]?: OneLoop } = {
  neg: (x, result) => {
    for (let i = 0; i < result.length; i++) result[i] = -x[i];
  },
  abs: (x, result) => {
    for (let i = 0; i < result.length; i++) result[i] = Math.abs(x[i]);
  },
  square: (x, result) => {
    for (let i = 0; i < result.length; i++) result[i] = x[i] * x[i];
  },
  relu: (x, result) => {
    for (let i = 0; i < result.length; i++) result[i] = Math.max(x[i], 0);
  },
  exp: (x, result) => {
    for (let i = 0; i < result.length; i++) result[i] = Math.exp(x[i]);
  },
  sin: (x, result) => {
    for (let i = 0; i < result.length; i++) result[i] = Math.sin(x[i]);
  },
  cos: (x, result) => {
    for (let i = 0; i < result.length; i++) result[i] = Math.cos(x[i]);
  },
};

export const TWO_LOOPS: { readonly [K in OpName]?: TwoLoop } = {
  add: (x, y, result) => {
    for (let i = 0, p = 0, q = 0; i < result.length; i++) {
      result[i] = x[p] + y[q];
      if (++p === x.length) p = 0;
      if (++q === y.length) q = 0;
    }
  },
  sub: (x, y, result) => {
    for (let i = 0, p = 0, q = 0; i < result.length; i++) {
      result[i] = x[p] - y[q];
      if (++p === x.length) p = 0;
      if (++q === y.length) q = 0;
    }
  },
  mul: (x, y, result) => {
    for (let i = 0, p = 0, q = 0; i < result.length; i++) {
      result[i] = x[p] * y[q];
      if (++p === x.length) p = 0;
      if (++q === y.length) q = 0;
    }
  },
};
