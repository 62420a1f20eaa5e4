// Evaluates FHIRPath on responses. Input (JSON): variables and expressions by name, responses. Output: for each
// response what each expression gives.
import { readFileSync } from "node:fs";
import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4/index.js";

const { variables, expressions, responses } = JSON.parse(readFileSync(0, "utf8"));
const compiled = (texts) => Object.entries(texts).map(([name, text]) => [name, fhirpath.compile(text, r4)]);
const [named, asked] = [compiled(variables), compiled(expressions)];

const results = responses.map((response) => {
  const known = { resource: response };
  for (const [name, evaluate] of named) known[name] = evaluate(response, known);
  return Object.fromEntries(asked.map(([name, evaluate]) => [name, evaluate(response, known)]));
});
process.stdout.write(JSON.stringify(results));
