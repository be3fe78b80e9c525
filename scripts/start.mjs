// `npm start`: builds what is not built, then becomes the service.
import { spawn } from 'node:child_process';
import { build } from './build.mjs';
import { NODE_FLAGS } from './node-flags.mjs';

build();
const child = spawn(process.execPath, [...NODE_FLAGS, 'dist/main.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
