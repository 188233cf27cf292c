import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What waits for browsers, servers and killed processes takes longest: begun last, it would be waited for alone. */
const LONG =
  /\.(browser|engine)\.test\.ts$|\/(sagas|process|resilience|reconciliation|machines|attacks|fuzz)\//;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
