import { describe, expect, test } from 'vitest';
import { checkReach, fetchUrl, parseLocation } from './location.ts';

const policy = { allowHosts: [], stallSeconds: 10 };

describe('parseLocation', () => {
  test.each([
    ['/srv/my project', 'file:///srv/my%20project'],
    ['file:///srv/my%20project', 'file:///srv/my%20project'],
    ['https://GitHub.com/owner/name.git', 'https://github.com/owner/name.git'],
    ['https://host.example/owner/name/', 'https://host.example/owner/name'],
    ['git@host.example:owner/name.git', 'git@host.example:owner/name.git'],
    ['ssh://git@host.example:2222/owner/name', 'ssh://git@host.example:2222/owner/name'],
    ['http://localhost:3000/x', 'http://localhost:3000/x'],
  ])('%s is fetched from %s', (text, url) => {
    expect(fetchUrl(parseLocation(text).location)).toBe(url);
  });

  test('takes the token out of a URL', () => {
    const { location, token } = parseLocation('https://user:s3cret@host.example/a/b');
    expect(token).toBe('user:s3cret');
    expect(fetchUrl(location)).toBe('https://host.example/a/b');
    expect(parseLocation('https://s3cret@host.example/a/b').token).toBe('s3cret');
  });

  test.each([
    'ext::sh -c touch% /tmp/x',
    'fd::17',
    '--upload-pack=touch /tmp/x',
    '-oProxyCommand=x',
    'git@-oProxyCommand=x:name',
    'ssh://-oProxyCommand=x/name',
    'ssh://-x@host.example/name',
    'relative/folder',
    'C:\\folder',
    '',
    'https://',
    'file://other-host/share',
    'https://host.example/a\nb',
  ])('refuses %j', (text) => {
    expect(() => parseLocation(text)).toThrow(
      expect.objectContaining({ code: 'location-invalid', status: 400 }),
    );
  });

  test.each(['ftp://host.example/a', 'git://host.example/a', 'ext://host.example/a', 'javascript://x'])(
    'refuses the protocol of %s',
    (text) => {
      expect(() => parseLocation(text)).toThrow(expect.objectContaining({ code: 'protocol-not-allowed' }));
    },
  );
});

describe('checkReach', () => {
  const reach = (text: string, allowHosts: string[] = []) =>
    checkReach(parseLocation(text).location, { ...policy, allowHosts }, 'token');

  test.each([
    'https://127.0.0.1/a',
    'https://10.1.2.3/a',
    'https://169.254.169.254/a',
    'https://[::1]/a',
    'ssh://git@192.168.1.1/a',
  ])('refuses the private address of %s', async (text) => {
    await expect(reach(text)).rejects.toMatchObject({ code: 'address-not-allowed' });
  });

  test('allows a listed host, and plain http only on loopback', async () => {
    await expect(reach('https://127.0.0.1/a', ['127.0.0.1'])).resolves.toMatchObject({
      protocol: 'https',
      loopback: true,
    });
    await expect(reach('http://127.0.0.1:81/a', ['127.0.0.1:81'])).resolves.toMatchObject({
      protocol: 'http',
    });
    await expect(reach('http://10.1.2.3/a', ['10.1.2.3'])).rejects.toMatchObject({
      code: 'protocol-not-allowed',
    });
    await expect(reach('http://8.8.8.8/a')).rejects.toMatchObject({ code: 'protocol-not-allowed' });
  });

  test('pins the address of a name that was checked', async () => {
    const access = await reach('https://localhost:8443/a', ['localhost']);
    expect(access.pinnedAddress).toMatch(/^localhost:8443:(127\.0\.0\.1|\[::1\])/);
  });
});
