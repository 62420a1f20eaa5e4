// Says for each UCUM code (a JSON list comes in) whether it is one.
import { readFileSync } from "node:fs";
import ucum from "@lhncbc/ucum-lhc";

const known = ucum.UcumLhcUtils.getInstance();
const codes = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(codes.map((code) => known.validateUnitString(code).status === "valid")));
