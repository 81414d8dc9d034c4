/**
 * The policy of the page: its own scripts, workers, styles and pictures, and nothing from elsewhere. `wasm-unsafe-eval` allows compiling
 * WebAssembly, and no eval.
 */
const RULES = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "style-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];
const PAGE_POLICY = [...RULES, "frame-ancestors 'none'"].join('; ');

/** The policy of a run's files, which may come from anyone: opened by themselves, they run nothing and reach nothing. */
export const FILE_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** On every answer, refusals included. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': PAGE_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  // The two that let the page share memory among its workers.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};

/** Pages of this machine. */
const MACHINE = "'self' http://localhost:* http://127.0.0.1:*";

/** Instead of these, on a panel that is shown alone (`?embed=`), for the pages that may frame it. */
export function frameHeaders(framed: 'anyone' | 'machine'): Readonly<Record<string, string | null>> {
  return {
    'Content-Security-Policy': (framed === 'anyone' ? RULES : [...RULES, `frame-ancestors ${MACHINE}`]).join('; '),
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Frame-Options': null,
  };
}
