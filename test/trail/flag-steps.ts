import type { Scene, Step } from './scene.ts';

const SETTINGS = {
  ...{ enabled: true, rules: [], rollout: 10_000, experiment: false },
  weights: { maker: 1 },
};
const SEGMENT = { customerIds: [], emailDomains: ['example.test'] };

/** What staff do about feature flags, by route. Each step ends as it began: a flag has no other name to be known by. */
export function flagSteps({ asAdmin, submit }: Scene): Record<string, Step> {
  const flag = '/api/flags/related-products';
  const segment = '/api/flag-segments/testers';
  const versionOf = async () => String((await asAdmin('GET', flag)).body.version);
  const segmentVersion = async (key: string) => {
    const segments: { key: string; version: number }[] = (
      await asAdmin('GET', '/api/flag-segments')
    ).body.data;
    return String(segments.find((one) => one.key === key)?.version);
  };
  return {
    'PUT /api/flags/:key': {
      acts: ['flag.changed'],
      run: async () => {
        await asAdmin('PUT', flag, { ...SETTINGS, version: 0 });
        return 'related-products';
      },
    },
    'DELETE /api/flags/:key': {
      acts: ['flag.reset'],
      run: async () => {
        await asAdmin('DELETE', `${flag}?version=${await versionOf()}`);
        return 'related-products';
      },
    },
    'POST /admin/flags/:key': {
      acts: ['flag.changed'],
      run: async () => {
        const fields = { version: '0', enabled: 'on', rules: '', rollout: '50', 'part-maker': '1' };
        await submit('/admin/flags/related-products', fields);
        return 'related-products';
      },
    },
    'POST /admin/flags/:key/switch': {
      acts: ['flag.changed'],
      run: async () => {
        const fields = { version: await versionOf(), enabled: 'off' };
        await submit('/admin/flags/related-products/switch', fields);
        return 'related-products';
      },
    },
    'POST /admin/flags/:key/reset': {
      acts: ['flag.reset'],
      run: async () => {
        await submit('/admin/flags/related-products/reset', { version: await versionOf() });
        return 'related-products';
      },
    },
    'POST /admin/flags/segments': {
      acts: ['segment.changed'],
      run: async () => {
        const fields = { version: '0', key: 'staffers', members: 'example.test' };
        await submit('/admin/flags/segments', fields);
        return 'staffers';
      },
    },
    'POST /admin/flags/segments/delete': {
      acts: ['segment.deleted'],
      run: async () => {
        const version = await segmentVersion('staffers');
        await submit('/admin/flags/segments/delete', { version, key: 'staffers' });
        return 'staffers';
      },
    },
    'PUT /api/flag-segments/:key': {
      acts: ['segment.changed'],
      run: async () => {
        await asAdmin('PUT', segment, { ...SEGMENT, version: 0 });
        return 'testers';
      },
    },
    'DELETE /api/flag-segments/:key': {
      acts: ['segment.deleted'],
      run: async () => {
        await asAdmin('DELETE', `${segment}?version=${await segmentVersion('testers')}`);
        return 'testers';
      },
    },
  };
}
