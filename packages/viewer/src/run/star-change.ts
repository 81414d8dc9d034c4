import { type Inr, neuronNames } from '@xinc/core';
import { neuronNumbering } from '@xinc/core/trace';
import type { StarChange } from '@xinc/runs';
import { z } from 'zod';
import { parseBody } from '../http/parse-body.js';

const schema = z.strictObject({ layer: z.string(), neuron: z.int().nonnegative(), note: z.string().nullable() });

/** @throws Refusal 400 for what is no `StarChange`, and for a neuron that the network does not have */
export function parseStarChange(body: string, inr: Inr): StarChange {
  const { data, refuse } = parseBody(body, schema, 'The star');
  const { layer, neuron, note } = data;
  const hook = inr.layers.find(({ id }) => id === layer);
  // A star that was set before the network lost the layer may still be taken away.
  if (note === null) return data;
  if (!hook) throw refuse(`there is no layer '${layer}'`);
  const numbering = neuronNumbering(inr, hook);
  if (neuron >= numbering.neurons) throw refuse(`${layer} has ${neuronNames(numbering)}`);
  return data;
}
