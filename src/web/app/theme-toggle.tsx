import { Monitor, Moon, Sun } from 'lucide-react';
import { classNames } from '../ui/class-names.ts';
import { type Theme, useTheme } from './theme.ts';

const CHOICES = [
  { theme: 'system', icon: Monitor, label: 'Colours of the system' },
  { theme: 'light', icon: Sun, label: 'Light colours' },
  { theme: 'dark', icon: Moon, label: 'Dark colours' },
] as const satisfies { theme: Theme; icon: typeof Sun; label: string }[];

export function ThemeToggle() {
  const [theme, choose] = useTheme();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame around three buttons.
    <div role="group" aria-label="Colours" className="flex gap-0.5 rounded-lg bg-sunken p-0.5">
      {CHOICES.map((choice) => (
        <button
          key={choice.theme}
          type="button"
          aria-label={choice.label}
          aria-pressed={theme === choice.theme}
          title={choice.label}
          onClick={() => choose(choice.theme)}
          className={classNames(
            'rounded-md p-1.5',
            theme === choice.theme ? 'bg-surface text-ink shadow-xs' : 'text-muted hover:text-ink',
          )}
        >
          <choice.icon aria-hidden className="size-3.5" />
        </button>
      ))}
    </div>
  );
}
