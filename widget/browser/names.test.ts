import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import ts from "typescript";

// The bundle shortens the property names in names.json wherever they stand. A name may be
// there only if every property with it is our own: none of the browser's, of a userscript
// manager's, of the server's answers, and none that is reached by a text.

/** Interfaces of ours that objects of the browser are given as. */
const lent = new Set(["Crypto", "KeyPress"]);
const openapi = "../internal/httpapi/testdata/openapi.json";

interface Names {
  readonly ours: Set<string>;
  readonly others: Map<string, string>;
}

function isOurs(file: ts.SourceFile): boolean {
  return !file.isDeclarationFile && !file.fileName.includes("/node_modules/");
}

function isTested(file: ts.SourceFile): boolean {
  return isOurs(file) && !/\/test\/|\/testdata\/|\.test(ing)?\.ts$/.test(file.fileName);
}

/** Every name of a property in the sources, and where one is not our own. */
function namesOf(program: ts.Program): Names {
  const checker = program.getTypeChecker();
  const ours = new Set<string>();
  const others = new Map<string, string>();
  const note = (name: string, node: ts.Node, symbols: readonly (ts.Symbol | undefined)[]): void => {
    const own = symbols.length > 0 && symbols.every((symbol) => symbol?.declarations?.every((d) =>
      isOurs(d.getSourceFile()) && !(ts.isInterfaceDeclaration(d.parent) && lent.has(d.parent.name.text))));
    const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
    if (own) ours.add(name);
    else others.set(name, `${node.getSourceFile().fileName}:${line + 1}`);
  };
  /** The property in each kind of a type; undefined where it is any text. */
  const inType = (type: ts.Type, name: string): (ts.Symbol | undefined)[] =>
    (type.isUnion() ? type.types : [type]).flatMap((t) => {
      const symbol = t.getProperty(name);
      return symbol ? [symbol] : t.getStringIndexType() ? [undefined] : [];
    });
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)) {
      note(node.name.text, node, [checker.getSymbolAtLocation(node.name)]);
    } else if (ts.isObjectLiteralElementLike(node) && ts.isObjectLiteralExpression(node.parent) && node.name && ts.isIdentifier(node.name)) {
      const type = checker.getContextualType(node.parent);
      const symbols = type ? inType(type, node.name.text) : [];
      note(node.name.text, node, symbols.length > 0 ? symbols : [checker.getSymbolAtLocation(node.name)]);
    } else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent) && !node.dotDotDotToken) {
      const name = node.propertyName ?? node.name;
      if (ts.isIdentifier(name)) note(name.text, node, inType(checker.getTypeAtLocation(node.parent), name.text));
    } else if (ts.isElementAccessExpression(node)) {
      const index = checker.getTypeAtLocation(node.argumentExpression);
      for (const t of index.isUnion() ? index.types : [index]) {
        if (t.isStringLiteral()) note(t.value, node, []);
      }
    } else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) {
      if (ts.isStringLiteral(node.left)) note(node.left.text, node, []);
    } else if ((ts.isTypeElement(node) || ts.isClassElement(node)) && node.name && ts.isIdentifier(node.name)) {
      note(node.name.text, node, [checker.getSymbolAtLocation(node.name)]);
    }
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles()) {
    if (isTested(file)) visit(file);
  }
  return { ours, others };
}

/** The names of all properties of the server's JSON. */
function serverNames(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null) return found;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "properties") for (const name of Object.keys(inner as object)) found.add(name);
    serverNames(inner, found);
  }
  return found;
}

test("the names that are shortened are our own", () => {
  const shortened = Object.entries(JSON.parse(readFileSync("names.json", "utf8")) as Record<string, string>);
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  const { ours, others } = namesOf(ts.createProgram(fileNames, options));
  const wire = serverNames(JSON.parse(readFileSync(openapi, "utf8")));
  for (const [name, short] of shortened) {
    assert.ok(ours.has(name), `${name} is no property: remove it from names.json`);
    assert.equal(others.get(name), undefined, `${name} is not only ours`);
    assert.ok(!wire.has(name), `${name} is the server's too`);
    assert.ok(!ours.has(short) && !others.has(short), `${short} is a name of its own`);
  }
  assert.equal(new Set(shortened.map(([, short]) => short)).size, shortened.length, "two names are shortened to one");
});
