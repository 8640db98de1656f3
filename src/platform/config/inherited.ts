/**
 * The named variables of this process's environment that are set, for a program that is started with an
 * environment of its own. Each caller lists what it passes on; a secret is never among them by accident.
 */
export function inheritedVariables(names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
