/** A command to go on with, as it is to be typed: `xinc analyze RUN`, with the plugins that this one was given. */
export function nextCommand(
  words: readonly string[],
  { plugin = [] }: { readonly plugin?: readonly string[] },
): string {
  const plugins = plugin.flatMap((path) => ['--plugin', path]);
  return ['xinc', ...words, ...plugins].map(quoted).join(' ');
}

/** In double quotes, which every shell knows, where there are spaces. */
function quoted(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}
