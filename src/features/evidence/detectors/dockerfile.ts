import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { resolveImage } from './docker-image.ts';
import { baseName, findingsOf, readSource } from './source-lines.ts';

const NAME = /^(?:(?:Dockerfile|Containerfile)(?:[.-][\w.-]+)?|[\w.-]+\.(?:Dockerfile|dockerfile))$/;
const NOT_DOCKERFILE = /\.(md|txt|go|py|js|ts|json|ya?ml|dockerignore|sh|rs|java|rb|html)$/;

/** `Dockerfile`: the images its stages start from, and those it copies from. */
export const dockerfile: Detector = {
  id: 'dockerfile',
  matches: (path) => NAME.test(baseName(path)) && !NOT_DOCKERFILE.test(path),
  parse(file) {
    const source = readSource(file);
    const finding = findingsOf(file, source);
    const defaults = new Map<string, string>();
    const stages = new Set<string>();
    const findings: Finding[] = [];
    const add = (reference: string, line: number, rule: string): void => {
      if (stages.has(reference.toLowerCase()) || /^\d+$/.test(reference)) return;
      const image = resolveImage(reference, defaults);
      if (!image || stages.has(image.name.toLowerCase())) return;
      const { name, version } = image;
      const sure = image.usedDefault ? confidence.imageDefault : confidence.image;
      findings.push(finding({ ecosystem: 'docker', name, version, line, rule, confidence: sure }));
    };
    for (const { text, line } of readInstructions(source.lines)) {
      const arg = /^ARG\s+(\w+)=("?)([^"\s]*)\2/i.exec(text);
      if (arg?.[1] && findings.length === 0) defaults.set(arg[1], arg[3] ?? '');
      const from = /^FROM\s+(?:--\w+=\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(text);
      if (from?.[1]) {
        add(from[1], line, 'docker-from');
        if (from[2]) stages.add(from[2].toLowerCase());
      }
      const copied = /^COPY\s+(?:--\w+(?:=\S+)?\s+)*?--from=(\S+)/i.exec(text)?.[1];
      if (copied && /[/:]/.test(copied)) add(copied, line, 'docker-copy-from');
    }
    return findings;
  },
};

/** Instructions with their continued lines joined; a line with a comment inside does not end one. */
function readInstructions(lines: readonly string[]): { text: string; line: number }[] {
  const instructions: { text: string; line: number }[] = [];
  let current: { text: string; line: number } | null = null;
  let hereDocument: string | null = null;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (hereDocument !== null) {
      if (text === hereDocument) hereDocument = null;
      continue;
    }
    if (text.startsWith('#') || (text === '' && !current)) continue;
    const continues = /[\\`]$/.test(text);
    const part = continues ? text.slice(0, -1) : text;
    if (current) current.text += ` ${part}`;
    else current = { text: part, line: index + 1 };
    if (continues) continue;
    instructions.push(current);
    hereDocument = /^(?:RUN|COPY|ADD)\b.*<<-?["']?(\w+)["']?/i.exec(current.text)?.[1] ?? null;
    current = null;
  }
  if (current) instructions.push(current);
  return instructions;
}
