import { counted, type TrainingDefaults } from '@xinc/core';

/** For people. */
const NAMES = { soap: 'SOAP', muon: 'Muon' } as const;

/** How a network is trained, where that is not by Adam: `by SOAP for 200 steps, not by the published Adam schedule`, and what is known of it. */
export function optimizerWords({ optimizer, remark }: TrainingDefaults, steps: number): string | undefined {
  const { name = 'adam' } = optimizer;
  if (name === 'adam') return undefined;
  const words = `by ${NAMES[name]} for ${counted(steps, 'step')}, not by the published Adam schedule`;
  return remark === undefined ? words : `${words}; ${remark}`;
}
