// node run.mjs LIBRARY.json FHIRHelpers.json BUNDLES.ndjson [DAY]   runs a library for each patient; prints results as lines of JSON
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";

const require = createRequire(path.join(process.cwd(), "here.js"));
const cql = require("cql-execution");
const fhir = require("cql-exec-fhir");
const [elm, helpers, bundles, day] = process.argv.slice(2);
const json = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const library = new cql.Library(json(elm), new cql.Repository({ FHIRHelpers: json(helpers) }));
const executor = new cql.Executor(library, new cql.CodeService({}));
const now = day ? cql.DateTime.fromJSDate(new Date(`${day}T12:00:00Z`), 0) : undefined;
const AT_ONCE = 50;
const INTERNAL = /^(told|known|possible|record|values|newest|takes) |^(Patient|Told|Levels|Conditions|Procedures|Medicines|Observed|Sexes)$/;

async function run(lines) {
  const source = fhir.PatientSource.FHIRv401();
  source.loadBundles(lines.map((line) => JSON.parse(line)));
  const done = await executor.exec(source, now);
  for (const [id, results] of Object.entries(done.patientResults)) {
    const kept = Object.entries(results).filter(([name]) => !INTERNAL.test(name));
    console.log(JSON.stringify({ id, ...Object.fromEntries(kept) }));
  }
}

let waiting = [];
for await (const line of readline.createInterface({ input: fs.createReadStream(bundles) })) {
  waiting.push(line);
  if (waiting.length === AT_ONCE) await run(waiting.splice(0));
}
if (waiting.length) await run(waiting);
