import { neuronNamed } from '@xinc/core';
import type { View } from 'vega';
import { neuronOf, type Spec } from './link-neurons.js';

/** A mark of a chart that is a neuron. */
export interface NeuronMark {
  readonly row: Spec;
  readonly neuron: number;
  /** Its middle, in pixels of the chart. */
  readonly x: number;
  readonly y: number;
  /** What the chart says of it when it is pointed at. */
  readonly tooltip: unknown;
}

/** What is used of Vega's scenegraph: marks hold items; those of groups hold marks, and are placed in the group around them. */
interface SceneNode {
  readonly marktype?: string;
  readonly items?: readonly SceneNode[];
  readonly datum?: unknown;
  readonly bounds?: { readonly x1: number; readonly x2: number; readonly y1: number; readonly y2: number };
  readonly x?: number;
  readonly y?: number;
  readonly tooltip?: unknown;
}

/** Marks of many rows each: no single neuron. */
const JOINED = ['line', 'area', 'trail'];

/** Marks that are neurons, row by row as on a page; one for each row of the data. */
export function neuronMarks(view: View): NeuronMark[] {
  const marks = new Map<unknown, NeuronMark>();
  const visit = ({ marktype, items = [] }: SceneNode, left: number, top: number): void => {
    if (JOINED.includes(marktype ?? '')) return;
    for (const item of items) {
      const { x = 0, y = 0, datum, bounds, tooltip } = item;
      if (marktype === 'group') for (const mark of item.items ?? []) visit(mark, left + x, top + y);
      else {
        const neuron = neuronOf(datum);
        if (neuron === null || !bounds || marks.has(datum)) continue;
        const middle = { x: left + (bounds.x1 + bounds.x2) / 2, y: top + (bounds.y1 + bounds.y2) / 2 };
        marks.set(datum, { row: datum as Spec, neuron, ...middle, tooltip });
      }
    }
  };
  const { root } = view.scenegraph() as unknown as { readonly root: SceneNode };
  const padding = view.padding() as { readonly left: number; readonly top: number };
  const [left, top] = view.origin();
  visit(root, padding.left + left, padding.top + top);
  return [...marks.values()].sort((a, b) => a.y - b.y || a.x - b.x);
}

/** What a mark's tooltip says beside its neuron: `of cluster 2`. */
export function tooltipInWords({ neuron, tooltip }: NeuronMark): string[] {
  if (typeof tooltip !== 'object' || tooltip === null) return [];
  return Object.entries(tooltip).flatMap(([name, value]) =>
    name === 'neuron' || (typeof value === 'string' && neuronNamed(value) === neuron)
      ? []
      : [`${name} ${value}`.trim()],
  );
}
