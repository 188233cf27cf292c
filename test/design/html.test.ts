import { describe, expect, test } from 'vitest';
import { attributes, html, trustedHtml } from '../../src/http/html.ts';

const attack = `"><script>alert('x')</script>`;

describe('html templates', () => {
  test('text is escaped, wherever it stands and whatever stands before it', () => {
    for (const page of [
      html`<p>${attack}</p>`,
      html`<p title="${attack}"></p>`,
      html`<p>Sold!${attack}</p>`,
      html`<ul>${[attack, [attack]]}</ul>`,
      html`<p${attributes({ title: attack })}></p>`,
    ]) {
      expect(String(page)).not.toContain('<script>');
      expect(String(page)).not.toContain(`""`);
    }
  });

  test('templates nest without being escaped twice, in lists too', () => {
    const rows = ['a & b', 'c'].map((text) => html`<li>${text}</li>`);
    expect(String(html`<ul>${rows}</ul>`)).toBe('<ul><li>a &#38; b</li><li>c</li></ul>');
  });

  test('an object that only looks like markup is refused', () => {
    const forged = { toString: () => '<b>forged</b>' };
    // @ts-expect-error only Html, text, numbers and lists of them may stand in a template
    expect(() => html`<p>${forged}</p>`).toThrow();
  });

  test('nothing gives nothing, and zero is something', () => {
    expect(String(html`${null}${undefined}${false}${0}`)).toBe('0');
  });

  test('markup that was vouched for goes in as it is', () => {
    expect(String(html`<div>${trustedHtml('<b>bold</b>')}</div>`)).toBe('<div><b>bold</b></div>');
  });

  test('attributes are bare for true and left out for false, null and undefined', () => {
    const set = attributes({ required: true, disabled: false, max: undefined, min: 0, id: null });
    expect(String(html`<input${set}>`)).toBe('<input required min="0">');
  });
});
