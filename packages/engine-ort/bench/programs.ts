import { type Arrays, ndarray, type Program, type Shape, type Shapes, sizeOf } from '@xinc/core';

/** A training step to time: arrays drawn at random, since only the amount of work matters. */
export interface Workload {
  readonly name: string;
  readonly program: Program;
  readonly parameters: Arrays;
  readonly fixed: Arrays;
  readonly batch: Arrays;
  /** Multiply-adds counted twice that a step cannot do without: forward, ∂/∂weights, ∂/∂inputs but the first layer's. */
  readonly flops: number;
  /** The usual 3 × forward, first layer's input gradient included. */
  readonly nominalFlops: number;
}

export function random(shape: Shape, scale: number, seed = 1): ReturnType<typeof ndarray> {
  let state = seed + sizeOf(shape);
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return ndarray(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => next() * scale),
  );
}

function draw(shapes: Shapes, scale: number): Arrays {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, random(shape, scale)]));
}

/** Fourier features 208 → 104 → 104 → 3 with ReLU, mean squared error on every pixel of a 128×256 image. */
export function ffn(pixels = 128 * 256): Workload {
  const widths = [208, 104, 104, 3];
  const shapes: Record<string, Shape> = {};
  for (let layer = 1; layer < widths.length; layer++) {
    shapes[`weight${layer}`] = [widths[layer], widths[layer - 1]];
    shapes[`bias${layer}`] = [widths[layer]];
  }
  const products = widths.slice(1).map((width, i) => 2 * pixels * width * widths[i]);
  const forward = products.reduce((a, b) => a + b);
  return {
    name: `FFN, ${pixels} pixels`,
    program(ops, { coordinates, frequencies, target, ...parameters }) {
      const angles = ops.mul(ops.matMul(coordinates, frequencies, { transposeB: true }), 2 * Math.PI);
      let x = ops.concat([ops.sin(angles), ops.cos(angles)], 1);
      for (let layer = 1; layer < widths.length; layer++) {
        x = ops.matMul(x, parameters[`weight${layer}`], { transposeB: true });
        x = ops.add(x, parameters[`bias${layer}`]);
        if (layer < widths.length - 1) x = ops.relu(x);
      }
      return { loss: ops.mean(ops.square(ops.sub(x, target))) };
    },
    parameters: draw(shapes, 0.1),
    fixed: { frequencies: random([104, 2], 10) },
    batch: { coordinates: random([pixels, 2], 1), target: random([pixels, 3], 0.5) },
    flops: 3 * forward - products[0],
    nominalFlops: 3 * forward,
  };
}

/** NeRV of the default size: 160 → 37×8×16, three blocks with strides 4, 2, 2, a head; two frames of 128×256. */
export function nerv(frames = 2): Workload {
  const stem = [37, 8, 16];
  const blocks = [
    { from: 37, to: 31, stride: 4 },
    { from: 31, to: 26, stride: 2 },
    { from: 26, to: 22, stride: 2 },
  ];
  const shapes: Record<string, Shape> = { stemWeight: [sizeOf(stem), 160], stemBias: [sizeOf(stem)] };
  let pixels = frames * stem[1] * stem[2];
  let convolutions = 0;
  blocks.forEach(({ from, to, stride }, i) => {
    shapes[`kernel${i}`] = [to * stride ** 2, from, 3, 3];
    shapes[`bias${i}`] = [to * stride ** 2];
    convolutions += 2 * pixels * from * to * stride ** 2 * 9;
    pixels *= stride ** 2;
  });
  shapes.headKernel = [3, 22, 3, 3];
  shapes.headBias = [3];
  convolutions += 2 * pixels * 22 * 3 * 9;
  const stemProduct = 2 * frames * 160 * sizeOf(stem);
  return {
    name: `NeRV, ${frames} frames of 128×256`,
    program(ops, { encoding, target, ...parameters }) {
      const bias = (name: string) =>
        ops.reshape(parameters[name], [1, parameters[name] ? ops.shapeOf(parameters[name])[0] : 0, 1, 1]);
      const dense = ops.add(ops.matMul(encoding, parameters.stemWeight, { transposeB: true }), parameters.stemBias);
      let x = ops.gelu(ops.reshape(dense, [frames, ...stem]));
      blocks.forEach(({ stride }, i) => {
        const z = ops.add(ops.conv2d(x, parameters[`kernel${i}`], { padding: 1 }), bias(`bias${i}`));
        x = ops.depthToSpace(ops.gelu(z), stride);
      });
      const output = ops.add(ops.conv2d(x, parameters.headKernel, { padding: 1 }), bias('headBias'));
      const image = ops.add(ops.mul(ops.tanh(output), 0.5), 0.5);
      return { loss: ops.mean(ops.square(ops.sub(image, target))) };
    },
    parameters: draw(shapes, 0.1),
    fixed: {},
    batch: { encoding: random([frames, 160], 1), target: random([frames, 3, 128, 256], 0.5) },
    flops: 3 * convolutions + 2 * stemProduct,
    nominalFlops: 3 * (convolutions + stemProduct),
  };
}
