import { isXincError, type Omission } from '@xinc/core';

/**
 * The answer of a layer, or why the layer is left out: its plugin traces it and does not give this answer, or fails.
 * @param ask the question to the layer
 */
export async function orWhyNot<T>(
  layer: string,
  ask: () => Promise<T>,
): Promise<{ readonly answer: T; readonly omission?: undefined } | { readonly omission: Omission }> {
  try {
    return { answer: await ask() };
  } catch (error) {
    if (!isXincError(error, 'unsupported') && !isXincError(error, 'plugin')) throw error;
    return { omission: { layer, why: error.message.replace(/\.?$/, '.') } };
  }
}
