import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../observability/engines.ts';
import { openStage, type Stage } from './stage.ts';

/** How long anything takes says nothing of a release on a machine that carries all of this. */
const LIMITS = { soakSeconds: 2, minRequests: 20, p95Seconds: 30 };

describeWith(['nginx'], 'a release beside the one before, behind nginx', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage('nginx', LIMITS);
  });
  afterAll(() => stage?.close());

  it('gets all of the traffic step by step, without one failed request, though the program is killed on its way', async () => {
    const { host, releases, shoppers } = stage;
    const two = await releases.make('two');
    const args = ['release', two, '--steps', '25,100', '--commit', 'commit-of-two'];
    const killed = host.rollout(...args);
    await stage.untilServedBy('two');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await host.state()).toMatchObject({
      live: 'blue',
      rollout: { phase: 'shifting', to: 'green' },
    });
    const again = host.rollout(...args);
    expect([await again.ended, again.said()]).toEqual([
      0,
      expect.stringMatching(/blue has ended what was under way and stopped\n.*released/),
    ]);
    expect(await host.state()).toMatchObject({ live: 'green', rollout: null });
    await expect(fetch(`${host.urls.blue}/health/live`)).rejects.toThrow();
    await stage.untilMoreOrders();
    expect(shoppers.failures).toEqual([]);
  });

  it('is taken back as soon as it is worse, and failed only those whom it was given', async () => {
    const { host, releases } = stage;
    const three = await releases.make('three', 'failing');
    stage.enter('failing');
    const before = stage.served();
    const failing = host.rollout('release', three, '--steps', '25,100');
    expect([await failing.ended, failing.said()]).toEqual([
      1,
      expect.stringMatching(/undoing: blue is worse: \d+ of its \d+ requests failed/),
    ]);
    expect(await host.state()).toMatchObject({ live: 'green', rollout: null });
    await expect(fetch(`${host.urls.blue}/health/live`)).rejects.toThrow();
    const failures = stage.failuresIn('failing');
    expect(failures.length).toBeGreaterThanOrEqual(3);
    for (const failure of failures)
      expect(failure).toMatchObject({ release: 'three', what: 'internal_error' });
    // A quarter of the shoppers met it, and each of their orders was asked for until it was placed.
    expect(failures.length).toBeLessThan(0.25 * (stage.served() - before));
    stage.enter('afterwards');
    await stage.untilMoreOrders();
    expect(stage.failuresIn('afterwards')).toEqual([]);
  });

  it('leaves every order placed once, every payment settled once, and a clean audit', async () => {
    await stage.expectNothingLost();
  });
});
