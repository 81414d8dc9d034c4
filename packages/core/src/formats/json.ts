import { z } from 'zod';

/** A number in JSON, which has no NaN and no infinity of its own: these are written by their names. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** Reads what `formatJson` writes of a number. */
export const jsonNumber = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);

/** A number as `formatJson` writes it. */
export const toJsonNumber = (value: number): JsonNumber =>
  Number.isFinite(value) ? value : (String(value) as JsonNumber);

/** JSON in which NaN and the infinities keep their names; `JSON.stringify` writes `null` for each of them. */
export const formatJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'number' ? toJsonNumber(inner) : inner), indent);
