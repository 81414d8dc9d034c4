/** What a table or result.json shows of a number that may be undefined. */
export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
