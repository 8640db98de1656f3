import type { ActivityEntry } from '../../api/types.ts';
import { useMembers } from '../people/queries.ts';
import { useRadar } from '../radar/queries.ts';
import { useRepositories } from '../repositories/queries.ts';

/** The name that an entry itself gives to what was changed. */
function ownName({ before, after }: ActivityEntry): string | undefined {
  for (const side of [after, before]) {
    if (typeof side !== 'object' || side === null) continue;
    const { name, title, email } = side as Record<string, unknown>;
    const found = [name, title, email].find((text) => typeof text === 'string');
    if (typeof found === 'string') return found;
  }
  return undefined;
}

/** Tells what an entry is about by name, as far as the pages know the names already. */
export function useSubjectNames(): (entry: ActivityEntry) => string | undefined {
  const repositories = useRepositories().data?.items ?? [];
  const members = useMembers().data?.items ?? [];
  const blips = useRadar().data?.blips ?? [];
  const names = new Map<string, string>([
    ...repositories.map(({ id, name }) => [id, name] as const),
    ...members.map(({ userId, name }) => [userId, name] as const),
    ...blips.map(({ technologyId, name }) => [technologyId, name] as const),
  ]);
  return (entry) => names.get(entry.subjectId) ?? ownName(entry);
}
