import { describe, expect, it } from 'vitest';
import { serversOf, serversProblem } from '../../src/shared/database-servers.ts';

describe('the address of a database', () => {
  it('may name several servers, as libpq reads it', () => {
    expect(
      serversOf('postgres://shop:a%2Cb@a.example:5432,b.example,[::1]:5433/shop?sslmode=require'),
    ).toEqual({
      urls: [
        'postgres://shop:a%2Cb@a.example:5432/shop?sslmode=require',
        'postgres://shop:a%2Cb@b.example/shop?sslmode=require',
        'postgres://shop:a%2Cb@[::1]:5433/shop?sslmode=require',
      ],
      writes: true,
    });
  });

  it.each([
    ['postgres://a/shop', 'postgres://a/shop', false],
    ['postgres://a/shop?target_session_attrs=read-write', 'postgres://a/shop', true],
    ['postgres://a/shop?target_session_attrs=primary&b=1', 'postgres://a/shop?b=1', true],
    ['postgres://a/shop?b=1&target_session_attrs=primary', 'postgres://a/shop?b=1', true],
    ['postgres://a/shop?b=1&target_session_attrs=primary&c=2', 'postgres://a/shop?b=1&c=2', true],
    ['postgres:///shop?host=/run/postgresql', 'postgres:///shop?host=/run/postgresql', false],
  ])('%s is %s', (url, plain, writes) => {
    expect(serversOf(url)).toEqual({ urls: [plain], writes });
  });

  it.each([
    ['mysql://a/shop'],
    ['postgres://a:b,c/shop'],
    ['postgres://a:5432,:x/shop'],
    ['nonsense'],
    ['postgres://a,b/shop?target_session_attrs=standby'],
    ['postgres://a,b/shop?target_session_attrs=any'],
  ])('%s is refused', (url) => {
    expect(serversProblem(url)).not.toBeNull();
  });

  it('is taken with and without several servers', () => {
    expect(serversProblem('postgresql://a:1,b:2/shop?target_session_attrs=read-write')).toBeNull();
    expect(serversProblem('postgres://shop@a/shop')).toBeNull();
  });
});
