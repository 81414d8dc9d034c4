import { didYouMean } from '../did-you-mean.js';
import { Breach } from '../doors/breach.js';

/**
 * Values by name, of which a forward pass reads; a name that is none is told, instead of being `undefined`.
 * @param names of all parameters and inputs
 */
export function readable<T>(
  values: Readonly<Record<string, T>>,
  names: readonly string[],
): Readonly<Record<string, T>> {
  return new Proxy(values, {
    get(target, name) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name) || names.includes(name)) {
        return Reflect.get(target, name);
      }
      throw new Breach(
        `it reads '${name}', which is neither a parameter nor an input`,
        `${didYouMean(name, names)}There are ${names.join(', ')}.`,
      );
    },
  });
}
