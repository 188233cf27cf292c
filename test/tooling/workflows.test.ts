import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Workflow, workflowFaults } from './workflows.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const files = await readdir(folder);
const pin = '3d3c42e5aac5ba805825da76410c181273ba90b1';
const sound: Workflow = {
  on: 'push',
  permissions: { contents: 'read' },
  jobs: {
    build: {
      'timeout-minutes': 10,
      steps: [
        { uses: `actions/checkout@${pin}`, with: { 'persist-credentials': false } },
        { run: 'npm ci' },
      ],
    },
  },
};
const withStep = (step: Workflow['jobs'][string]['steps'][number]): Workflow => ({
  ...sound,
  jobs: { build: { 'timeout-minutes': 10, steps: [step] } },
});
const withJob = (job: Partial<Workflow['jobs'][string]>): Workflow => ({
  ...sound,
  jobs: { build: { 'timeout-minutes': 10, steps: [], ...job } },
});

it.each(files)(
  '%s reads the code, writes what it must, and runs pinned actions alone',
  async (file) => {
    const text = await readFile(join(folder, file), 'utf8');
    expect(workflowFaults(file, parse(text))).toEqual([]);
    // Readers see by the comment which release a commit is.
    for (const line of text.match(/^.*uses:.*$/gm) ?? [])
      expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  },
);

it('one commit stands for one release in all workflows', async () => {
  const releases = new Map<string, Set<string>>();
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, action = '', release = ''] of text.matchAll(/uses: (\S+)@(.*)$/gm))
      releases.set(action, (releases.get(action) ?? new Set()).add(release));
  }
  expect([...releases].filter(([, found]) => found.size > 1)).toEqual([]);
});

it('every script that a workflow or .ci/run calls exists', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const paths = [...files.map((file) => join(folder, file)), join(root, '.ci/run')];
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  const called = texts.join('\n').matchAll(/(?:npm run (?:--silent )?|^suite )([\w:-]+)/gm);
  const names = [...called].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
});

it('the job of the engines installs every program that a test of them needs', async () => {
  const packages: Readonly<Record<string, string>> = {
    amtool: 'prometheus-alertmanager',
    nginx: 'nginx-light',
    prometheus: 'prometheus',
    'prometheus-alertmanager': 'prometheus-alertmanager',
    promtool: 'prometheus',
    'redis-server': 'redis-server',
  };
  const tests = (await readdir(join(root, 'test'), { recursive: true })).filter((file) =>
    file.endsWith('.engine.test.ts'),
  );
  const texts = await Promise.all(tests.map((file) => readFile(join(root, 'test', file), 'utf8')));
  const lists = [...texts.join('\n').matchAll(/^describeWith\(\[([^\]]+)\]/gm)];
  const programs = lists.flatMap(([, list = '']) => list.replaceAll(/['\s]/g, '').split(','));
  expect(programs).toContain('redis-server');
  // The proxy and PostgreSQL are asked for by where they are, the brokers of Kafka are compiled.
  const others = ['nginx-light', 'gcc', 'libc6-dev', 'librdkafka-dev', 'kcat', 'postgresql'];
  const needed = new Set([...others, ...programs.map((name) => packages[name] ?? name)]);
  const ci: Workflow = parse(await readFile(join(folder, 'ci.yml'), 'utf8'));
  const steps = ci.jobs['engine-tests']?.steps ?? [];
  const installed = steps.flatMap(
    ({ run = '' }) => /install -y (.+)/.exec(run)?.[1]?.split(' ') ?? [],
  );
  expect([...needed].sort()).toEqual(installed.sort());
});

it('has nothing to object to in a sound workflow', () => {
  expect(workflowFaults('planted.yml', sound)).toEqual([]);
});

it.each<[string, Workflow]>([
  ['an action by its tag', withStep({ uses: 'actions/setup-node@v7' })],
  ['an action by its branch', withStep({ uses: 'actions/setup-node@main' })],
  ['an action by a short commit', withStep({ uses: `actions/setup-node@${pin.slice(0, 12)}` })],
  ['an image by its tag', withStep({ uses: 'docker://alpine:3' })],
  ['a checkout that keeps its token', withStep({ uses: `actions/checkout@${pin}` })],
  ['an expression in a script', withStep({ run: 'echo $'.concat('{{ github.head_ref }}') })],
  ['rights of its own', withJob({ permissions: { contents: 'write' } })],
  ['all rights', withJob({ permissions: 'write-all' })],
  ['no limit of time', { ...sound, jobs: { build: { steps: [] } } }],
  ['the rights that the repository gives', { on: 'push', jobs: sound.jobs }],
  ['the rights of the repository for anybody', { ...sound, on: { pull_request_target: null } }],
])('a workflow with %s is refused', (_, workflow) => {
  expect(workflowFaults('planted.yml', workflow)).toHaveLength(1);
});
