import { expect, test } from 'vitest';
import { createRequestIds } from './request-ids.ts';

const from = (remoteAddress: string | undefined, id?: string | string[]) => ({
  headers: { 'x-request-id': id },
  socket: { remoteAddress },
});

test('the id of a proxy that is trusted is kept', () => {
  const idOf = createRequestIds(['10.1.0.0/16', '192.0.2.7', 'fd00::/8']);
  for (const address of ['10.1.2.3', '192.0.2.7', 'fd12::1', '::ffff:10.1.2.3']) {
    expect(idOf(from(address, 'of-the-edge-01')), address).toBe('of-the-edge-01');
  }
});

test('an id of anybody else, or that is none, is not', () => {
  const idOf = createRequestIds(['10.1.0.0/16']);
  const made = [
    idOf(from('10.2.0.1', 'of-a-caller-01')),
    idOf(from('::1', 'of-a-caller-01')),
    idOf(from(undefined, 'of-a-caller-01')),
    idOf(from('10.1.0.1', 'short')),
    idOf(from('10.1.0.1', 'two words here')),
    idOf(from('10.1.0.1', 'x'.repeat(200))),
    idOf(from('10.1.0.1')),
    createRequestIds([])(from('10.1.0.1', 'of-a-caller-01')),
  ];
  for (const id of made) expect(id).toMatch(/^[\w-]{12}-[0-9a-z]+$/);
  expect(new Set(made).size).toBe(made.length);
});
