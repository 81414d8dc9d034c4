/**
 * Where a data file is that a specification names, as a path within the run. Specifications name files relative to themselves; a
 * chart may read files of its own analysis, and nothing else.
 * @param spec path of the specification within the run
 * @returns `null` for what lies elsewhere
 */
export function dataPath(spec: string, name: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:|^[/\\]|[\\?#%]/i.test(name)) return null;
  const parts = spec.split('/').slice(0, -1);
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  const own = spec.split('/').slice(0, 2);
  return parts.length > own.length && own.every((part, i) => parts[i] === part) ? parts.join('/') : null;
}
