// Commit subjects are conventional: `type(scope): what changed`, at most 120 characters.
import { execFileSync } from 'node:child_process';

const SUBJECT = /^(feat|fix|docs|style|refactor|perf|test|build|ci|chore|revert)(\([\w./-]+\))?!?: \S.*$/;

function subjects() {
  try {
    return execFileSync('git', ['log', '--no-merges', '--format=%s', '-200'], { encoding: 'utf8' })
      .trim()
      .split('\n');
  } catch {
    return [];
  }
}

const faulty = subjects().filter(
  (subject) => subject !== '' && (!SUBJECT.test(subject) || subject.length > 120),
);
for (const subject of faulty) process.stderr.write(`not a conventional subject: ${subject}\n`);
process.exit(faulty.length > 0 ? 1 : 0);
