import { appError } from '#platform/errors/index.ts';
import type { App } from '#platform/http/index.ts';

/** Deeper than anything the API takes, and far from where serialising a value runs out of stack. */
const MAX_DEPTH = 64;

/**
 * Refuses what no text column and no JSON column can hold, before anything looks at it: the NUL character, half
 * of a surrogate pair, and bodies that are nested without end. Routes with `foreignText` see to texts themselves.
 */
export function registerRequestText(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => {
    done(request.url.includes('%00') ? notText('The address holds a NUL character') : undefined);
  });
  app.addHook('preValidation', (request, _reply, done) => {
    const { body } = request;
    if (typeof body !== 'object' || body === null) return done();
    done(findFault(body, request.routeOptions.config.foreignText ?? false));
  });
}

const notText = (what: string) =>
  appError('invalid-request', 400, `The request is not valid: ${what}.`, {
    remedy: 'The API page at /api/docs shows what is expected.',
  });

function findFault(body: object, foreignText: boolean): Error | undefined {
  const open: { value: unknown; depth: number }[] = [{ value: body, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') {
      if (!foreignText && !isStorable(value)) return notText('a text holds a character that is none');
    } else if (typeof value === 'object' && value !== null) {
      if (depth === MAX_DEPTH) return notText(`it is nested more than ${MAX_DEPTH} levels deep`);
      for (const [name, each] of Object.entries(value)) {
        if (!isStorable(name)) return notText('a name holds a character that is none');
        open.push({ value: each, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');
