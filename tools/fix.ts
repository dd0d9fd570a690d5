/** `npm run fix`: mends what a tool can mend; prints what is left, and then the exit is not 0. */
import { bin, run, seconds } from './run.ts';

const steps = [
  { name: 'lint', command: bin('eslint', '--fix', '.') },
  { name: 'format', command: bin('prettier', '--write', '--log-level', 'warn', '.') },
];

for (const { name, command } of steps) {
  const { code, tookMs } = await run(command, { output: 'show' });
  console.log(`${code === 0 ? 'done' : 'LEFT'}  ${name}  ${seconds(tookMs)}`);
  if (code !== 0) process.exitCode = 1;
}
// Loaded last: it loads our own packages, which the steps above may just have mended.
const { writeGenerated } = await import('./generated.ts');
await writeGenerated();
console.log('done  generated files');
