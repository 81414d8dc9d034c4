import { existsSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { libraries } from './packages.js';

/*
 * What every package gives to others, by name: a name that comes or goes is seen in review. `vitest -u` writes the lists anew.
 */
const all = libraries();
const entries = all.flatMap((library) => Object.entries(library.entries));
const program = ts.createProgram({
  rootNames: entries.map(([, source]) => source),
  options: {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    skipLibCheck: true,
    noEmit: true,
    // Of each other, packages are read from their sources too, so that nothing has to be built.
    paths: Object.fromEntries(entries.map(([name, source]) => [name, [source]])),
  },
});
const checker = program.getTypeChecker();

/** Names that a module exports: values as they are, types with `type` before, since both may be called alike. */
function namesOf(source: string): string[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(source)!)!;
  return checker
    .getExportsOfModule(module)
    .flatMap((symbol) => {
      const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const isValue = (flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(symbol);
      return isValue ? [symbol.name] : [`type ${symbol.name}`];
    })
    .sort((a, b) => (a < b ? -1 : 1));
}

/** Whether a class, say, is given by `export type`. */
function isTypeOnly(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some(
    (declaration) =>
      ts.isExportSpecifier(declaration) && (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly),
  );
}

test.each(all)('$name', async ({ name, entries }) => {
  for (const source of Object.values(entries)) expect(existsSync(source), source).toBe(true);
  const lists = Object.entries(entries).map(([entry, source]) =>
    [entry, ...namesOf(source).map((n) => `  ${n}`)].join('\n'),
  );
  await expect(`${lists.join('\n\n')}\n`).toMatchFileSnapshot(`public-names/${name.replace('@xinc/', '')}.txt`);
});
