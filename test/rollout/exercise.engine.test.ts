import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../observability/engines.ts';
import { openStage, type Stage } from './stage.ts';

const LIMITS = { soakSeconds: 5, minRequests: 30, p95Seconds: 3, patienceSeconds: 120 };
const MINUTES = 10 * 60_000;

const ASKED = process.env.ROLLOUT_EXERCISE;
const proxies = (['nginx', 'caddy'] as const).filter((kind) => ASKED === 'on' || ASKED === kind);

// By hand: ROLLOUT_EXERCISE=on npx vitest run test/rollout/exercise.engine.test.ts --maxWorkers=1, or =nginx, =caddy
describe.runIf(proxies.length > 0)('the exercise', () => {
  describe.each(proxies)('behind %s', (kind) => {
    describeWith([kind], 'release after release', () => {
      let stage: Stage;
      beforeAll(async () => {
        stage = await openStage(kind, LIMITS);
      }, MINUTES);
      afterAll(() => stage?.close());

      /** Runs a release to its end, says how it went, and that the shop goes on. */
      async function expectRelease(
        name: string,
        fault: Parameters<Stage['releases']['make']>[1],
        args: readonly string[],
        outcome: readonly [code: number, said: RegExp],
      ) {
        const folder = await stage.releases.make(name, fault);
        stage.enter(name);
        const before = stage.served();
        const run = stage.host.rollout('release', folder, ...args);
        const code = await run.ended;
        const failed = stage.failuresIn(name);
        process.stdout.write(
          `${kind} ${name}: ${stage.served() - before} requests answered, ${failed.length} failed ${JSON.stringify(failed)}\n${run.said()}`,
        );
        expect([code, run.said()]).toEqual([outcome[0], expect.stringMatching(outcome[1])]);
        const failures = stage.failuresIn(name);
        stage.enter(`after ${name}`);
        await stage.untilMoreOrders();
        expect(stage.failuresIn(`after ${name}`)).toEqual([]);
        return failures;
      }

      it(
        'all at once, without a failed request',
        async () => {
          const failures = await expectRelease('two', 'none', ['--at-once'], [0, /released/]);
          expect(failures).toEqual([]);
        },
        MINUTES,
      );

      it(
        'by 5, 25, 50 and 100 percent, without a failed request',
        async () => {
          const failures = await expectRelease('three', 'none', [], [0, /released/]);
          expect(failures).toEqual([]);
        },
        MINUTES,
      );

      it(
        'that fails, all at once',
        async () => {
          const failures = await expectRelease(
            'failing',
            'failing',
            ['--at-once'],
            [1, /is worse: .* failed/],
          );
          for (const failure of failures) expect(failure).toMatchObject({ release: 'failing' });
        },
        MINUTES,
      );

      it(
        'that is slow, without a failed request',
        async () => {
          const failures = await expectRelease(
            'slow',
            'slow',
            ['--steps', '50,100'],
            // Where it holds the other one up as well, by the row of stock that both write, it is given no more.
            [1, /is worse: 95 of 100|could not be judged/],
          );
          expect(failures).toEqual([]);
        },
        MINUTES,
      );

      it(
        'that dies, and what it had begun alone breaks off',
        async () => {
          const failures = await expectRelease(
            'dying',
            'dying',
            ['--steps', '50,100'],
            [1, /undoing: \w+ fails/],
          );
          expect(failures.length).toBeLessThanOrEqual(4);
        },
        MINUTES,
      );

      it(
        'that does not find its database, and never meets a shopper',
        async () => {
          const failures = await expectRelease('lost', 'lost', [], [1, /ended during its start/]);
          expect(failures).toEqual([]);
          expect(stage.shoppers.releases.get('lost')).toBeUndefined();
        },
        MINUTES,
      );

      it(
        'that is another one than expected',
        async () => {
          const failures = await expectRelease(
            'other',
            'none',
            ['--commit', 'abc'],
            [1, /expected was abc/],
          );
          expect(failures).toEqual([]);
        },
        MINUTES,
      );

      it(
        'whose program is told to stop, or killed and undone, beside a second that is refused',
        async () => {
          const { host, releases } = stage;
          stage.enter('stopped');
          const folder = await releases.make('stopped');
          const run = host.rollout('release', folder, '--steps', '50,100');
          await stage.untilServedBy('stopped');
          const second = host.rollout('release', folder);
          expect([await second.ended, second.said()]).toEqual([
            2,
            expect.stringContaining('at work'),
          ]);
          run.child.kill('SIGTERM');
          expect([await run.ended, run.said()]).toEqual([
            1,
            expect.stringContaining('told to stop'),
          ]);

          const killedFolder = await releases.make('killed');
          const killed = host.rollout('release', killedFolder, '--steps', '50,100');
          await stage.untilServedBy('killed');
          killed.child.kill('SIGKILL');
          await killed.ended;
          const other = host.rollout('release', folder);
          expect([await other.ended, other.said()]).toEqual([
            2,
            expect.stringContaining('on its way'),
          ]);
          const undone = host.rollout('undo');
          expect([await undone.ended, undone.said()]).toEqual([
            1,
            expect.stringContaining('undone'),
          ]);
          expect(await host.state()).toMatchObject({ rollout: null });
          await stage.untilMoreOrders();
          expect(stage.failuresIn('stopped')).toEqual([]);
        },
        MINUTES,
      );

      it(
        'leaves every order placed once, every payment settled once, and a clean audit',
        async () => {
          await stage.expectNothingLost();
        },
        MINUTES,
      );
    });
  });
});
