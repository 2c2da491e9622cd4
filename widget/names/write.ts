/**
 * Writes names.json anew: npm run names. A name that has a short form keeps it, because
 * what is stored in browsers has it too; a new one gets the shortest that is free.
 */
import { writeFileSync } from "node:fs";
import { names, namesFile, shortened } from "./names.ts";

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_";

/** "a" … "_", then "aa" … */
function* shortForms(): Generator<string> {
  for (const first of ["", ...letters]) {
    for (const last of letters) yield first + last;
  }
}

const { ours, others, server } = names();
const before = shortened();
const isFree = (short: string): boolean => !ours.has(short) && !others.has(short) && ![...before.values()].includes(short);
const free = [...shortForms()].filter(isFree);
const made = [...ours.keys()]
  .filter((name) => name.length > 2 && !others.has(name) && !server.has(name))
  .sort((a, b) => ours.get(b)! - ours.get(a)!)
  .map((name) => [name, before.get(name) ?? free.shift()] as const)
  .sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(namesFile, `${JSON.stringify(Object.fromEntries(made), null, 2)}\n`);
