const LOOPBACK = /^http:\/\/(127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/;

/**
 * The address of a target, if it is this machine. A load is an attack on whoever did not ask for it, so there is no
 * option for another one; names are refused as well, because they can lead anywhere.
 */
export function loopbackOrigin(address: string): string {
  if (LOOPBACK.test(address)) return address;
  throw new Error(`The load goes to http://127.0.0.1 or http://[::1] only, and not to ${address}.`);
}
