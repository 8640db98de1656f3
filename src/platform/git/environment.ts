import { inheritedVariables } from '#platform/config/index.ts';

/** What git needs of this process's environment: nothing else is passed on. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'SSH_AUTH_SOCK', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
const PROXIES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NO_PROXY',
  'no_proxy',
];

/** Settings that hold whatever a repository's own configuration says: nothing in a repository may run a program. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['safe.directory', '*'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['credential.helper', ''],
  ['fetch.recurseSubmodules', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['log.showSignature', 'false'],
  ['log.mailmap', 'false'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  ['http.followRedirects', 'false'],
];

export interface NetworkAccess {
  /** `file`, `https`, `ssh` or `http`: the only transport that this command may use. */
  protocol: string;
  /** Sent as `Authorization: Basic`; in the environment, so that no list of processes shows it. */
  token?: string | undefined;
  /** `host:port:address`, so that git connects to the address that was checked. */
  pinnedAddress?: string | undefined;
  loopback: boolean;
  /** Seconds without progress after which git gives up. */
  stallSeconds: number;
}

/**
 * The whole environment of a git command: no prompts, no hooks, no configuration but ours, no lazy fetches.
 * Without `network` every transport is refused.
 */
export function gitEnvironment(globalConfig: string, network?: NetworkAccess): Record<string, string> {
  const settings = [...SETTINGS];
  if (network) {
    settings.push(['http.lowSpeedLimit', '1'], ['http.lowSpeedTime', String(network.stallSeconds)]);
    if (network.pinnedAddress) settings.push(['http.curloptResolve', network.pinnedAddress]);
    if (network.token !== undefined && network.protocol.startsWith('http')) {
      // Most hosts take a token as the password of any user name; for the others it is given as user:password.
      const pair = network.token.includes(':') ? network.token : `x-access-token:${network.token}`;
      const basic = Buffer.from(pair).toString('base64');
      settings.push(['http.extraHeader', `Authorization: Basic ${basic}`]);
    }
  }
  return {
    ...inheritedVariables(network && !network.loopback ? [...INHERITED, ...PROXIES] : INHERITED),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: globalConfig,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_PAGER: 'cat',
    GIT_ALLOW_PROTOCOL: network?.protocol ?? 'none',
    GIT_SSH_VARIANT: 'ssh',
    GIT_SSH_COMMAND: `ssh -oBatchMode=yes -oConnectTimeout=30 -oServerAliveInterval=${network?.stallSeconds ?? 30} -oServerAliveCountMax=1 -oForwardAgent=no -oPermitLocalCommand=no`,
    ...asVariables(settings),
  };
}

function asVariables(settings: readonly (readonly [string, string])[]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  settings.forEach(([key, value], index) => {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return variables;
}
