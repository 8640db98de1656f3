import type { TestApp } from './test-app.ts';

/** A browser with its own cookies. */
export interface TestBrowser extends Pick<TestApp, 'request'> {
  /** Name and value of its cookies, as it sends them. */
  cookies: Map<string, string>;
}

export function openBrowser(app: Pick<TestApp, 'url'>): TestBrowser {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async request(method, path, body, headers = {}) {
      const isRoot = /^\/(api\/|auth\/|login\?|signed-out)/.test(path);
      const response = await fetch(
        path.startsWith('http') ? path : `${app.url}${isRoot ? '' : '/api/v1'}${path}`,
        {
          method,
          redirect: 'manual',
          headers: {
            cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
      );
      keepCookies(cookies, response.headers);
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
    },
  };
}

function keepCookies(cookies: Map<string, string>, headers: Headers): void {
  for (const line of headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    const [name = '', ...value] = pair.split('=');
    if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
    else cookies.set(name, value.join('='));
  }
}

/** A person who was invited to a project and is signed in. */
export interface TestPerson extends TestBrowser {
  id: string;
  email: string;
  password: string;
}

export const TEST_PASSWORD = 'four words in a row';
let people = 0;

/** Invites a person to a project (the default one if none is named) and lets them accept. */
export async function addPerson(
  app: TestApp,
  role: 'owner' | 'editor' | 'viewer',
  options: { project?: string; email?: string } = {},
): Promise<TestPerson> {
  const email = options.email ?? `person-${++people}@example.com`;
  const headers: Record<string, string> = options.project ? { 'x-project': options.project } : {};
  const invited = await app.request('POST', '/invitations', { email, role }, headers);
  if (invited.status !== 201) throw new Error(`Not invited: ${JSON.stringify(invited.body)}`);
  const browser = openBrowser(app);
  const code = String(invited.body.path).split('code=')[1];
  const accepted = await browser.request('POST', '/invitation', {
    code,
    name: `The ${role} ${email}`,
    password: TEST_PASSWORD,
  });
  if (accepted.status !== 200) throw new Error(`Not accepted: ${JSON.stringify(accepted.body)}`);
  return { ...browser, id: accepted.body.user.id, email, password: TEST_PASSWORD };
}
