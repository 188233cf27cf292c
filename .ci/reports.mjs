/**
 * Reads what the suites of .ci/run reported into a folder. `failed FOLDER REPORT`: the files that failed there, a line
 * each. `sum FOLDER`: how many tests passed, failed and were skipped, a file counting as it ended; ends with 1 unless
 * all passed. It needs no packages: the machine's own Node.js runs it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const [command, folder, report] = process.argv.slice(2);
if (command === 'failed')
  say(
    read(report)
      .filter(({ failed }) => failed)
      .map(({ file }) => file),
  );
else process.exitCode = sum() ? 0 : 1;

/** Whether tests ran and none of them failed. */
function sum() {
  const reports = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const states = [];
  for (const first of reports.filter((name) => !name.endsWith('-again.json'))) {
    const again = first.replace('.json', '-again.json');
    const repeated = new Map(
      (reports.includes(again) ? read(again) : []).map(({ file, tests }) => [file, tests]),
    );
    for (const { file, tests } of read(first)) {
      const ended = repeated.get(file) ?? tests;
      states.push(...ended.map(({ status }) => status));
      if (ended !== tests)
        say(
          tests
            .filter(({ status }) => status === 'failed')
            .map(({ fullName }) => `failed once: ${file}: ${fullName}`),
        );
    }
  }
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(
    (state) => states.filter((one) => one === state).length,
  );
  say([`${passed} passed, ${failed} failed, ${skipped} skipped`]);
  return passed > 0 && failed === 0;
}

function read(name) {
  const { testResults } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return testResults.map((one) => ({
    file: relative(process.cwd(), one.name),
    failed: one.status === 'failed',
    tests: one.assertionResults,
  }));
}

function say(lines) {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
