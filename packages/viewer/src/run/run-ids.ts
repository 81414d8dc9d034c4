/** Names of runs in addresses, each another: a run keeps its own over restarts, so that links to views stay true. */
export function runIds(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain =
      name
        .normalize('NFKD')
        .replaceAll(/[^\w-]+/g, '-')
        .replaceAll(/^-+|-+$/g, '') || 'run';
    let id = plain;
    for (let n = 2; taken.has(id); n++) id = `${plain}-${n}`;
    taken.add(id);
    return id;
  });
}
