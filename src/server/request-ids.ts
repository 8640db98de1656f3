import { randomBytes } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';

/** What a request's id is read from. */
interface Incoming {
  headers: NodeJS.Dict<string | string[]>;
  socket: { remoteAddress?: string | undefined };
}

const ID = /^[A-Za-z0-9_.-]{8,128}$/;

/**
 * Gives each request an id: that of the proxy before, if it is trusted, so that its log and ours tell of the same
 * request; else one that no other process gives and that costs nothing, a random beginning and a number.
 */
export function createRequestIds(trustedProxies: readonly string[]): (request: Incoming) => string {
  const beginning = randomBytes(9).toString('base64url');
  const isTrusted = trustedProxies.length > 0 ? createCheck(trustedProxies) : () => false;
  let number = 0;
  return ({ headers, socket }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && ID.test(given) && isTrusted(socket.remoteAddress)) return given;
    number += 1;
    return `${beginning}-${number.toString(36)}`;
  };
}

function createCheck(networks: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => address !== undefined && list.check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
