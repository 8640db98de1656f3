#!/usr/local/bin/node
// This image has no shell. git asks /bin/sh to start two programs, ssh and git-upload-pack, so this stands there:
// it reads the words of the command as a shell would, without any expansion, and becomes one of the two.
const ALLOWED = { ssh: '/usr/bin/ssh', 'git-upload-pack': '/usr/bin/git-upload-pack' };
const WORD = /[ \t]*((?:[\w./:=@%+,-]|'[^']*'|\\.)+|"\$@")(?=[ \t]|$)/y;

function refuse(reason) {
  console.error(`commandcenter: ${reason}. This image has no shell; run a program of it by its name.`);
  process.exit(126);
}

const [option, command = '', , ...rest] = process.argv.slice(2);
if (option !== '-c') refuse('only -c is known');
const words = [];
WORD.lastIndex = 0;
while (WORD.lastIndex < command.trimEnd().length) {
  const at = WORD.lastIndex;
  const word = WORD.exec(command)?.[1];
  if (word === undefined) refuse(`"${command.slice(at).trim()}" can't be run`);
  if (word === '"$@"') words.push(...rest);
  else words.push(word.replace(/'([^']*)'|\\(.)/g, (_, quoted, escaped) => quoted ?? escaped));
}
const program = ALLOWED[words[0]];
if (program === undefined) refuse(`"${words[0] ?? ''}" can't be run`);
process.execve(program, words, process.env);
