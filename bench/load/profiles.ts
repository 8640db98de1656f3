/** So many seconds with so many times the traffic of the team. */
export interface Stage {
  readonly name: string;
  readonly seconds: number;
  readonly times: number;
}

export type ProfileName = 'ramp' | 'soak' | 'spike';

export interface ProfileOptions {
  /** Of the soak. */
  minutes: number;
  /** How many teams: the last step of a ramp, the height of a spike, the level of a soak. */
  times: number;
}

export const DEFAULTS: Readonly<Record<ProfileName, ProfileOptions>> = {
  ramp: { minutes: 0, times: 12 },
  soak: { minutes: 3, times: 1 },
  spike: { minutes: 0, times: 6 },
};

/** Before each profile, and counted by nobody: what runs for the first time is compiled and kept nowhere. */
export const WARM_UP: readonly Stage[] = [{ name: 'warm-up', seconds: 30, times: 1 }];
/** Of a spike. */
export const AFTER = 'after';

const STEP_SECONDS = 20;
const MOST_MINUTES = 60;
const MOST_TIMES = 100;

/** The stages of a profile; refuses what has no bound. */
export function stagesOf(profile: ProfileName, { minutes, times }: ProfileOptions): readonly Stage[] {
  if (!(times > 0 && times <= MOST_TIMES))
    throw new Error(`It is between 0 and ${MOST_TIMES} times the team.`);
  const stage = (name: string, seconds: number, level: number): Stage => ({ name, seconds, times: level });
  switch (profile) {
    case 'ramp': {
      const levels = [0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 50, 100].filter(
        (level) => level <= times,
      );
      return levels.map((level) => stage(`${level} ×`, STEP_SECONDS, level));
    }
    case 'spike':
      return [stage('before', 30, 1), stage('spike', STEP_SECONDS, times), stage(AFTER, 60, 1)];
    case 'soak':
      if (!(minutes > 0 && minutes <= MOST_MINUTES))
        throw new Error(`A soak takes up to ${MOST_MINUTES} minutes.`);
      return Array.from({ length: Math.ceil(minutes) }, (_, at) =>
        stage(`minute ${at + 1}`, Math.min(60, (minutes - at) * 60), times),
      );
  }
}

/** Times in ms, from the start, at which somebody comes: a Poisson process whose rate follows the stages. */
export function* arrivals(
  stages: readonly Stage[],
  perSecond: number,
  random: () => number,
): Generator<number, void> {
  let begin = 0;
  for (const { seconds, times } of stages) {
    const end = begin + seconds * 1000;
    const pauseMs = (): number => (-Math.log(1 - random()) * 1000) / (perSecond * times);
    for (let at = begin + pauseMs(); at < end; at += pauseMs()) yield at;
    begin = end;
  }
}
