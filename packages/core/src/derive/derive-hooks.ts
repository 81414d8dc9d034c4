import type { Arrays } from '../engine.js';
import type { GraphNode } from '../graph/nodes.js';
import type { CustomHook, CustomTraceContext, DerivedHook, Inr, LayerHook, UntracedLayer, ValuePlace } from '../inr.js';
import type { NdArray } from '../ndarray.js';
import { contributionsOf, neuronsOf, type ReadValue } from './contributions.js';
import { describeKind, describeLayer } from './describe.js';
import { kernelHook } from './kernel-hook.js';
import { kernelSource } from './kernel-source.js';
import { LayerValues } from './layer-values.js';
import { type DerivedLayer, type Finding, findLayers } from './layers.js';
import { measureLayer } from './measure-completeness.js';
import { cropPlane } from './plane.js';
import { type InrProgram, type TracedForward, traceForward } from './program.js';
import { heldBy } from './way.js';

/** How a plugin calls a layer. */
export interface LayerName {
  readonly id: string;
  /** For people: "Layer 1 · 208 Fourier features"; told from the layer where it is left out. */
  readonly label?: string;
  /** Names of the outputs where they are the signal's channels. */
  readonly channels?: readonly string[];
}

export interface DeriveOptions {
  /**
   * A name for the layer with this weight; `null` leaves the layer out. By default, and where it gives `undefined`, a layer is
   * called as its weight is, without `.weight`, or `layerK` where that is no parameter.
   */
  name?(weight: string | undefined, position: number): LayerName | null | undefined;
}

export interface DerivedHooks {
  readonly layers: readonly LayerHook[];
  /** Where the activations are found that these layers name: `Inr.recorded`. */
  readonly recorded: Readonly<Record<string, ValuePlace>>;
  readonly untraced: readonly UntracedLayer[];
}

/** The traced layers of a program; docs/networks.md. */
export function deriveHooks(program: InrProgram, { name }: DeriveOptions = {}): DerivedHooks {
  const traced = traceForward(program);
  const findings = findLayers(traced.output, (input) => !traced.isParameter(input), program.sampling);
  const layers: LayerHook[] = [];
  const untraced: UntracedLayer[] = [];
  const recorded: Record<string, ValuePlace> = {};
  const taken = new Set<string>();
  for (const [position, finding] of findings.entries()) {
    const weight = weightName(finding, traced);
    const given = name?.(weight, position);
    if (given === null) continue;
    const id = unlike(given?.id ?? weight?.replace(/[._]weight$/, '') ?? `layer${position + 1}`, taken);
    if (!finding.layer) {
      untraced.push({ id, why: finding.why });
      continue;
    }
    const { layer } = finding;
    const named = {
      id,
      label: given?.label ?? `${id} · ${describeKind(layer)}`,
      reading: describeLayer(layer),
      ...(given?.channels && { channels: given.channels }),
    };
    const values = new LayerValues(id, traced, recorded);
    const hook = kernelHook(layer, values);
    layers.push(hook ? { ...hook, ...named } : tableHook(layer, values, program.sampling, named));
  }
  return { layers, recorded, untraced };
}

/** A weight that is used twice makes two layers: `a`, then `a_2`. */
function unlike(id: string, taken: Set<string>): string {
  let unique = id;
  for (let i = 2; taken.has(unique); i++) unique = `${id}_${i}`;
  taken.add(unique);
  return unique;
}

function weightName({ weight }: Finding, traced: TracedForward): string | undefined {
  return weight.kind === 'input' && traced.isParameter(weight) ? weight.name : undefined;
}

/** A layer whose shape the kernels do not know: they trace its parts, or its maps are made here, as the tables say. */
function tableHook(
  layer: DerivedLayer,
  values: LayerValues,
  sampling: InrProgram['sampling'],
  named: LayerName & { readonly label: string; readonly reading: string },
): DerivedHook | CustomHook {
  const script = scriptHook(layer, values, sampling, named);
  const source = kernelSource(layer);
  if (!source) return script;
  const { trace, completeness, ...common } = script;
  return {
    ...common,
    kind: 'derived',
    // Maps are made without the pre-activation, which is as large as what the layer reads.
    inputs: record(
      values,
      valuesRead(layer).filter(([role]) => role !== 'preactivation'),
    ),
    preactivation: values.record('preactivation', layer.preactivation),
    ...(layer.kind === 'conv' ? { outputs: layer.preactivation.shape[1] } : { completeness }),
    source: (context, region) => source((node) => values.read(context, node), region),
  };
}

