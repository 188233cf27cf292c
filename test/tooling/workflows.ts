interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

type Permissions = Readonly<Record<string, string>> | string | undefined;

export interface Workflow {
  readonly on: unknown;
  readonly permissions?: Permissions;
  readonly jobs: Readonly<
    Record<string, { permissions?: Permissions; 'timeout-minutes'?: number; steps: Step[] }>
  >;
}

/** What a job of a workflow may ask for beyond reading the code, by "file job". */
const MAY_WRITE: Readonly<Record<string, readonly string[]>> = {
  'release.yml image': ['packages', 'id-token', 'attestations'],
  'release.yml page': ['contents'],
};

/** What is unsafe in a workflow, a sentence each. */
export function workflowFaults(file: string, workflow: Workflow): string[] {
  const faults: string[] = [];
  if (JSON.stringify(workflow.on).includes('pull_request_target'))
    faults.push('runs with the rights of the repository on the code of anybody');
  if (JSON.stringify(workflow.permissions) !== '{"contents":"read"}')
    faults.push('gives all of its jobs more than reading the code');
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (!job['timeout-minutes']) faults.push(`${name} may run for hours`);
    for (const right of writesOf(job.permissions))
      if (!MAY_WRITE[`${file} ${name}`]?.includes(right)) faults.push(`${name} may write ${right}`);
    for (const step of job.steps)
      faults.push(...stepFaults(step).map((fault) => `${name} ${fault}`));
  }
  return faults.map((fault) => `${file}: ${fault}`);
}

function writesOf(permissions: Permissions): string[] {
  if (permissions === undefined) return [];
  if (typeof permissions === 'string') return [permissions];
  return Object.keys(permissions).filter((right) => permissions[right] !== 'read');
}

function stepFaults({ uses, run, with: inputs }: Step): string[] {
  const faults = [];
  if (uses !== undefined && !/^[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40}$/.test(uses))
    faults.push(`uses what can change under its name: ${uses}`);
  if (uses?.startsWith('actions/checkout@') && inputs?.['persist-credentials'] !== false)
    faults.push('leaves the token in the folder of the code');
  // What others write, a branch's name say, would be part of the script.
  if (run?.includes('${{')) faults.push(`has an expression in a script: ${run}`);
  return faults;
}
