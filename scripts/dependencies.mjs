// Who may know whom (.dependency-cruiser.mjs) and where hosts may be named. Fails also when it saw fewer modules than
// there are: some compilers make the cruiser see none, silently.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import config from '../.dependency-cruiser.mjs';

const root = process.argv[2] ?? '.';
process.chdir(root);

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`generated${path.sep}`));
}

const { output } = await cruise(['src'], {
  ...config.options,
  ruleSet: { forbidden: config.forbidden },
  validate: true,
});
const faults = output.summary.violations
  .filter((violation) => violation.rule.severity === 'error')
  .map((violation) => {
    const circle = violation.cycle?.map((step) => step.name).join(' -> ');
    return `${violation.rule.name}: ${violation.from} -> ${circle ?? violation.to}`;
  });

const files = filesOf('src');
const seen = new Set(output.modules.map((module) => module.source));
const unseen = files.filter((file) => !seen.has(file.split(path.sep).join('/')));
if (unseen.length > 0) faults.push(`the cruiser did not see ${unseen.length} modules, e.g. ${unseen[0]}`);

const HOST_NAMES = /bitrix ?24|amocrm|kommo/i;
for (const file of files) {
  if (/^src[/\\](hosts|sandbox)[/\\]/.test(file)) continue;
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (HOST_NAMES.test(line))
        faults.push(`no-host-names: ${file}:${index + 1} names a host: branch on a capability`);
    });
}

for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exit(faults.length > 0 ? 1 : 0);
