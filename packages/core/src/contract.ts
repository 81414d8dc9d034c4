import { printable } from './printable.js';

/**
 * The contract of plugins that this version of the package keeps: a whole number, which grows when a plugin that was made
 * before could fail or mean something else. docs/plugins.md lists what each of them changed.
 */
export const CONTRACT = 1;

/**
 * Why a plugin cannot be used that states this contract as its own, and what to do, in one line; `undefined` where it can.
 * One that states none is taken as it is.
 * @param own the contract that is kept here
 */
export function contractProblem(stated: unknown, own = CONTRACT): string | undefined {
  if (stated === undefined || stated === own) return undefined;
  if (typeof stated !== 'number' || !Number.isSafeInteger(stated) || stated < 1) {
    return `the field 'xinc.contract' of its package.json is ${printable(JSON.stringify(stated))}, which is no contract: write the whole number that it is made for (this XINC has contract ${own})`;
  }
  const made = `it is made for contract ${stated} of plugins, and this XINC has contract ${own}`;
  return stated > own
    ? `${made}: use a newer XINC, or an older version of it that is made for contract ${own}`
    : `${made}: use a newer version of it; if it is yours, docs/plugins.md says what changed since`;
}
