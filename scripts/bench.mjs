// `npm run bench -- NAME`: runs test/bench/run.ts over the built service, which `run.mjs` has just made sure of.
import '../test/support/typescript.mjs';

await import('../test/bench/run.ts');
