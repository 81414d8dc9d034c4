import { type Inr, neuronNames } from '@xinc/core';
import { neuronNumbering } from '@xinc/core/trace';
import type { StarChange } from '@xinc/runs';
import { z } from 'zod';
import { Refusal } from '../http/refusal.js';

const schema = z.strictObject({ layer: z.string(), neuron: z.int().nonnegative(), note: z.string().nullable() });

/** @throws Refusal 400 for what is no `StarChange`, and for a neuron that the network does not have */
export function parseStarChange(body: string, inr: Inr): StarChange {
  const refuse = (what: string) => new Refusal(400, 'invalid-option', `The star cannot be read: ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw refuse('it is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refuse(`${parsed.error.issues[0].path.join('.')}: ${parsed.error.issues[0].message}`);
  const { layer, neuron, note } = parsed.data;
  const hook = inr.layers.find(({ id }) => id === layer);
  // A star that was set before the network lost the layer may still be taken away.
  if (note === null) return parsed.data;
  if (!hook) throw refuse(`there is no layer '${layer}'`);
  const numbering = neuronNumbering(inr, hook);
  if (neuron >= numbering.neurons) throw refuse(`${layer} has ${neuronNames(numbering)}`);
  return parsed.data;
}
