// node peers.mjs translate HERE OUT | cql OUT FOLDER N | fhirpath OUT FOLDER N | fqm OUT FOLDER N
// Runs the predicate with software of others, over bundles.ndjson, against truth.ndjson. Prints one line of JSON.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.cwd(), "here.js"));
const [what, first, second, many] = process.argv.slice(2);
const read = (file) => fs.readFileSync(file, "utf8");
const DIURETICS = ["310798", "313988"];
const RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";
const VALUESET = "urn:crampwise:bench:diuretics";

async function translate(here, out) {
  const load = (name) => import(pathToFileURL(require.resolve(name)));
  const cql = await load("@cqframework/cql/cql-to-elm");
  const { SystemModelInfoProvider } = await load("@cqframework/cql/cql");
  const model = read(path.join(path.dirname(require.resolve("cql-exec-fhir")), "modelInfos/fhir-modelinfo-4.0.1.xml"));
  const models = new cql.ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(
    cql.createModelInfoProvider((id) => (id === "FHIR" ? cql.stringAsSource(model) : null)));
  const units = require("@lhncbc/ucum-lhc").UcumLhcUtils.getInstance();
  const unused = () => { throw new Error("not needed to translate"); };
  const ucum = cql.createUcumService(
    (value, from, to) => String(units.convertUnitTo(from, Number(value), to).toVal),
    (unit) => (units.validateUnitString(unit).status === "valid" ? null : "no unit"), unused, unused);
  const libraries = new cql.LibraryManager(models, new cql.CqlCompilerOptions(), undefined, ucum);
  libraries.librarySourceLoader.registerProvider(
    cql.createLibrarySourceProvider((id) => cql.stringAsSource(read(path.join(here, `${id}.cql`)))));
  for (const name of ["FHIRHelpers", "Predicate"]) {
    const made = cql.CqlTranslator.fromText(read(path.join(here, `${name}.cql`)), libraries);
    if (made.errors.asJsReadonlyArrayView().length) throw new Error(made.errors.asJsReadonlyArrayView().map((e) => e.message).join("; "));
    fs.writeFileSync(path.join(out, `${name}.json`), made.toJson());
  }
}

const elm = (name) => JSON.parse(read(path.join(first, `${name}.json`)));

function byCql(bundles) {
  const cql = require("cql-execution"), fhir = require("cql-exec-fhir");
  const library = new cql.Library(elm("Predicate"), new cql.Repository({ FHIRHelpers: elm("FHIRHelpers") }));
  const codes = DIURETICS.map((code) => ({ code, system: RXNORM, version: "" }));
  const executor = new cql.Executor(library, new cql.CodeService({ [VALUESET]: { "": codes } }));
  return batches(bundles, 500, async (some) => {
    const source = fhir.PatientSource.FHIRv401();
    source.loadBundles(some);
    const found = (await executor.exec(source)).patientResults;
    return Object.entries(found).map(([id, r]) => [id, r["Found"] ?? null]);
  });
}

function byFhirpath(bundles) {
  const fhirpath = require("fhirpath");
  const coded = DIURETICS.map((c) => `code='${c}'`).join(" or ");
  const on = fhirpath.compile(`entry.resource.where(resourceType='MedicationRequest' and status='active' and intent='order'
    and medicationCodeableConcept.coding.where(system='${RXNORM}' and (${coded})).exists()).exists()`);
  const ks = fhirpath.compile(`entry.resource.where(resourceType='Observation' and status='final'
    and code.coding.where(system='http://loinc.org' and code='2823-3').exists())`);
  const found = fhirpath.compile(`%o and (%k.where(effectiveDateTime = %k.effectiveDateTime.aggregate(
    iif($total.empty(), $this, iif($this > $total, $this, $total)))).valueQuantity.value.first() < 3.5)`);
  return batches(bundles, 500, async (some) => some.map((bundle) => {
    const got = found(bundle, { k: ks(bundle), o: on(bundle)[0] });
    return [bundle.entry[0].resource.id, got.length ? got[0] : null];
  }));
}

function byFqm(bundles) {
  const { Calculator } = require("fqm-execution");
  const library = (name, version) => ({ resourceType: "Library", id: name, url: `https://example.org/Library/${name}`, name, version,
    status: "active", type: { coding: [{ code: "logic-library" }] },
    content: [{ contentType: "application/elm+json", data: Buffer.from(JSON.stringify(elm(name))).toString("base64") }] });
  const population = (code, expression) => ({ code: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/measure-population", code }] },
    criteria: { language: "text/cql", expression } });
  const measure = { resourceType: "Bundle", type: "collection", entry: [
    { resource: { resourceType: "Measure", id: "m", url: "https://example.org/Measure/m", status: "active",
      library: ["https://example.org/Library/Predicate"], scoring: { coding: [{ code: "proportion" }] },
      group: [{ id: "g", population: [population("initial-population", "On diuretic"), population("denominator", "On diuretic"),
        population("numerator", "Potassium low")] }] } },
    { resource: library("Predicate", "1.0.0") }, { resource: library("FHIRHelpers", "4.0.1") },
    { resource: { resourceType: "ValueSet", id: "d", url: VALUESET, status: "active",
      expansion: { timestamp: "2026-01-01", contains: DIURETICS.map((code) => ({ system: RXNORM, code })) } } }] };
  return batches(bundles, 250, async (some) => {
    for (const b of some) for (const e of b.entry) e.fullUrl = `https://example.org/${e.resource.resourceType}/${e.resource.id}`;
    const { results } = await Calculator.calculate(measure, some, { measurementPeriodStart: "2020-01-01",
      measurementPeriodEnd: "2027-12-31", calculateHTML: false, calculateSDEs: false, calculateClauseCoverage: false });
    return results.map((r) => {
      const is = Object.fromEntries(r.detailedResults[0].populationResults.map((p) => [p.populationType, p.result]));
      return [r.patientId, is["initial-population"] && is.numerator];
    });
  });
}

async function batches(lines, size, work) {
  const found = new Map();
  for (let i = 0; i < lines.length; i += size)
    for (const [id, value] of await work(lines.slice(i, i + size).map((line) => JSON.parse(line)))) found.set(id, value);
  return found;
}

if (what === "translate") await translate(first, second);
else {
  const begun = performance.now();
  const lines = read(path.join(second, "bundles.ndjson")).trim().split("\n").slice(0, Number(many));
  const found = await { cql: byCql, fhirpath: byFhirpath, fqm: byFqm }[what](lines);
  const seconds = (performance.now() - begun) / 1000;
  const truth = read(path.join(second, "truth.ndjson")).trim().split("\n").slice(0, Number(many)).map((l) => JSON.parse(l));
  const same = what === "fqm" ? (a, b) => (a === true) === (b === true) : (a, b) => a === b;
  console.log(JSON.stringify({ people: lines.length, seconds, wrong: truth.filter((t) => !same(found.get(t.id), t.found)).length }));
}
