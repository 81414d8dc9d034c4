import { isXincError } from '@xinc/core';

/**
 * What a layer can tell, or a line that says why it is left out: its plugin traces it and does not tell this, or fails.
 * @param ask the question to the layer
 */
export async function orWhyNot<T>(layer: string, ask: () => Promise<T>): Promise<T | string> {
  try {
    return await ask();
  } catch (error) {
    if (!isXincError(error, 'unsupported') && !isXincError(error, 'plugin')) throw error;
    return `${layer} was left out: ${error.message.replace(/\.?$/, '.')}`;
  }
}
