import type { ZodType } from 'zod';
import { callSync } from './call.js';
import type { Owner } from './fault.js';

/** A plugin's schema, whose own faults (a transformation that throws, a check that is async) are told as the plugin's. */
export function guardSchema<S extends ZodType>(owner: Owner, field: 'config' | 'options', schema: S): S {
  const safeParse = (values: unknown) =>
    callSync(
      owner,
      field,
      () => schema.safeParse(values),
      (result) => result,
    );
  return Object.create(schema, { safeParse: { value: safeParse } });
}
