import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { demoProducts } from '../../src/dev/demo/catalogue.ts';

const artwork = new URL('../../public/img/products/', import.meta.url);

describe('the demo catalogue', () => {
  test('handles and SKUs are unique', () => {
    const handles = demoProducts.map(({ handle }) => handle);
    const skus = demoProducts.flatMap(({ variants }) => variants.map(({ sku }) => sku));
    expect(new Set(handles).size).toBe(handles.length);
    expect(new Set(skus).size).toBe(skus.length);
  });

  test('each variant has one value of each option, and no two are the same', () => {
    for (const { handle, options, variants } of demoProducts) {
      for (const variant of variants) {
        expect(Object.keys(variant.options), handle).toEqual(options.map(({ name }) => name));
        for (const { name, values } of options) expect(values).toContain(variant.options[name]);
      }
      const chosen = variants.map((variant) => JSON.stringify(variant.options));
      expect(new Set(chosen).size, handle).toBe(variants.length);
    }
  });

  test('former prices are higher than prices, and stock is a whole number from zero', () => {
    for (const variant of demoProducts.flatMap(({ variants }) => variants)) {
      expect(Number.isInteger(variant.price) && variant.price > 0).toBe(true);
      expect(variant.compareAtPrice ?? Infinity).toBeGreaterThan(variant.price);
      expect(Number.isInteger(variant.stock) && variant.stock >= 0).toBe(true);
    }
  });

  test('it shows what a shop has to cope with: drafts, sold out, made to order, reduced', () => {
    const variants = demoProducts.flatMap((product) => product.variants);
    expect(demoProducts.some(({ status }) => status === 'draft')).toBe(true);
    expect(demoProducts.some((product) => product.variants.every(({ stock }) => stock === 0))).toBe(
      true,
    );
    expect(variants.some(({ policy, stock }) => policy === 'continue' && stock === 0)).toBe(true);
    expect(variants.some(({ compareAtPrice }) => compareAtPrice !== undefined)).toBe(true);
  });

  test('each product has its own small, self-contained drawing, and no drawing is without a product', async () => {
    const files = await readdir(artwork);
    expect(files.toSorted()).toEqual(demoProducts.map(({ handle }) => `${handle}.svg`).toSorted());
    for (const { handle, image } of demoProducts) {
      expect(image).toBe(`/img/products/${handle}.svg`);
      const drawing = await readFile(new URL(`${handle}.svg`, artwork), 'utf8');
      expect(drawing.length, handle).toBeLessThan(6000);
      expect(drawing).toContain('viewBox="0 0 800 800"');
      expect(drawing).not.toMatch(/<script|<style|href="(?!#)/);
    }
  });
});
