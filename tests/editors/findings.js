// Prints, as JSON, what Ajv and the JSON service of VS Code find in files: node findings.js SCHEMA FILE...
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import Ajv from "ajv/dist/2020.js";
import vscode from "vscode-json-languageservice";

const [schemaFile, ...files] = process.argv.slice(2);
const schema = readFileSync(schemaFile, "utf8");
const url = pathToFileURL(schemaFile).href;
const validate = new Ajv({ allErrors: true, logger: false }).compile(JSON.parse(schema));
const service = vscode.getLanguageService({ schemaRequestService: async () => schema });
service.configure({ allowComments: false, schemas: [{ uri: url, fileMatch: ["*.json"] }] }); // as json.schemas does

async function inEditor(file, text) {
  const document = vscode.TextDocument.create(pathToFileURL(file).href, "json", 1, text);
  const found = await service.doValidation(document, service.parseJSONDocument(document));
  return found.map(({ range, message }) => [range.start.line + 1, range.start.character + 1, message]);
}

const findings = {};
for (const file of files) {
  const text = readFileSync(file, "utf8");
  validate(JSON.parse(text));
  const ajv = (validate.errors ?? []).map(({ instancePath, keyword }) => [instancePath, keyword]);
  findings[file] = { ajv, vscode: await inEditor(file, text) };
}
console.log(JSON.stringify(findings));
