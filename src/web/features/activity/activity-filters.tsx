import { X } from 'lucide-react';
import { useSession } from '../../app/session.ts';
import { Button } from '../../ui/button.tsx';
import { Input, Select } from '../../ui/field.tsx';
import { useMembers } from '../people/queries.ts';
import { ACTIONS, FEATURES } from './actions.ts';
import type { ActivityFilter, Log } from './queries.ts';

/** A part of the filter that was chosen in the list, with a way to take it back. */
function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <Button small onClick={onRemove} aria-label={`No longer only ${label}`}>
      {label}
      <X aria-hidden className="size-3" />
    </Button>
  );
}

function ActionSelect({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <Select aria-label="What was done" value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">Everything done</option>
      {Object.entries(FEATURES).map(([feature, name]) => (
        <optgroup key={feature} label={name}>
          <option value={feature}>{`${name}: everything`}</option>
          {Object.entries(ACTIONS)
            .filter(([id]) => id.startsWith(`${feature}.`))
            .map(([id, action]) => (
              <option key={id} value={id}>
                {action}
              </option>
            ))}
        </optgroup>
      ))}
    </Select>
  );
}

/** By whom: the members, unless it is somebody whom the list has shown, such as a token. */
function ActorSelect({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const members = useMembers().data?.items ?? [];
  const known = members.some(({ userId }) => userId === value);
  return (
    <>
      <div className="w-44">
        <Select
          aria-label="By whom"
          className="w-full"
          value={known ? value : ''}
          onChange={({ target }) => onChange(target.value)}
        >
          <option value="">By anybody</option>
          {members.map(({ userId, name }) => (
            <option key={userId} value={userId}>
              {name}
            </option>
          ))}
        </Select>
      </div>
      {value !== '' && !known && <Chip label="one actor" onRemove={() => onChange('')} />}
    </>
  );
}

/** Narrows the log; who looks after the installation can also choose which log. */
export function ActivityFilters({
  log,
  onLog,
  filter,
  onChange,
}: {
  log: Log;
  onLog: (log: Log) => void;
  filter: ActivityFilter;
  onChange: (parts: ActivityFilter) => void;
}) {
  const session = useSession().data;
  const { subject } = filter;
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      {session?.user.admin && (
        <Select aria-label="Which log" value={log} onChange={({ target }) => onLog(target.value as Log)}>
          <option value="project">{session.project?.name ?? 'This project'}</option>
          <option value="installation">The installation</option>
        </Select>
      )}
      <ActionSelect value={filter.action ?? ''} onChange={(action) => onChange({ action })} />
      <ActorSelect value={filter.actor ?? ''} onChange={(actor) => onChange({ actor })} />
      {(['from', 'to'] as const).map((side) => (
        <span key={side} className="flex items-center gap-2 text-sm text-muted">
          <span aria-hidden>{side}</span>
          <Input
            type="date"
            aria-label={side === 'from' ? 'From the day' : 'To the day'}
            className="h-9 w-auto text-sm"
            value={filter[side] ?? ''}
            onChange={({ target }) => onChange({ [side]: target.value })}
          />
        </span>
      ))}
      {subject && <Chip label="about one thing" onRemove={() => onChange({ subject: '' })} />}
    </search>
  );
}
