/**
 * A browser without a screen: keeps cookies, sends forms with the token of the page it looks at. Where `url` is a
 * function, each request goes where it says.
 */
export function openBrowser(url: string | (() => string)) {
  const cookies = new Map<string, string>();
  let page = '';

  async function visit(method: string, path: string, form?: Record<string, string>) {
    const response = await fetch(`${typeof url === 'string' ? url : url()}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(form ? { body: new URLSearchParams(form).toString() } : {}),
    });
    const set = response.headers.getSetCookie();
    for (const line of set) {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      if (/expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    if (text.includes('name="_csrf"')) page = text;
    return {
      status: response.status,
      text,
      set,
      headers: response.headers,
      location: response.headers.get('location'),
    };
  }

  return {
    cookies,
    open: (path: string) => visit('GET', path),
    submit: (path: string, fields: Record<string, string>) => {
      const token = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
      return visit('POST', path, { _csrf: token, ...fields });
    },
  };
}
