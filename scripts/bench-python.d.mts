/** See bench-python.mjs. */
export function pythonWith(name: string): string | undefined;
export function without(name: string): string;
