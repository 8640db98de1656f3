import type { Platform } from '#platform/context/index.ts';
import { loadWatch } from './features.ts';
import { version } from './version.ts';

/** A command that does its work in this process has ended by then, and the first answers are given. */
const BEGIN_AFTER_MS = 5000;

/** Keeps what the product knows of itself, beginning a moment after the start. */
export function watchProduct(
  platform: Platform,
  role: 'api' | 'worker' | 'all',
): { begin(): void; stop(): Promise<void> } {
  let starting: Promise<{ stop(): Promise<void> } | undefined> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const start = async () => {
    const { startRecorder } = await loadWatch();
    const recorder = startRecorder(platform, { role, version });
    await recorder.beat();
    return recorder;
  };
  return {
    begin() {
      timer = setTimeout(() => {
        starting = start().catch((error: unknown) => {
          platform.log.error({ err: error }, 'own figures are not kept');
          return undefined;
        });
      }, BEGIN_AFTER_MS).unref();
    },
    async stop() {
      clearTimeout(timer);
      await (await starting)?.stop();
    },
  };
}
