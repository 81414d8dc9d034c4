import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const COMPILE_SCRIPT = fileURLToPath(new URL('panels/embedding/script/compile-script.ts', import.meta.url));
const HEAD = /^\(function \(global, factory\) \{[\s\S]*?\}\(this, \(function \(\) \{/;
const TAIL = /\}\)\)\);\s*$/;
const COMPILE = 'Function.apply(null, linkedNames.concat(src))';

/**
 * regl writes its drawing as text and makes code of it with `Function`, which the page's policy forbids: in the page, it is
 * given an interpreter for it.
 */
export function reglWithoutEval(): Plugin {
  return {
    name: 'regl-without-eval',
    enforce: 'pre',
    transform(code, id) {
      if (!/[\\/]regl[\\/]dist[\\/]regl\.unchecked\.js$/.test(id)) return undefined;
      const parts = code.split(COMPILE);
      if (parts.length !== 2 || !HEAD.test(code) || !TAIL.test(code)) this.error(`${id} is not the regl that is known`);
      const [before, after] = parts;
      const module = `${before}compileScript(linkedNames, src)${after}`
        .replace(
          HEAD,
          `import { compileScript } from ${JSON.stringify(COMPILE_SCRIPT)};\nexport default (function () {`,
        )
        .replace(TAIL, '})();\n');
      return { code: module, map: null };
    },
  };
}
