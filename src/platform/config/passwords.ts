import type { Config } from './table.ts';

/**
 * The configuration with the passwords that were given apart put into the addresses that hold none, so that an
 * address can be seen by anybody and only the password is a secret. Says it when an address holds one already.
 */
export function joinPasswords(config: Config): { config: Config; problems: string[] } {
  const problems: string[] = [];
  const join = (url: string | undefined, password: string | undefined, names: [string, string]) => {
    if (url === undefined || password === undefined || !URL.canParse(url)) return url;
    if (!holdsPassword(url)) return withPassword(url, password);
    problems.push(`${names[0]} holds a password, and ${names[1]} is another: leave one of them out.`);
    return url;
  };
  const { databaseUrl, databasePassword, redisUrl, redisCacheUrl, redisPassword } = config;
  const joined = {
    databaseUrl: join(databaseUrl, databasePassword, ['DATABASE_URL', 'DATABASE_PASSWORD']),
    redisUrl: join(redisUrl, redisPassword, ['REDIS_URL', 'REDIS_PASSWORD']),
    redisCacheUrl: join(redisCacheUrl, redisPassword, ['REDIS_CACHE_URL', 'REDIS_PASSWORD']),
  };
  return { config: { ...config, ...joined }, problems };
}

function holdsPassword(url: string): boolean {
  const { password, searchParams } = new URL(url);
  return password !== '' || searchParams.has('password');
}

function withPassword(url: string, password: string): string {
  const parsed = new URL(url);
  // Without a host, as for a socket, an address can't hold it; the driver reads it from here as well.
  if (parsed.hostname === '') parsed.searchParams.set('password', password);
  else parsed.password = encodeURIComponent(password);
  return parsed.href;
}
