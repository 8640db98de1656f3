import type { RepositoryStatistics } from '../../api/types.ts';
import { count, formatDate } from '../../ui/format.ts';

const HEIGHT = 72;
const STEP = 6;
const WEEKS_SHOWN = 104;
const WEEK_MS = 7 * 24 * 3_600_000;

type Activity = RepositoryStatistics['activity'];

/** Every week up to the last one with commits, those without any included; the server tells of the others only. */
function fillWeeks(activity: Activity): Activity {
  const known = new Map(activity.map(({ week, commits }) => [week.slice(0, 10), commits]));
  const first = activity[0];
  const last = activity.at(-1);
  if (!first || !last) return [];
  const end = Date.parse(last.week);
  const start = Math.max(Date.parse(first.week), end - (WEEKS_SHOWN - 1) * WEEK_MS);
  const weeks: Activity = [];
  for (let time = start; time <= end; time += WEEK_MS) {
    const week = new Date(time).toISOString().slice(0, 10);
    weeks.push({ week, commits: known.get(week) ?? 0 });
  }
  return weeks;
}

/** Commits a week, as bars; at most the last two years. */
export function ActivityChart({ activity }: { activity: Activity }) {
  const weeks = fillWeeks(activity);
  const first = weeks[0];
  const last = weeks.at(-1);
  if (!first || !last) return <p className="text-muted">No commits yet.</p>;
  const most = Math.max(...weeks.map(({ commits }) => commits), 1);
  const total = weeks.reduce((sum, { commits }) => sum + commits, 0);
  return (
    <figure>
      <svg
        role="img"
        aria-label={`${count(total, 'commit')} between ${formatDate(first.week)} and ${formatDate(last.week)}, at most ${most} in a week`}
        viewBox={`0 0 ${Math.max(weeks.length, 26) * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-20 w-full"
      >
        {weeks.map(({ week, commits }, index) => {
          const height = commits === 0 ? 1 : Math.max(3, (commits / most) * HEIGHT);
          return (
            <rect
              key={week}
              x={index * STEP}
              y={HEIGHT - height}
              width={STEP - 1.5}
              height={height}
              className={commits === 0 ? 'fill-line-strong' : 'fill-accent'}
            >
              <title>{`Week of ${formatDate(week)}: ${count(commits, 'commit')}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="mt-1 flex justify-between text-xs text-muted">
        <span>{formatDate(first.week)}</span>
        <span>{formatDate(last.week)}</span>
      </figcaption>
    </figure>
  );
}
