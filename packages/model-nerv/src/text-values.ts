/**
 * Configuration values as text (`4,2,2`). Text that does not read as the expected
 * kind stays as it is, for the schema to refuse.
 */

/** `"1e6"` → 1000000. */
export function numberFromText(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return value;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : value;
}

/** `"4,2,2"`, `"4 2 2"`, `"[4, 2, 2]"` or `4` → a list of numbers. */
export function listFromText(value: unknown): unknown {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'string') return value;
  const inside = value.trim().replace(/^\[(.*)\]$/, '$1');
  const parts = inside.split(/[\s,]+/).filter((part) => part !== '');
  return parts.length > 0 ? parts.map(numberFromText) : value;
}
