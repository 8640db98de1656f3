import type { Repository } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';

const STATES = {
  new: { tone: 'accent', name: 'new' },
  ready: { tone: 'positive', name: 'ready' },
  empty: { tone: 'caution', name: 'no commits' },
  unreachable: { tone: 'danger', name: 'unreachable' },
} as const satisfies Record<Repository['state'], { tone: string; name: string }>;

export function RepositoryState({ repository }: { repository: Repository }) {
  const state = STATES[repository.state];
  return <Badge tone={state.tone}>{state.name}</Badge>;
}
