// Preloaded into a process of the product (`--import`): at the nth statement that matches, the process dies as by kill -9,
// before it is sent or after its answer is here. TEST_DIE_AT is {"match": pattern, "when": "before" | "after", "nth": 1}.
import pg from 'pg';

const { match, when, nth = 1 } = JSON.parse(process.env.TEST_DIE_AT);
const pattern = new RegExp(match);
const query = pg.Client.prototype.query;
let passings = 0;

function die() {
  process.kill(process.pid, 'SIGKILL');
  // The signal arrives a moment later: nothing may happen in between.
  for (;;);
}

pg.Client.prototype.query = function (config, ...rest) {
  const text = typeof config === 'string' ? config : (config?.text ?? '');
  if (!pattern.test(text) || ++passings !== nth) return query.call(this, config, ...rest);
  if (when === 'before') die();
  const last = rest.at(-1);
  if (typeof last === 'function') return query.call(this, config, ...rest.slice(0, -1), die);
  return query.call(this, config, ...rest).then(die);
};
