import { Search } from 'lucide-react';
import { Input, Select } from '../../ui/field.tsx';
import { RING_NAMES, RINGS } from './rings.ts';

export interface Filters {
  text: string;
  quadrant: string;
  ring: string;
  kind: string;
  repository: string;
}

export const NO_FILTERS: Filters = { text: '', quadrant: '', ring: '', kind: '', repository: '' };

interface Choice {
  id: string;
  name: string;
}

function Choices({
  label,
  all,
  value,
  choices,
  onChange,
}: {
  label: string;
  all: string;
  value: string;
  choices: Choice[];
  onChange: (value: string) => void;
}) {
  return (
    <Select aria-label={label} value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">{all}</option>
      {choices.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}

/** Narrows the radar and the list of technologies. */
export function TechnologyFilters({
  filters,
  onChange,
  quadrants,
  kinds,
  repositories = [],
}: {
  filters: Filters;
  onChange: (filters: Filters) => void;
  quadrants: Choice[];
  kinds: string[];
  repositories?: Choice[];
}) {
  const set = (change: Partial<Filters>): void => onChange({ ...filters, ...change });
  const rings = [...RINGS, 'unreviewed' as const].map((id) => ({ id, name: RING_NAMES[id] }));
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      <div className="relative min-w-48 flex-1 sm:max-w-64">
        <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted" />
        <Input
          type="search"
          aria-label="Find a technology"
          placeholder="Find a technology"
          className="h-9 pl-8.5 text-sm"
          value={filters.text}
          onChange={({ target }) => set({ text: target.value })}
        />
      </div>
      <Choices
        label="Ring"
        all="All rings"
        value={filters.ring}
        choices={rings}
        onChange={(ring) => set({ ring })}
      />
      <Choices
        label="Quadrant"
        all="All quadrants"
        value={filters.quadrant}
        choices={quadrants}
        onChange={(quadrant) => set({ quadrant })}
      />
      <Choices
        label="Kind"
        all="All kinds"
        value={filters.kind}
        choices={kinds.map((id) => ({ id, name: id }))}
        onChange={(kind) => set({ kind })}
      />
      {repositories.length > 1 && (
        <Choices
          label="Repository"
          all="All repositories"
          value={filters.repository}
          choices={repositories}
          onChange={(repository) => set({ repository })}
        />
      )}
    </search>
  );
}
