import type { Program, Shapes } from '@xinc/core';
import { type GraphNode, type NamedNodes, traceProgram } from '@xinc/core/graph';
import onnxProto from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { emitModel } from '../src/emit.js';
import { fuseBiases } from '../src/passes/fuse-biases.js';
import { hoist } from '../src/passes/hoist.js';

/** A graph as text: `mul(x, 2)`. */
function show(node: GraphNode): string {
  if (node.kind === 'input') return node.name;
  if (node.kind === 'constant') return node.value.data.length === 1 ? String(node.value.data[0]) : 'constant';
  return `${node.op}(${node.inputs.map(show).join(', ')})`;
}

describe('biases', () => {
  const fused = (program: Program, shapes: Shapes) => {
    const { graph, outputs } = traceProgram(program, shapes);
    return Object.values(fuseBiases(graph, outputs)).map(show);
  };
  const dense = { x: [5, 3], w: [3, 2], b: [2] };
  const image = { x: [1, 2, 4, 4], k: [3, 2, 3, 3], b: [3] };

  test('join the product they are added to', () => {
    expect(fused((ops, { x, w, b }) => ({ y: ops.add(ops.matMul(x, w), b) }), dense)).toEqual(['matMul(x, w, b)']);
    expect(fused((ops, { x, w, b }) => ({ y: ops.add(b, ops.matMul(x, w)) }), dense)).toEqual(['matMul(x, w, b)']);
    const convolution: Program = (ops, { x, k, b }) => ({
      y: ops.add(ops.conv2d(x, k), ops.reshape(b, [1, 3, 1, 1])),
    });
    expect(fused(convolution, image)).toEqual(['conv2d(x, k, b)']);
  });

  test('stay apart from a product that is used elsewhere, and where they do not run along its channels', () => {
    const twice: Program = (ops, { x, w, b }) => {
      const y = ops.matMul(x, w);
      return { y, z: ops.add(y, b) };
    };
    expect(fused(twice, dense)).toEqual(['matMul(x, w)', 'add(matMul(x, w), b)']);
    const perRow: Program = (ops, { x, w, b }) => ({ y: ops.add(ops.matMul(x, w), b) });
    expect(fused(perRow, { x: [5, 3], w: [3, 2], b: [5, 1] })).toEqual(['add(matMul(x, w), b)']);
    const alongWidth: Program = (ops, { x, k, b }) => ({ y: ops.add(ops.conv2d(x, k), b) });
    expect(fused(alongWidth, { ...image, b: [2] })).toEqual(['add(conv2d(x, k), b)']);
  });
});

describe('hoisting', () => {
  const program: Program = (ops, { coordinates, target, w }) => {
    const features = ops.sin(ops.mul(coordinates, 3));
    return { loss: ops.mean(ops.square(ops.sub(ops.matMul(ops.reshape(features, [4, 1]), w), target))) };
  };
  const cut = (changing: string) => {
    const { graph, outputs } = traceProgram(program, { coordinates: [4], target: [4, 2], w: [1, 2] });
    const { prelude, main } = hoist(graph, outputs, ({ name }) => name === changing);
    const text = (nodes: NamedNodes) => Object.fromEntries(Object.entries(nodes).map(([k, v]) => [k, show(v)]));
    return { prelude: text(prelude), main: text(main) };
  };

  test('takes out what depends on no changing input, up to the last reshape', () => {
    expect(cut('w')).toEqual({
      prelude: { 'hoisted:0': 'sin(mul(coordinates, 3))' },
      main: { loss: 'mean(square(sub(matMul(reshape(hoisted:0), w), target)))' },
    });
  });

  test('takes out nothing where everything depends on it', () => {
    expect(cut('coordinates').prelude).toEqual({});
  });
});

describe('emission', () => {
  test('uses the operators of the ONNX standard only, and leaves out what no output needs', () => {
    const { graph, outputs } = traceProgram(
      (ops, { x, unused }) => ({
        y: ops.depthToSpace(ops.gelu(ops.matMul(x, x, { transposeB: true })), 2),
        unused: ops.neg(unused),
      }),
      { x: [1, 4, 2, 2], unused: [1] },
    );
    const model = emitModel(fuseBiases(graph, { y: outputs.y }));
    const decoded = onnxProto.onnx.ModelProto.decode(model.bytes);
    expect(decoded.opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', 20]]);
    expect(decoded.graph?.node?.every(({ domain }) => !domain)).toBe(true);
    expect(decoded.graph?.input?.map(({ name }) => name)).toEqual(['x']);
    expect(decoded.graph?.output?.map(({ name }) => name)).toEqual(['y']);
    expect(model.inputs).toEqual([{ name: 'x', shape: [1, 4, 2, 2] }]);
  });
});
