import { newId } from '#platform/ids/index.ts';
import type { RedisConnections } from '#platform/redis/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';

type Listener = (payload: unknown) => void;

/**
 * News between the parts of this process, and through Redis between processes. Nothing depends on their
 * arrival: they only spare asking again and again.
 */
export interface Events {
  publish(channel: string, payload: object): void;
  /** Returns what ends the listening. */
  subscribe(channel: string, listener: Listener): () => void;
  /** Whether news of other processes arrive now. Who hears nothing of them has to ask. */
  readonly connected: boolean;
}

interface Message {
  from: string;
  channel: string;
  payload: unknown;
}

/** `alone`: there is no other process on the data, so all news are this one's. */
export function createEvents(options: {
  redis: RedisConnections;
  prefix: string;
  alone: boolean;
  log: Logger;
}): Events {
  const { redis, alone, log } = options;
  const self = newId();
  const topic = `${options.prefix}events`;
  const listeners = new Map<string, Set<Listener>>();

  const deliver = (channel: string, payload: unknown): void => {
    for (const listener of listeners.get(channel) ?? []) {
      try {
        listener(payload);
      } catch (error) {
        log.error({ err: error, channel }, 'a listener failed');
      }
    }
  };
  redis.listener?.listen(topic, (text) => {
    const message = parse(text);
    if (message && message.from !== self) deliver(message.channel, message.payload);
  });
  return {
    publish(channel, payload) {
      deliver(channel, payload);
      if (!redis.state?.connected) return;
      const text = JSON.stringify({ from: self, channel, payload } satisfies Message);
      redis.state
        .run((client) => client.publish(topic, text))
        .catch((error: unknown) => log.debug({ err: error, channel }, 'news not passed on'));
    },
    subscribe(channel, listener) {
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(channel) === set) listeners.delete(channel);
      };
    },
    get connected() {
      return alone || (redis.listener?.connected ?? false);
    },
  };
}

function parse(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return undefined;
  }
}
