import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Manifest } from './objects.ts';
import { monitoringFaults } from './policies/monitoring.ts';
import { networkFaults } from './policies/network.ts';
import { podFaults } from './policies/pods.ts';
import { scalingFaults } from './policies/scaling.ts';
import { selectorFaults } from './policies/selectors.ts';
import { settingFaults } from './policies/settings.ts';
import { stoppingFaults } from './policies/stopping.ts';
import { kubernetes } from './render.ts';

const example = parse(await readFile(join(kubernetes, 'secret.example.yaml'), 'utf8'));
const secretKeys = new Set(Object.keys(example.stringData));

/** What is wrong with an overlay's objects by the rules of the shop, each a sentence that begins with the object. */
export function policyFaults(objects: readonly Manifest[], overlay: string): string[] {
  return [
    ...podFaults(objects),
    ...stoppingFaults(objects),
    ...settingFaults(objects, secretKeys),
    ...networkFaults(objects),
    ...monitoringFaults(objects),
    ...scalingFaults(objects, { production: overlay.startsWith('production') }),
    ...selectorFaults(objects),
  ];
}