/** A layer whose maps are made here, as the tables say. */
function scriptHook(
  layer: DerivedLayer,
  values: LayerValues,
  sampling: InrProgram['sampling'],
  named: LayerName & { readonly label: string; readonly reading?: string },
): CustomHook {
  const inputs = record(values, valuesRead(layer));
  const weight = values.parameterOf(layer.weight);
  const reader =
    (context: CustomTraceContext): ReadValue =>
    (node) =>
      values.read(context, node);
  return {
    kind: 'custom',
    ...named,
    neurons: neuronsOf(layer),
    input: values.record('input', layer.input),
    inputs,
    completeness: (context: CustomTraceContext) => measureLayer(layer, reader(context)),
    ...(weight !== undefined && {
      switchOff: (parameters: Arrays, neurons: readonly number[]) => ({
        [weight]: without(layer, parameters[weight], neurons),
      }),
    }),
    trace(context, neurons, { top, left, height, width }, out) {
      const contribution = contributionsOf(layer, reader(context));
      for (const [i, neuron] of neurons.entries()) {
        const map = contribution(neuron);
        const inside = sampling === 'pixels' ? map : cropPlane(map, top, left, height, width);
        out.set(inside.data, i * height * width);
      }
    },
  };
}

/** Names values that are neither parameters nor constants. */
function record(values: LayerValues, read: readonly (readonly [role: string, node: GraphNode])[]): string[] {
  return read
    .filter(([, node]) => node.kind !== 'constant' && values.parameterOf(node) === undefined)
    .map(([role, node]) => values.record(role, node));
}

/** A layer that makes its maps in JavaScript, with what a plugin's hook of the same layer would name. */
export interface ScriptLayer {
  /** The parameter that is its weight. */
  readonly weight: string | undefined;
  /** Every name that its pre-activation has: those of the forward pass, and those of `Inr.recorded`. */
  readonly preactivation: ReadonlySet<string>;
  readonly hook: CustomHook;
}

/** The layers of a program, all of which make their maps in JavaScript, as the tables say: what kernels are compared with. */
export function deriveInScript(program: InrProgram & Pick<Inr, 'recorded'>): {
  readonly layers: readonly ScriptLayer[];
  readonly recorded: DerivedHooks['recorded'];
} {
  const traced = traceForward(program);
  const recorded: Record<string, ValuePlace> = {};
  const layers = findLayers(traced.output, (input) => !traced.isParameter(input), program.sampling).flatMap(
    (finding, position): ScriptLayer[] => {
      if (!finding.layer) return [];
      const id = `script${position}`;
      const hook = scriptHook(finding.layer, new LayerValues(id, traced, recorded), program.sampling, {
        id,
        label: id,
      });
      const preactivation = namesOf(finding.layer.preactivation, traced, program.recorded);
      return [{ weight: weightName(finding, traced), preactivation, hook }];
    },
  );
  return { layers, recorded };
}

function namesOf(node: GraphNode, traced: TracedForward, recorded: Inr['recorded'] = {}): Set<string> {
  const place = traced.placeOf(node);
  const isHere = (other: ValuePlace) =>
    'input' in place ? 'input' in other && other.input === place.input : 'call' in other && other.call === place.call;
  return new Set([
    ...Object.keys(traced.activations).filter((name) => traced.activations[name] === node),
    ...Object.keys(recorded).filter((name) => isHere(recorded[name])),
  ]);
}

/** All that a layer's contributions, and what they add up to, are computed from, with what it is for. */
function valuesRead(layer: DerivedLayer): (readonly [role: string, node: GraphNode])[] {
  const steps = layer.kind === 'dense' ? [] : layer.way.steps;
  const held = [...new Set(steps.flatMap((step) => heldBy(step) ?? []))];
  return [
    ['input', layer.input],
    ['weight', layer.weight],
    ['preactivation', layer.preactivation],
    ...(layer.bias ? [['bias', layer.bias] as const] : []),
    ...('gate' in layer && layer.gate ? [['gate', layer.gate] as const] : []),
    ...held.map((node, i) => [`held${i + 1}`, node] as const),
  ];
}

/** A weight with neurons at zero: an input's row or column, a kernel's slice. */
function without(layer: DerivedLayer, { shape, data }: NdArray, neurons: readonly number[]): NdArray {
  const changed = data.slice();
  const [first, second, k = 1, l = 1] = shape;
  const area = k * l;
  for (const neuron of neurons) {
    if (layer.kind === 'conv') {
      const { groups } = layer.operation.attributes;
      const outputs = layer.operation.shape[1];
      const [i, o] = [Math.floor(neuron / outputs), neuron % outputs];
      const channel = Math.floor(o / (outputs / groups)) * (first / groups) + i;
      const at = layer.transposed ? channel * second + (o % second) : o * second + i;
      changed.fill(0, at * area, (at + 1) * area);
    } else if (layer.outFirst) {
      for (let o = 0; o < first; o++) changed[o * second + neuron] = 0;
    } else changed.fill(0, neuron * second, (neuron + 1) * second);
  }
  return { shape, data: changed };
}
