import { invalid } from '../../shared/errors.ts';
import { type Attribute, attributes, type Condition, type Rule, WHOLE } from './flags.model.ts';

/** Shares as people read and type them: 1250 → `12.5`. */
export function percentText(share: number): string {
  return String(share / 100);
}

/** A share in hundredths of a percent. @throws ShopError validation_failed at `path`. */
export function percentOf(text: string, path: string): number {
  const [, whole = '', fraction = ''] = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(text.trim()) ?? [];
  const share = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
  if (whole === '' || share > WHOLE)
    throw invalid(path, 'Type a percentage from 0 to 100, such as 12.5.');
  return share;
}

/** Rules as people read and type them, one a line: `role is staff and country is not DE, FR gets maker for 50%`. */
export function rulesText(rules: readonly Rule[]): string {
  return rules.map(lineOf).join('\n');
}

function lineOf({ when, variant, share }: Rule): string {
  const conditions = when.map(
    ({ attribute, not, values }) => `${attribute} is ${not ? 'not ' : ''}${values.join(', ')}`,
  );
  const part = share === WHOLE ? '' : ` for ${percentText(share)}%`;
  return `${conditions.join(' and ')} gets ${variant}${part}`;
}

/** The rules in a text. @throws ShopError validation_failed (`rules`), naming the line. */
export function rulesOf(text: string): Rule[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(ruleOf);
}

function ruleOf(line: string): Rule {
  const [, conditions, variant = '', part] =
    /^(.+) gets ([\w-]+)(?: for ([\d.]+) ?%)?$/.exec(line) ?? [];
  if (conditions === undefined) throw notRead(line);
  return {
    when: conditions.split(' and ').map((condition) => conditionOf(condition, line)),
    variant,
    share: part === undefined ? WHOLE : percentOf(part, 'rules'),
  };
}

function conditionOf(text: string, line: string): Condition {
  const [, name, not, list = ''] = /^([\w-]+) is (not )?(.+)$/.exec(text.trim()) ?? [];
  const attribute = attributes.find((one): one is Attribute => one === name);
  const values = list.split(',').map((value) => value.trim());
  if (attribute === undefined || values.some((value) => !/^[\w.@-]{1,100}$/.test(value)))
    throw notRead(line);
  return { attribute, not: not !== undefined, values };
}

function notRead(line: string) {
  return invalid(
    'rules',
    `“${line.slice(0, 200)}” is no rule. Write, for example: role is staff gets maker.`,
  );
}
