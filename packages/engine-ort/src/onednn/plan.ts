import { type Chain, chainOf, joined, planChain } from './elementwise.js';
import type { Value } from './layouts.js';
import { type OneDnn, OneDnnError } from './library.js';
import { MissingOperation } from './missing-operation.js';
import { planOperation } from './operations.js';
import { Planner } from './planner.js';
import { Primitives } from './primitives.js';
import type { StepGraph, StepNode, StepOperation } from './step-graph.js';

/** A graph as the calls of oneDNN that compute it, on memory that is kept from run to run. */
export interface StepPlan {
  /** @param outputs arrays that are filled; none may be an input */
  run(inputs: Readonly<Record<string, Float32Array>>, outputs: Readonly<Record<string, Float32Array>>): void;
  dispose(): void;
}

/** @throws MissingOperation */
export function planStep(library: OneDnn, graph: StepGraph): StepPlan {
  const primitives = new Primitives(library);
  try {
    const { blocks, calls } = planned(primitives, graph);
    return {
      run(inputs, outputs) {
        blocks.bind('input', inputs);
        blocks.bind('output', outputs);
        for (const call of calls) call();
      },
      dispose: () => primitives.dispose(),
    };
  } catch (error) {
    primitives.dispose();
    throw error;
  }
}

/** Goes over a graph once, from its inputs on. */
function planned(primitives: Primitives, graph: StepGraph): Planner {
  const { nodes } = graph;
  /** Chains that may go on with what reads their result, by its place. */
  const waiting = new Map<number, Chain>();
  const planner = new Planner(primitives, graph, (place) => {
    const chain = waiting.get(place);
    return chain && compute(chain);
  });
  nodes.forEach((node, place) => {
    // Numbers are looked at, and made to values where something wants them so.
    if (node.kind === 'operation' && planner.number(place) === undefined) guarded(node, () => plan(node, place));
  });
  planner.deliver();
  return planner;

  function plan(node: StepNode & StepOperation, place: number): void {
    const own = planner.isJoined(place) ? undefined : chainOf(planner, node, place);
    if (own) {
      chainOn(own, node, place);
      return;
    }
    planner.keep(place, planner.isJoined(place) ? planner.value(node.inputs[0]) : planOperation(planner, node, place));
    planner.readBy(place);
  }

  /** A node's chain: it waits if one node reads it and is a chain too, which it may be a part of. */
  function chainOn(own: Chain, { inputs }: StepOperation, place: number): void {
    let chain = own;
    for (const input of inputs) {
      const longer = waiting.has(input) && joined(planner, waiting.get(input)!, own);
      if (!longer) continue;
      waiting.delete(input);
      chain = longer;
      break;
    }
    const readers = planner.readersOf(place);
    const goesOn = readers.length === 1 && chainOf(planner, nodes[readers[0]], readers[0]) !== undefined;
    if (goesOn) waiting.set(place, chain);
    else compute(chain);
  }

  function compute(chain: Chain): Value {
    const place = chain.places.at(-1)!;
    waiting.delete(place);
    const value = planner.keep(place, planChain(planner, chain));
    for (const computed of chain.places) planner.readBy(computed);
    return value;
  }

  function guarded({ op }: StepOperation, planIt: () => void): void {
    try {
      planIt();
    } catch (error) {
      // What it was not made for: a rank, say.
      if (error instanceof OneDnnError && error.isRefusal) throw new MissingOperation(`${op} (${error.message})`);
      throw error;
    } finally {
      planner.endOperation();
    }
  }
}
