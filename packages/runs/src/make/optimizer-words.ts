import { counted, type TrainingDefaults } from '@xinc/core';

/** For people. */
const NAMES = { soap: 'SOAP', muon: 'Muon' } as const;

/**
 * How a network is trained, where that is not by Adam, and what is known of it: `by SOAP for 200 steps, not by the published Adam schedule; …`.
 * @param ended when the training ended, where that was not after all steps
 */
export function optimizerWords(
  { optimizer, remark }: TrainingDefaults,
  steps: number,
  ended?: string,
): string | undefined {
  const { name = 'adam' } = optimizer;
  if (name === 'adam') return ended;
  const trained = `by ${NAMES[name]} for ${counted(steps, 'step')}, not by the published Adam schedule`;
  const words = ended === undefined ? trained : `${trained}, ${ended}`;
  return remark === undefined ? words : `${words}; ${remark}`;
}
