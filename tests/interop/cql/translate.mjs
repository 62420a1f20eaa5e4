// node translate.mjs FOLDER FHIRHelpers.cql NAME...   CQL to ELM beside it; prints each message of the translator as a line of JSON
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.cwd(), "here.js"));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const [folder, helpers, ...names] = process.argv.slice(2);
const read = (file) => fs.readFileSync(file, "utf8");

const translator = await load("@cqframework/cql/cql-to-elm");
const { SystemModelInfoProvider } = await load("@cqframework/cql/cql");
const fhirModel = read(path.join(path.dirname(require.resolve("cql-exec-fhir")), "modelInfos/fhir-modelinfo-4.0.1.xml"));
const models = new translator.ModelManager();
models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
models.modelInfoLoader.registerModelInfoProvider(
  translator.createModelInfoProvider((id) => (id === "FHIR" ? translator.stringAsSource(fhirModel) : null)),
);

const units = require("@lhncbc/ucum-lhc").UcumLhcUtils.getInstance();
const unused = () => {
  throw new Error("not needed to translate");
};
const ucum = translator.createUcumService(
  (value, from, to) => String(units.convertUnitTo(from, Number(value), to).toVal),
  (unit) => {
    const found = units.validateUnitString(unit);
    return found.status === "valid" ? null : String(found.msg);
  },
  unused,
  unused,
);

const libraries = new translator.LibraryManager(models, new translator.CqlCompilerOptions(), undefined, ucum);
libraries.librarySourceLoader.registerProvider(
  translator.createLibrarySourceProvider((id) => {
    const file = id === "FHIRHelpers" ? helpers : path.join(folder, `${id}.cql`);
    return fs.existsSync(file) ? translator.stringAsSource(read(file)) : null;
  }),
);

for (const name of names) {
  const done = translator.CqlTranslator.fromText(read(path.join(folder, `${name}.cql`)), libraries);
  for (const message of done.exceptions.asJsReadonlyArrayView())
    console.log(JSON.stringify({ library: name, severity: message.severity?.name, message: message.message }));
  fs.writeFileSync(path.join(folder, `${name}.json`), done.toJson());
}
