import { type InrPlugin, XincError } from '@xinc/core';

/**
 * Settings of a model with those of its fast training among them (`InrPlugin.fast`).
 * @param settings those that the user gives
 * @param steps training steps, where the user gives them
 * @throws XincError `unsupported` for a model without a fast training, `invalid-option` where the user settles what it settles
 */
export function fastSettings(
  { name, fast }: Pick<InrPlugin, 'name' | 'fast'>,
  settings: Readonly<Record<string, unknown>>,
  steps?: number,
): Record<string, unknown> {
  if (!fast) {
    throw new XincError(
      'unsupported',
      `\`fast\`: the model '${name}' has no training that is known to be as good in less time`,
      {
        setting: 'fast',
        hint: 'Leave it out, or set the optimizer and the steps.',
      },
    );
  }
  const values = Object.entries(fast).map(([key, value]) => `${key}=${value}`);
  const taken = steps === undefined ? Object.keys(fast).find((key) => Object.hasOwn(settings, key)) : 'steps';
  if (taken !== undefined) {
    const given = steps === undefined ? `the setting '${taken}'` : `\`steps: ${steps}\``;
    throw new XincError(
      'invalid-option',
      `\`fast\` stands for ${values.join(' and ')} of the model '${name}', and ${given} is given as well`,
      {
        setting: 'fast',
        hint: 'Leave out one of the two.',
      },
    );
  }
  return { ...settings, ...fast };
}
