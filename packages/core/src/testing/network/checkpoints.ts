import type { InrPlugin } from '../../inr.js';
import { formatShape, type Shape } from '../../ndarray.js';
import type { UnderTest } from '../under-test.js';
import type { BuiltNetwork } from './built-network.js';

/**
 * Names that published state dicts have for the parameters: each parameter has one of its own, and what is inferred from the shapes
 * under these names is the network that they are of.
 * @param settings those the network was built with
 * @returns names of the layouts
 * @throws XincError `plugin` naming layout and parameter
 */
export function checkCheckpoints<C>(
  { inr, tested }: BuiltNetwork,
  plugin: UnderTest<InrPlugin<C>>['plugin'],
  settings: C,
): readonly string[] {
  const { fail } = tested;
  const shapes = new Map(inr.parameters.map(({ name, shape }) => [name, shape]));
  for (const { name: layout, names, around = {}, transposed = [] } of inr.checkpoints ?? []) {
    const of = `checkpoints, layout '${layout}'`;
    const stored: Record<string, Shape> = {};
    for (const { name, absent } of inr.parameters) {
      const called = names[name] ?? around[name]?.[0];
      if (called === undefined) {
        if (absent === 'zero') continue;
        throw fail(of, `it does not name '${name}'`, 'A file that follows it could not be read; name every parameter.');
      }
      if (called in stored) throw fail(of, `it calls two parameters '${called}', one of them '${name}'`);
      const shape = shapes.get(name)!;
      stored[called] = transposed.includes(name) ? [...shape].reverse() : shape;
    }
    const odd = transposed.find((name) => shapes.get(name)?.length !== 2);
    if (odd !== undefined) throw fail(of, `'${odd}' is transposed and is no matrix`);
    inferAgain(of, stored);
  }
  inferAgain('infer', Object.fromEntries(shapes));
  return (inr.checkpoints ?? []).map(({ name }) => name);

  /** What shapes show, beside the settings, is the same network. */
  function inferAgain(of: string, stored: Readonly<Record<string, Shape>>): void {
    const inferred = plugin.infer?.(stored, inr.signal);
    if (!inferred) return;
    const assumed = plugin.assume?.(stored, inr.signal) ?? {};
    compare(of, 'infer', inferred, inferred);
    if (Object.keys(assumed).length > 0) compare(of, 'assume', assumed, { ...assumed, ...inferred });
  }

  function compare(of: string, by: 'infer' | 'assume', given: object, told: object): void {
    const parsed = plugin.config.safeParse({ ...settings, ...told });
    if (!parsed.success) {
      const [{ path, message }] = parsed.error.issues;
      throw fail(of, `${by} gives settings that the model refuses: ${path.join('.')}: ${message}`);
    }
    const again = plugin.build(parsed.data, inr.signal);
    for (const { name, shape } of again.parameters) {
      const before = shapes.get(name);
      if (before && formatShape(before) === formatShape(shape)) continue;
      throw fail(
        of,
        `${by} gives ${JSON.stringify(given)}, with which '${name}' is ${formatShape(shape)}, and it is ${before ? formatShape(before) : 'not there'}`,
        'Infer what the shapes show, and nothing else.',
      );
    }
    const missing = inr.parameters.find(({ name }) => !again.parameters.some((one) => one.name === name));
    if (missing) throw fail(of, `${by} gives ${JSON.stringify(given)}, with which there is no '${missing.name}'`);
  }
}
