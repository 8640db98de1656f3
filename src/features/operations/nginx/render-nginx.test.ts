import { expect, test } from 'vitest';
import { startTestApp } from '../../../testing/index.ts';
import { securityHeaders } from './answers.ts';
import { fillTemplate } from './fill-template.ts';
import type { NginxOptions } from './options.ts';
import { renderNginx } from './render-nginx.ts';
import { renderUpstreams } from './render-upstreams.ts';

const WEB: NginxOptions = { tls: false, files: 'local' };

test('nginx says the same of itself as the API: each security header with the same value', async () => {
  const app = await startTestApp();
  const { headers } = await fetch(`${app.url}/api/v1/session`);
  await app.close();
  const ownOfTheApi = [...headers.keys()].filter((name) =>
    /^(content-security|cross-origin|origin-agent|permissions|referrer|x-(?!request-id))/.test(name),
  );
  expect(securityHeaders.map(({ name }) => name.toLowerCase()).sort()).toEqual(ownOfTheApi.sort());
  for (const { name, value } of securityHeaders) expect(headers.get(name), name).toBe(value);
});

test('no header is added inside a server or a location, where it would drop all others', () => {
  for (const options of [WEB, { tls: true, files: 'proxy', serverNames: ['a.example'] } as const]) {
    const [, ...servers] = renderNginx(options).split('\n  server {');
    expect(servers.length).toBeGreaterThan(1);
    for (const server of servers) expect(server).not.toMatch(/add_header|proxy_set_header/);
  }
});

test('every tag of the template is filled', () => {
  const all = {
    tls: true,
    files: 'proxy',
    serverNames: ['a.example'],
    trustedProxies: ['10.0.0.1'],
  } as const;
  for (const options of [WEB, all]) expect(renderNginx(options)).not.toMatch(/\{\{|\}\}|undefined/);
});

test.each<[string, NginxOptions]>([
  ['serverNames', { ...WEB, serverNames: ['a.example; return 200'] }],
  ['serverNames', { ...WEB, serverNames: ['a.example\n}'] }],
  ['serverNames', { ...WEB, serverNames: ['~^(.*)$'] }],
  ['trustedProxies', { ...WEB, trustedProxies: ['0.0.0.0/99'] }],
  ['trustedProxies', { ...WEB, trustedProxies: ['proxy.example'] }],
  ['upstreams', { ...WEB, upstreams: 'a; b' }],
  ['filesRoot', { ...WEB, filesRoot: '/a{}' }],
  ['listen.http', { ...WEB, listen: { http: '80 ssl' } }],
  ['tls.certificate', { tls: { certificate: '"' }, files: 'proxy' }],
  ['tls.publicPort', { tls: { publicPort: 0.5 }, files: 'proxy' }],
  ['tls.staplingResolver', { tls: { staplingResolver: '127.0.0.1;' }, files: 'proxy' }],
  ['maxBodyMegabytes', { ...WEB, maxBodyMegabytes: -1 }],
  ['limits.api.rate', { ...WEB, limits: { api: { rate: 0, burst: 1 } } }],
])('a value of %s that nginx would take for something else is refused by its name', (name, options) => {
  expect(() => renderNginx(options)).toThrow(
    expect.objectContaining({ code: 'nginx-option-invalid', message: expect.stringContaining(name) }),
  );
});

test('upstreams name every server, and the release before as what is asked last', () => {
  const text = renderUpstreams({
    api: ['api-1:3000', '[fd00::1]:3000'],
    web: ['web-green:8080'],
    webBefore: ['web-blue:8080'],
  });
  expect(text.match(/^ {2}server .*;$/gm)).toEqual([
    '  server api-1:3000 max_fails=2 fail_timeout=5s;',
    '  server [fd00::1]:3000 max_fails=2 fail_timeout=5s;',
    '  server web-green:8080 max_fails=2 fail_timeout=5s;',
    '  server web-blue:8080 backup;',
  ]);
  expect(text.match(/least_conn;/g)).toHaveLength(2);
});

test.each([[[]], [['api']], [['api:3000; }']], [['api:3000 down']], [['http://api:3000']]])(
  'upstreams of %j are refused',
  (api) => {
    expect(() => renderUpstreams({ api })).toThrow(expect.objectContaining({ code: 'upstream-invalid' }));
  },
);

test('a template has values, sections that are there or not, and lists; a name without value is an error', () => {
  const template =
    'a {{x}}\n{{#yes}}\nthere {{x}}\n{{/yes}}\n{{^yes}}\nnot\n{{/yes}}\n{{#list}}\n  - {{name}}{{x}}\n{{/list}}\n';
  expect(fillTemplate(template, { x: 1, yes: true, list: [{ name: 'p' }, { name: 'q', x: 2 }] })).toBe(
    'a 1\nthere 1\n  - p1\n  - q2\n',
  );
  expect(fillTemplate(template, { x: 1, yes: false, list: [] })).toBe('a 1\nnot\n');
  expect(() => fillTemplate('{{missing}}', {})).toThrow('missing');
});
