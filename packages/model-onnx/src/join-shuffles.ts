import type { OnnxNode, Static } from './graph.js';

/**
 * A pixel shuffle as `xinc export` writes it, one axis moved at a time (Reshape, Split, Reshape, Concat, Reshape, Transpose,
 * Reshape), becomes DepthToSpace: layers before it are followed through it.
 */
export function joinShuffles(nodes: readonly OnnxNode[], constants: Readonly<Record<string, Static>>): OnnxNode[] {
  const givenBy = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const uses = new Map<string, number>();
  for (const name of nodes.flatMap(({ inputs }) => inputs)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const before = (name: string, op: string): OnnxNode | undefined => {
    const node = givenBy.get(name);
    return node?.op === op && node.outputs.every((output) => uses.get(output) === 1) ? node : undefined;
  };
  const shapeOf = (reshape: OnnxNode): readonly number[] => constants[reshape.inputs[1]]?.values ?? [];
  const left = new Set<OnnxNode>();
  const joined = new Map<OnnxNode, OnnxNode>();
  for (const last of nodes) {
    if (last.op !== 'Reshape') continue;
    const transpose = before(last.inputs[0], 'Transpose');
    const cells = transpose && before(transpose.inputs[0], 'Reshape');
    const concat = cells && before(cells.inputs[0], 'Concat');
    const columns = concat?.inputs.map((name) => before(name, 'Reshape'));
    const split = columns?.[0] && before(columns[0].inputs[0], 'Split');
    const first = split && before(split.inputs[0], 'Reshape');
    if (!first || !transpose || !cells || !concat || !columns?.every((column) => column !== undefined)) continue;
    const [rows, b, area] = shapeOf(first);
    const [planes, down, height, width] = shapeOf(cells);
    const inOrder = columns.every(
      (column, i) => column.inputs[0] === split.outputs[i] && String(shapeOf(column)) === `${rows},${area},1`,
    );
    const moved = String(transpose.attributes.perm) === '0,2,1,3' && concat.attributes.axis === 2;
    const fits = rows === planes * b && down === b && area * b === height * width && shapeOf(last).at(-1) === width;
    if (!inOrder || !moved || !fits || split.outputs.length !== b || split.attributes.axis !== 1) continue;
    for (const node of [transpose, cells, concat, ...columns, split, first]) left.add(node);
    const attributes = { blocksize: b, mode: 'CRD' };
    joined.set(last, { ...last, op: 'DepthToSpace', inputs: [first.inputs[0]], attributes });
  }
  return nodes.filter((node) => !left.has(node)).map((node) => joined.get(node) ?? node);
}
